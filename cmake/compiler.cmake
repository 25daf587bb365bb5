# How every target is compiled: GCC's warnings are errors wherever it is developed and tested. Where it is
# shipped, and Clang's anywhere, they are only told, so that nobody's build fails by what their compiler
# thinks. The build is hardened, and a preset may ask for sanitizers with TEARLINE_SANITIZE
# ("address;undefined", "thread").
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(TEARLINE_SANITIZE "" CACHE STRING "Sanitizers, for example address;undefined or thread")

find_program(TEARLINE_CCACHE ccache)
if(TEARLINE_CCACHE)
  # Paths relative to the project, so that one checkout can use what another has compiled. Of
  # headers parsed beforehand the content counts, not when they were.
  set(CMAKE_CXX_COMPILER_LAUNCHER
    ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
    CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
    ${TEARLINE_CCACHE})
endif()
# One set of flags for all, threads or not: parsed headers are usable only under the flags they were
# parsed with.
add_compile_options(-pthread $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)

# Of std::string GCC 12 reports bounds that nothing passes, too, where its header was parsed
# beforehand (cmake/precompiled.cmake): at -O2, and at -O1 in tests, which are full of short strings.
set(TEARLINE_FALSE_BOUNDS -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread)

add_library(tearline_compiler INTERFACE)
add_library(tearline::compiler ALIAS tearline_compiler)
target_compile_options(tearline_compiler INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<NOT:$<CONFIG:Release,RelWithDebInfo>>>:-Werror>
  # Of Clang's -Wconversion, not GCC's: an enumerator of a message is an index of ours in many places.
  $<$<CXX_COMPILER_ID:Clang>:-Wno-sign-conversion>
  # GCC 12 reports uninitialised and overlapping memory inside std::string and std::variant at -O2
  # where there is none (GCC bugs 105329 and 105562).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict -Wno-maybe-uninitialized>
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<CONFIG:Release,RelWithDebInfo>>:${TEARLINE_FALSE_BOUNDS}>
  -fstack-protector-strong $<$<CONFIG:Release,RelWithDebInfo>:-D_FORTIFY_SOURCE=2>)

if(TEARLINE_SANITIZE)
  list(JOIN TEARLINE_SANITIZE "," _sanitizers)
  # Everything in the build is instrumented, generated code too.
  add_compile_options(-fsanitize=${_sanitizers} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  if("undefined" IN_LIST TEARLINE_SANITIZE)
    # A null or wrongly typed object is caught by AddressSanitizer when it is touched; looking before
    # every member access as well makes compiling a third slower.
    add_compile_options(-fno-sanitize=null,vptr)
  endif()
  add_link_options(-fsanitize=${_sanitizers})
endif()

if(TEARLINE_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)  # coverage, for libFuzzer to steer by
endif()
