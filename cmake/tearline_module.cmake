# tearline_module(ROOM SOURCES … HEADERS … DEPS … LINKS …)
#
# Makes a room: a library, its alias tearline::ROOM, and its line in floors.txt. DEPS are rooms (or
# the generated `proto` and `proto_grpc`), LINKS foreign libraries, which stay private so that they
# cannot leak upward. A room may only lean on rooms that already stand; with the floors added in
# order, a cycle cannot be written.
function(tearline_module room)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;HEADERS;DEPS;LINKS")
  foreach(dep IN LISTS arg_DEPS)
    if(NOT TARGET tearline::${dep})
      message(FATAL_ERROR "room '${room}' leans on '${dep}', which is not on a lower floor")
    endif()
  endforeach()

  add_library(tearline_${room} STATIC)
  add_library(tearline::${room} ALIAS tearline_${room})
  target_sources(tearline_${room}
    PRIVATE ${arg_SOURCES}
    PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${arg_HEADERS})
  set(deps ${arg_DEPS})
  list(TRANSFORM arg_DEPS PREPEND "tearline::")
  target_link_libraries(tearline_${room}
    PUBLIC ${arg_DEPS}
    PRIVATE ${arg_LINKS} $<BUILD_INTERFACE:tearline::compiler>)
  if("proto_grpc" IN_LIST deps)
    tearline_precompiled(tearline_${room} grpc)
  else()
    tearline_precompiled(tearline_${room} plain)
  endif()
  # Each header is compiled alone (target all_verify_interface_header_sets): it must include what it
  # uses.
  set_target_properties(tearline_${room} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON LINKER_LANGUAGE CXX)

  string(JOIN " " deps ${deps})
  set_property(GLOBAL APPEND PROPERTY TEARLINE_FLOORS "${room}: ${deps}")
endfunction()

# Writes every room's DEPS to build/<preset>/floors.txt, which tests/house reads.
function(tearline_write_floors)
  get_property(floors GLOBAL PROPERTY TEARLINE_FLOORS)
  string(JOIN "\n" text ${floors})
  file(GENERATE OUTPUT ${PROJECT_BINARY_DIR}/floors.txt CONTENT "${text}\n")
endfunction()
