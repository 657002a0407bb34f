# The files that a node serves, beside the program in share/troupe: the demo page as it is in web/demo, and the client
# bundles if scripts/fetch-client has got them (a build downloads nothing).
add_custom_target(troupe_share ALL
  COMMAND ${CMAKE_COMMAND} -DFROM=${CMAKE_SOURCE_DIR}/web/demo -DTO=${CMAKE_BINARY_DIR}/share/troupe/demo
    -P ${CMAKE_SOURCE_DIR}/cmake/MirrorFiles.cmake
  COMMENT "Putting the demo page beside the program" VERBATIM)
if(TARGET troupe)
  add_dependencies(troupe troupe_share)
  include(GNUInstallDirs)
  install(TARGETS troupe RUNTIME)
  install(DIRECTORY ${CMAKE_BINARY_DIR}/share/troupe DESTINATION ${CMAKE_INSTALL_DATADIR})
endif()
