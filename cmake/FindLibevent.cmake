# libevent's core: the event loop. Debian ships no package file that names only it.
find_path(LIBEVENT_INCLUDE_DIR event2/event.h)
find_library(LIBEVENT_CORE_LIBRARY event_core)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Libevent REQUIRED_VARS LIBEVENT_CORE_LIBRARY LIBEVENT_INCLUDE_DIR)
if(Libevent_FOUND AND NOT TARGET Libevent::core)
  add_library(Libevent::core UNKNOWN IMPORTED)
  set_target_properties(Libevent::core PROPERTIES IMPORTED_LOCATION ${LIBEVENT_CORE_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${LIBEVENT_INCLUDE_DIR})
endif()
