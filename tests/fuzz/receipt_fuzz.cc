#include <cstddef>
#include <cstdint>
#include <string_view>

#include "broker/status/invariant.h"
#include "clients/verifier/proof_bundle.h"
#include "clients/verifier/receipt.h"
#include "tests/fuzz/refusal.h"

using namespace tearline;

/// Whatever is handed over as a receipt: a proof bundle has one form but for the note in it, and
/// nothing opens under a key that signed none of it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view view(reinterpret_cast<const char*>(bytes), size);
  if (const auto bundle = verifier::ReadProofBundle(view); bundle.ok()) {
    TEARLINE_INVARIANT(verifier::Text(*bundle) == view, "that a proof bundle has one form");
  } else {
    fuzz::ExpectQuotesNothing(std::string(bundle.status().message()), view);
  }
  static const verifier::VerifierKey key =
      verifier::MakeVerifierKey(verifier::KeyType::kNote, "log", std::string(32, '\7'));
  const auto receipt = verifier::OpenReceipt(view, key);
  TEARLINE_INVARIANT(!receipt.ok(), "that nobody else holds the key");
  fuzz::ExpectQuotesNothing(std::string(receipt.status().message()), view);
  return 0;
}
