# libjose (latchset): JWS, JWE and JWK over jansson. Debian ships no package file for it.
find_path(JOSE_INCLUDE_DIR jose/jws.h)
find_library(JOSE_LIBRARY jose)
find_library(JANSSON_LIBRARY jansson)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Jose REQUIRED_VARS JOSE_LIBRARY JANSSON_LIBRARY JOSE_INCLUDE_DIR)
if(Jose_FOUND AND NOT TARGET Jose::jose)
  add_library(Jose::jose UNKNOWN IMPORTED)
  set_target_properties(Jose::jose PROPERTIES IMPORTED_LOCATION ${JOSE_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${JOSE_INCLUDE_DIR} INTERFACE_LINK_LIBRARIES ${JANSSON_LIBRARY})
endif()
