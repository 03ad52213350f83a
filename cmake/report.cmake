# share/tern/report: the page of `tern report` and the plotting library that is built into it. npm
# fetches the library once, the version and hash that package-lock.json says; without npm or a
# network the build goes on, and `tern report` says what is missing.
set(report_web ${CMAKE_SOURCE_DIR}/report/web)
set(report_page ${CMAKE_BINARY_DIR}/share/tern/report)
file(GLOB page_files CONFIGURE_DEPENDS ${report_web}/page.* ${report_web}/*.js)
list(FILTER page_files EXCLUDE REGEX "_test\\.js$")
file(MAKE_DIRECTORY ${report_page})
foreach(file ${page_files})
  get_filename_component(name ${file} NAME)
  file(CREATE_LINK ${file} ${report_page}/${name} SYMBOLIC)
endforeach()

add_custom_command(
  OUTPUT ${report_page}/plotly-basic.min.js
  COMMAND ${CMAKE_COMMAND} -DWEB=${report_web} -DWORK=${CMAKE_BINARY_DIR}/report_web
          -DOUTPUT=${report_page} -P ${CMAKE_SOURCE_DIR}/cmake/fetch_report_library.cmake
  DEPENDS ${report_web}/package.json ${report_web}/package-lock.json
          ${CMAKE_SOURCE_DIR}/cmake/fetch_report_library.cmake
  COMMENT "Fetching the report's plotting library")
add_custom_target(report_library DEPENDS ${report_page}/plotly-basic.min.js)
add_dependencies(tern_report report_library)

install(FILES ${page_files} DESTINATION share/tern/report)
install(FILES ${report_page}/plotly-basic.min.js DESTINATION share/tern/report OPTIONAL)

find_program(TERN_NODE node)
if(TERN_TESTS AND TERN_NODE)
  add_test(NAME report_page COMMAND ${TERN_NODE} --test ${report_web})
endif()
