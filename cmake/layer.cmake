# Headers that most files include, parsed once for each set of flags: half of the time of a build from
# nothing would go into parsing them.
set(common_headers <algorithm> <cmath> <filesystem> <functional> <map> <memory> <span> <string>
                   <string_view> <vector> <fmt/core.h>)
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/precompiled.cc CONTENT "")
add_library(tern_precompiled OBJECT ${CMAKE_BINARY_DIR}/precompiled.cc)
target_link_libraries(tern_precompiled PRIVATE tern_flags fmt::fmt)
target_precompile_headers(tern_precompiled PRIVATE ${common_headers})
# The harness waits for processes; optimising it takes longer than it runs.
add_library(tern_harness_precompiled OBJECT ${CMAKE_BINARY_DIR}/precompiled.cc)
target_link_libraries(tern_harness_precompiled PRIVATE tern_flags fmt::fmt)
target_compile_options(tern_harness_precompiled PRIVATE -O1)
target_precompile_headers(tern_harness_precompiled PRIVATE ${common_headers})
if(TERN_TESTS)
  add_library(tern_test_precompiled OBJECT ${CMAKE_BINARY_DIR}/precompiled.cc)
  target_link_libraries(tern_test_precompiled PRIVATE tern_flags fmt::fmt GTest::gmock_main)
  target_compile_options(tern_test_precompiled PRIVATE -O0)
  target_precompile_headers(tern_test_precompiled PRIVATE ${common_headers} <gmock/gmock.h>
                                                          <gtest/gtest.h>)
  # The HTTP server that tests of several layers talk to.
  add_library(tern_test_server STATIC ${CMAKE_SOURCE_DIR}/tern/http/http_server_test_util.cc)
  target_link_libraries(tern_test_server PRIVATE tern_flags tern_base fmt::fmt PkgConfig::HTTPLIB)
  target_compile_options(tern_test_server PRIVATE -O0)
endif()

# tern_compile_together(target): compiles its files in batches. What a file costs before its first line
# is paid once a batch, which halves a build from nothing; an edit compiles its whole batch. Names of a
# batch's unnamed namespaces must differ; files that register themselves may all call that
# `registration`, and stay apart.
option(TERN_UNITY "compile files in batches: quicker from nothing, slower after an edit" ON)
function(tern_compile_together target)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ${TERN_UNITY} UNITY_BUILD_BATCH_SIZE 8)
  get_target_property(sources ${target} SOURCES)
  foreach(source ${sources})
    file(STRINGS ${source} registers REGEX "^const Register<")
    if(registers)
      set_source_files_properties(${source} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
    endif()
  endforeach()
endfunction()

# Layers whose files register what they implement (tern/knobs/registry.h). No symbol of such a file need
# be asked for by name, so programs link the whole of these archives.
set(tern_registering_layers quant ops model optim train)

# tern_link_registered(program): links all that registers itself, of what the program links at all: of
# the layers that recipes do not see, the text of the demo, and policies and proposers.
function(tern_link_registered program)
  set(libraries ${tern_registering_layers} demo loop)
  list(TRANSFORM libraries PREPEND tern_)
  list(JOIN libraries "," libraries)
  set_target_properties(${program} PROPERTIES LINK_LIBRARY_OVERRIDE "WHOLE_ARCHIVE,${libraries}")
endfunction()

# tern_layer(name [HARNESS] [APART] [FOLDER folder] DEPENDS other...): the folder, tern/<name> unless
# said otherwise, becomes the static library tern_<name>, and its *_test.cc files become the test program
# <name>_test. HARNESS: nothing in it is worth optimising far. APART: no batches, because the last bits of
# what it computes must not depend on which other file the compiler saw, or because its files are of one
# pattern and use the same names.
function(tern_layer name)
  cmake_parse_arguments(LAYER "HARNESS;APART" "FOLDER" "DEPENDS" ${ARGN})
  if(NOT LAYER_FOLDER)
    set(LAYER_FOLDER tern/${name})
  endif()
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${LAYER_FOLDER}/*.cc)
  list(FILTER sources EXCLUDE REGEX "/commands/")
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_(test|test_util)\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")

  list(TRANSFORM LAYER_DEPENDS PREPEND tern_)
  if(sources)
    add_library(tern_${name} STATIC ${sources})
    set(scope PUBLIC)
  else()
    add_library(tern_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_link_libraries(tern_${name} ${scope} tern_flags fmt::fmt ${LAYER_DEPENDS})
  if(sources)
    target_link_libraries(tern_${name} PRIVATE ${tern_${name}_LIBRARIES})
    if(NOT LAYER_APART)
      tern_compile_together(tern_${name})
    endif()
    # Precompiled headers hold for one set of macros; OpenMP's flag brings its own.
    if(LAYER_HARNESS)
      target_compile_options(tern_${name} PRIVATE -O1)
      target_precompile_headers(tern_${name} REUSE_FROM tern_harness_precompiled)
    elseif(NOT name STREQUAL "parallel")
      target_precompile_headers(tern_${name} REUSE_FROM tern_precompiled)
    endif()
  endif()

  if(TERN_TESTS AND tests)
    tern_test(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE tern_${name} ${tern_${name}_TEST_LIBRARIES})
  endif()
endfunction()

# tern_test(name sources...): one GoogleTest program, each of its cases a case of ctest. Threads that
# wait give up their core: tests run side by side, and spinning ones would slow each other tenfold.
function(tern_test name)
  add_executable(${name} ${ARGN})
  target_link_libraries(${name} PRIVATE tern_flags GTest::gmock_main)
  tern_link_registered(${name})
  tern_compile_together(${name})
  target_compile_options(${name} PRIVATE -O0)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # gcc 12 sees std::string reach out of bounds in "a" + "b" (its bug 105651).
    target_compile_options(${name} PRIVATE -Wno-array-bounds -Wno-restrict
                                           -Wno-stringop-overflow)
  endif()
  target_precompile_headers(${name} REUSE_FROM tern_test_precompiled)
  target_compile_definitions(${name} PRIVATE TERN_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST
                       PROPERTIES ENVIRONMENT_MODIFICATION "OMP_WAIT_POLICY=set:passive")
endfunction()
include(GoogleTest)
