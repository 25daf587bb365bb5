#include "clients/witness/submission.h"

#include <charconv>
#include <optional>
#include <system_error>

#include "clients/verifier/base64.h"

namespace tearline::witness {
namespace {

constexpr std::string_view kOld = "old ";
constexpr std::size_t kProofMax = 63;

/// The line at the front of `text`, without its newline; nothing if no newline is left.
std::optional<std::string_view> TakeLine(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

absl::Status Malformed(const char* sentence) { return absl::InvalidArgumentError(sentence); }

}  // namespace

absl::StatusOr<Submission> ReadSubmission(std::string_view body) {
  if (body.size() > kSubmissionBytesMax) return Malformed("a submission is at most 68 KiB");
  Submission submission;
  std::optional<std::string_view> line = TakeLine(body);
  if (!line || !line->starts_with(kOld)) return Malformed("the first line must be `old SIZE`");
  const std::string_view size = line->substr(kOld.size());
  const auto [end, fault] =
      std::from_chars(size.data(), size.data() + size.size(), submission.old_size);
  if (fault != std::errc() || end != size.data() + size.size() ||
      (size.size() > 1 && size.front() == '0')) {
    return Malformed("the old size must be a decimal number below 2^64 without leading zeros");
  }
  while ((line = TakeLine(body)) && !line->empty()) {
    const std::optional<std::string> hash = verifier::FromBase64(*line);
    if (!hash || hash->size() != 32) return Malformed("a proof line must be a hash in base64");
    if (submission.proof.size() == kProofMax) return Malformed("a proof is at most 63 lines");
    submission.proof.push_back(verifier::HashFrom(*hash));
  }
  if (!line || body.empty()) return Malformed("an empty line and a checkpoint must follow");
  submission.signed_note = std::string(body);
  return submission;
}

}  // namespace tearline::witness
