#include <cstddef>
#include <cstdint>
#include <string_view>

#include "broker/audit/leaf.h"
#include "broker/ledger/record.h"
#include "broker/status/invariant.h"

/// Whatever lies on disk: a header or leaf that reads is written back in the same bytes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view view(reinterpret_cast<const char*>(bytes), size);
  if (const auto header = tearline::ledger::DecodeHeader(view); header.ok()) {
    TEARLINE_INVARIANT(tearline::ledger::EncodeHeader(*header) == view, "headers have one form");
  }
  if (const auto leaf = tearline::audit::DecodeLeaf(view); leaf.ok()) {
    TEARLINE_INVARIANT(tearline::audit::EncodeLeaf(*leaf) == view, "leaves have one form");
  }
  return 0;
}
