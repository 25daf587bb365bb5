#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "broker/audit/leaf.h"
#include "broker/crypto/seal.h"
#include "broker/ledger/chain.h"
#include "broker/ledger/record.h"
#include "broker/status/invariant.h"
#include "tests/fuzz/refusal.h"

/// Whatever lies on disk: a header or leaf that reads is written back in the same bytes, a chain
/// takes at its beginning only a first record, and no segment opens that its key did not seal.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace tearline;
  const std::string_view view(reinterpret_cast<const char*>(bytes), size);
  const auto header = ledger::DecodeHeader(view);
  if (header.ok()) {
    TEARLINE_INVARIANT(ledger::EncodeHeader(*header) == view, "that headers have one form");
  } else {
    fuzz::ExpectGoodRefusal(header.status(), view);
  }
  ledger::Chain chain;
  if (const auto next = chain.Next(std::string(view)); next.ok()) {
    TEARLINE_INVARIANT(next->header.position == 1, "that a chain begins at position 1");
  } else {
    fuzz::ExpectGoodRefusal(next.status(), view);
  }
  if (const auto leaf = audit::DecodeLeaf(view); leaf.ok()) {
    TEARLINE_INVARIANT(audit::EncodeLeaf(*leaf) == view, "that leaves have one form");
  } else {
    fuzz::ExpectGoodRefusal(leaf.status(), view);
  }
  const std::string key(32, 'k');
  fuzz::ExpectGoodRefusal(crypto::Open(key, std::string(12, 'n'), "place", view).status(), view);
  fuzz::ExpectGoodRefusal(crypto::Unwrap(key, view).status(), view);
  return 0;
}
