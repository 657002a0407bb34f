# hiredis, and its TLS part where it has one (1.0 and later).
find_path(HIREDIS_INCLUDE_DIR hiredis/async.h)
find_library(HIREDIS_LIBRARY hiredis)
find_library(HIREDIS_SSL_LIBRARY hiredis_ssl)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Hiredis REQUIRED_VARS HIREDIS_LIBRARY HIREDIS_INCLUDE_DIR)
if(Hiredis_FOUND AND NOT TARGET Hiredis::hiredis)
  add_library(Hiredis::hiredis UNKNOWN IMPORTED)
  set_target_properties(Hiredis::hiredis PROPERTIES IMPORTED_LOCATION ${HIREDIS_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${HIREDIS_INCLUDE_DIR})
  if(HIREDIS_SSL_LIBRARY)
    set_property(TARGET Hiredis::hiredis APPEND PROPERTY INTERFACE_LINK_LIBRARIES ${HIREDIS_SSL_LIBRARY})
  endif()
endif()
