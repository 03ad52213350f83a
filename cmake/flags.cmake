# Compiler flags that every target shares. No global fast-math: reductions have a fixed order, so
# the same seed and thread count give the same bits.
add_library(tern_flags INTERFACE)
target_include_directories(tern_flags INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(tern_flags INTERFACE -Wall -Wextra -Wpedantic -fno-math-errno)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # gcc 12 takes the empty alternatives of a moved std::variant for uninitialised memory. A size
  # that is shifted out of an int would be a limit of nothing.
  target_compile_options(tern_flags INTERFACE -Wno-maybe-uninitialized -Wshift-overflow=2)
endif()
if(TERN_NATIVE)
  # gcc halves its vectors on CPUs that it takes for older ones; 512 bits where the CPU has them.
  target_compile_options(tern_flags INTERFACE -march=native -mprefer-vector-width=512)
endif()
if(TERN_WERROR)
  target_compile_options(tern_flags INTERFACE -Werror)
endif()
if(TERN_SANITIZE)
  target_compile_options(tern_flags INTERFACE -fsanitize=${TERN_SANITIZE} -fno-omit-frame-pointer -g1)
  target_link_options(tern_flags INTERFACE -fsanitize=${TERN_SANITIZE})
endif()
find_program(TERN_LLD ld.lld)
if(TERN_LLD)
  target_link_options(tern_flags INTERFACE -fuse-ld=lld)
endif()
