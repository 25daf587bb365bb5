#include "broker/state/row_digest.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

#include "broker/status/invariant.h"

namespace tearline::state {

void RowDigest::Add(std::string_view key, std::string_view value) {
  AddPart(key);
  AddPart(value);
}

crypto::Digest RowDigest::Finish() { return stream_.Finish(); }

void RowDigest::AddPart(std::string_view bytes) {
  TEARLINE_INVARIANT(bytes.size() <= std::numeric_limits<std::uint32_t>::max(),
                     "a state row is under 4 GiB");
  std::string length;
  for (int shift = 24; shift >= 0; shift -= 8) {
    length.push_back(static_cast<char>((bytes.size() >> shift) & 0xff));
  }
  stream_.Update(length);
  stream_.Update(bytes);
}

}  // namespace tearline::state
