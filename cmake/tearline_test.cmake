# tearline_test(ROOM [GRPC] SOURCES … DEPS … [LINKS …])
#
# One test program for a room, its tests listed one by one to CTest. GRPC says that most of its files
# include gRPC.
include(GoogleTest)
function(tearline_test room)
  cmake_parse_arguments(PARSE_ARGV 1 arg "GRPC" "" "SOURCES;DEPS;LINKS")
  add_executable(${room}_test ${arg_SOURCES})
  target_include_directories(${room}_test PRIVATE ${PROJECT_SOURCE_DIR})
  list(TRANSFORM arg_DEPS PREPEND "tearline::")
  target_link_libraries(${room}_test PRIVATE
    ${arg_DEPS} ${arg_LINKS} GTest::gmock GTest::gtest_main tearline::compiler)
  target_compile_definitions(${room}_test PRIVATE
    TEARLINE_SOURCE_DIR="${PROJECT_SOURCE_DIR}" TEARLINE_BINARY_DIR="${PROJECT_BINARY_DIR}")
  target_compile_options(${room}_test PRIVATE
    $<$<CXX_COMPILER_ID:GNU>:${TEARLINE_FALSE_BOUNDS}>)
  if(arg_GRPC)
    tearline_precompiled(${room}_test grpc_test)
  else()
    tearline_precompiled(${room}_test test)
  endif()
  gtest_discover_tests(${room}_test TEST_PREFIX "${room}." DISCOVERY_MODE PRE_TEST
    PROPERTIES TIMEOUT 900)
endfunction()
