# tearline_proto(TARGET PROTOS … [GRPC] [DEPS …])
#
# Generates C++ from PROTOS (paths below proto/) into the build tree and makes a library of it.
# Generated code answers to its generator, not to our warnings.
function(tearline_proto target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "GRPC" "" "PROTOS;DEPS")
  set(root ${PROJECT_SOURCE_DIR}/proto)
  set(out ${PROJECT_BINARY_DIR}/generated)
  file(MAKE_DIRECTORY ${out})
  set(generated)
  foreach(proto IN LISTS arg_PROTOS)
    string(REGEX REPLACE "\\.proto$" "" stem ${proto})
    if(arg_GRPC)
      set(products ${out}/${stem}.grpc.pb.cc ${out}/${stem}.grpc.pb.h)
      set(options --grpc_out=${out} --plugin=protoc-gen-grpc=${TEARLINE_GRPC_PLUGIN})
    else()
      set(products ${out}/${stem}.pb.cc ${out}/${stem}.pb.h)
      set(options --cpp_out=${out})
    endif()
    add_custom_command(OUTPUT ${products}
      COMMAND protobuf::protoc -I ${root} ${options} ${proto}
      WORKING_DIRECTORY ${root}
      DEPENDS ${root}/${proto} VERBATIM)
    list(APPEND generated ${products})
  endforeach()
  add_library(tearline_${target} STATIC ${generated})
  add_library(tearline::${target} ALIAS tearline_${target})
  target_include_directories(tearline_${target} SYSTEM PUBLIC ${out})
  list(TRANSFORM arg_DEPS PREPEND "tearline::")
  target_link_libraries(tearline_${target} PUBLIC protobuf::libprotobuf ${arg_DEPS})
  if(arg_GRPC)
    target_link_libraries(tearline_${target} PUBLIC gRPC::grpc++)
  endif()
endfunction()
