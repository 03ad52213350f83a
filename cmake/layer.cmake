# tern_layer(name DEPENDS other...): the folder tern/<name> becomes the static library tern_<name>,
# and its *_test.cc files become the test program <name>_test.
function(tern_layer name)
  cmake_parse_arguments(LAYER "" "" "DEPENDS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tern/${name}/*.cc)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_(test|bench)\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")

  list(TRANSFORM LAYER_DEPENDS PREPEND tern_)
  if(sources)
    add_library(tern_${name} STATIC ${sources})
    set(scope PUBLIC)
  else()
    add_library(tern_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_link_libraries(tern_${name} ${scope} tern_flags fmt::fmt ${LAYER_DEPENDS}
                                              ${tern_${name}_LIBRARIES})

  if(TERN_TESTS AND tests)
    tern_test(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE tern_${name} ${tern_${name}_TEST_LIBRARIES})
  endif()
endfunction()

# tern_test(name sources...): one GoogleTest program, each of its cases a case of ctest. Threads that
# wait give up their core: tests run side by side, and spinning ones would slow each other tenfold.
function(tern_test name)
  add_executable(${name} ${ARGN})
  target_link_libraries(${name} PRIVATE tern_flags GTest::gtest_main)
  target_compile_options(${name} PRIVATE -O1)
  target_compile_definitions(${name} PRIVATE TERN_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST
                       PROPERTIES ENVIRONMENT "TERN_SHARED_DATA=${CMAKE_SOURCE_DIR}/../shared/data"
                                  ENVIRONMENT_MODIFICATION "OMP_WAIT_POLICY=set:passive")
endfunction()
include(GoogleTest)
