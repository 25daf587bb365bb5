#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <vector>

namespace tearline::end_to_end {

/// Writes into `to` what `from` says in fields of the same name, where one of the two is how
/// something lies in a record or in the state and the other how it is said at the door: an id is 16
/// bytes or PREFIX_HEX, a time is NAME_ms or a Timestamp NAME or NAME_at, a duration NAME_ms or a
/// Duration NAME. Messages within messages alike. The names of what is set in `from` and has no
/// place in `to`.
std::vector<std::string> Translate(const google::protobuf::Message& from,
                                   google::protobuf::Message& to);

/// The 16 bytes of an id's text form; "" of none.
std::string IdBytes(const std::string& text);

}  // namespace tearline::end_to_end
