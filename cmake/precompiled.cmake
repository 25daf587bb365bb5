# Foreign headers that nearly every file includes are parsed once in a build, not once in each file
# (docs/decisions/0037-foreign-headers-are-parsed-once.md). Nothing of ours is among them, so that a
# change of ours compiles nothing anew but what includes it. A file that leans on this without including what
# it uses is shown by the presets without it: tsan and fuzz.
option(TEARLINE_PRECOMPILED "Parse foreign headers once for all files" ON)

set(TEARLINE_PRECOMPILED_STANDARD
  <algorithm> <array> <atomic> <chrono> <cstdint> <filesystem> <fstream> <functional> <map> <memory>
  <mutex> <optional> <set> <span> <sstream> <string> <string_view> <utility> <variant> <vector>)
set(TEARLINE_PRECOMPILED_PROTOBUF
  <google/protobuf/generated_enum_reflection.h> <google/protobuf/generated_message_reflection.h>
  <google/protobuf/generated_message_util.h> <google/protobuf/message.h>
  <google/protobuf/repeated_field.h> <google/protobuf/timestamp.pb.h>
  <google/protobuf/unknown_field_set.h> <google/protobuf/util/time_util.h>)

# tearline_precompiled_set(NAME HEADERS … LINKS …): parses HEADERS for whoever asks for NAME.
function(tearline_precompiled_set name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "HEADERS;LINKS")
  set(target tearline_precompiled_${name})
  set(empty ${PROJECT_BINARY_DIR}/${target}.cc)
  file(CONFIGURE OUTPUT ${empty} CONTENT "")
  add_library(${target} OBJECT ${empty})
  target_link_libraries(${target} PRIVATE ${arg_LINKS} tearline::compiler)
  target_precompile_headers(${target} PRIVATE ${arg_HEADERS})
endfunction()

if(TEARLINE_PRECOMPILED)
  tearline_precompiled_set(plain
    HEADERS ${TEARLINE_PRECOMPILED_STANDARD} ${TEARLINE_PRECOMPILED_PROTOBUF}
    LINKS   protobuf::libprotobuf)
  tearline_precompiled_set(test
    HEADERS ${TEARLINE_PRECOMPILED_STANDARD} ${TEARLINE_PRECOMPILED_PROTOBUF} <gmock/gmock.h> <gtest/gtest.h>
    LINKS   protobuf::libprotobuf GTest::gmock)
  if(TEARLINE_WITH_GRPC OR NOT DEFINED TEARLINE_WITH_GRPC)
    tearline_precompiled_set(grpc
      HEADERS ${TEARLINE_PRECOMPILED_STANDARD} ${TEARLINE_PRECOMPILED_PROTOBUF} <grpcpp/grpcpp.h>
      LINKS   gRPC::grpc++)
    tearline_precompiled_set(grpc_test
      HEADERS ${TEARLINE_PRECOMPILED_STANDARD} ${TEARLINE_PRECOMPILED_PROTOBUF} <grpcpp/grpcpp.h>
              <gmock/gmock.h> <gtest/gtest.h>
      LINKS   gRPC::grpc++ GTest::gmock)
  endif()
endif()

# tearline_precompiled(TARGET SET): its files find the headers of SET parsed: plain, test, grpc or
# grpc_test. What a later protobuf defines for whoever links it holds for the parsed headers, too.
function(tearline_precompiled target set)
  if(TEARLINE_PRECOMPILED)
    target_precompile_headers(${target} REUSE_FROM tearline_precompiled_${set})
    target_compile_definitions(${target}
      PRIVATE $<TARGET_PROPERTY:protobuf::libprotobuf,INTERFACE_COMPILE_DEFINITIONS>)
  endif()
endfunction()
