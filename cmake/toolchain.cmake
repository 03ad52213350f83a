# share/tern/toolchain.json: how `tern train` compiles a recipe, with the compiler, flags and
# libraries of this build. The build folder has the layout of an installation: bin, lib, include,
# share.
set(plain_layers data text io autograd kernels parallel tensor knobs http lab_files channel contract base)
set(registering ${tern_registering_layers})
set(archives ${plain_layers})
list(TRANSFORM registering REPLACE "(.+)" "{home}/lib/libtern_\\1.a")
list(TRANSFORM archives REPLACE "(.+)" "{home}/lib/libtern_\\1.a")
set(native "")
if(TERN_NATIVE)
  set(native "-march=native" "-mprefer-vector-width=512")
endif()
set(sanitize "")
if(TERN_SANITIZE)
  set(sanitize "-fsanitize=${TERN_SANITIZE}")
endif()
set(linker "")
if(TERN_LLD)
  set(linker "-fuse-ld=lld")
endif()
separate_arguments(release UNIX_COMMAND "${CMAKE_CXX_FLAGS_RELEASE}")

set(compile ${CMAKE_CXX_COMPILER} -std=c++20 ${release} ${native} ${sanitize} -fno-math-errno
            "-I{home}/include")
set(link ${linker} -Wl,--whole-archive ${registering} -Wl,--no-whole-archive -Wl,--start-group
         ${archives} -Wl,--end-group -ldnnl -lfmt -lcrypto -lcurl -lzip
         -lz -lpcre2-8 -fopenmp)
list(JOIN compile "\", \"" compile)
list(JOIN link "\", \"" link)
file(WRITE ${CMAKE_BINARY_DIR}/share/tern/toolchain.json
     "{\n  \"compile\": [\"${compile}\"],\n  \"link\": [\"${link}\"]\n}\n")

file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/include)
file(CREATE_LINK ${CMAKE_SOURCE_DIR}/tern ${CMAKE_BINARY_DIR}/include/tern SYMBOLIC)
install(FILES ${CMAKE_BINARY_DIR}/share/tern/toolchain.json DESTINATION share/tern)

# What `tern new` copies into a lab.
file(CREATE_LINK ${CMAKE_SOURCE_DIR}/lab ${CMAKE_BINARY_DIR}/share/tern/lab SYMBOLIC)
install(DIRECTORY lab DESTINATION share/tern)

# What recipes are built against.
install(DIRECTORY tern DESTINATION include FILES_MATCHING PATTERN "*.h" PATTERN "*test*" EXCLUDE)
foreach(layer ${tern_registering_layers} ${plain_layers})
  install(FILES ${CMAKE_ARCHIVE_OUTPUT_DIRECTORY}/libtern_${layer}.a DESTINATION lib)
endforeach()
