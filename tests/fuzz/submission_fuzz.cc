#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "broker/status/invariant.h"
#include "clients/verifier/base64.h"
#include "clients/witness/submission.h"
#include "tests/fuzz/refusal.h"

using namespace tearline;

/// Whatever is posted to a witness: a submission has one form, and a refusal quotes nothing of it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view view(reinterpret_cast<const char*>(bytes), size);
  const auto submission = witness::ReadSubmission(view);
  if (!submission.ok()) {
    fuzz::ExpectQuotesNothing(std::string(submission.status().message()), view);
    return 0;
  }
  std::string text = "old " + std::to_string(submission->old_size) + '\n';
  for (const verifier::Hash& hash : submission->proof) {
    text += verifier::Base64(verifier::Bytes(hash)) + '\n';
  }
  TEARLINE_INVARIANT(text + '\n' + submission->signed_note == view, "that it has one form");
  return 0;
}
