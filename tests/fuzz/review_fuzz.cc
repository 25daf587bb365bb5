#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "broker/status/invariant.h"
#include "clients/verifier/review.h"
#include "clients/verifier/review_file.h"
#include "tests/fuzz/refusal.h"

using namespace tearline;

namespace {

/// Lines have one form, and nothing in them is believed under a key that signed none of it.
void TryLines(std::string_view lines) {
  const auto review = verifier::ReadReviewLines(lines);
  if (!review.ok()) {
    fuzz::ExpectQuotesNothing(std::string(review.status().message()), lines);
    return;
  }
  TEARLINE_INVARIANT(verifier::ReviewLines(*review) == lines, "that a review has one form");
  static const verifier::VerifierKey key =
      verifier::MakeVerifierKey(verifier::KeyType::kNote, "log", std::string(32, '\7'));
  const auto proved = verifier::CheckReview(*review, key);
  TEARLINE_INVARIANT(!proved.ok(), "that nobody else holds the key");
  fuzz::ExpectQuotesNothing(std::string(proved.status().message()), lines);
  for (const v1::KnownEvent& event : review->events) {
    const absl::Status agrees = verifier::AgreesWith(event, {});
    TEARLINE_INVARIANT(!agrees.ok(), "that no answer agrees with nothing");
  }
}

}  // namespace

/// Whatever is handed over as a review, or as the lines in one: it is refused with a sentence that
/// quotes nothing, or it is, byte for byte, what would be written.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  TryLines(text);
  const auto file = verifier::ReadReviewFile(text);
  if (!file.ok()) {
    fuzz::ExpectQuotesNothing(std::string(file.status().message()), text);
    return 0;
  }
  const std::string document = verifier::ReviewDocument(file->page, file->lines);
  TEARLINE_INVARIANT(verifier::WithManifest(document, file->manifest) == text,
                     "that nothing stands in a review but its parts");
  TryLines(file->lines);
  return 0;
}
