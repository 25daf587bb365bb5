#include "broker/audit/checkpoint.h"

#include <charconv>

#include "broker/audit/note.h"
#include "broker/crypto/base64.h"
#include "broker/status/invariant.h"

namespace tearline::audit {
namespace {

Status Invalid(const std::string& sentence) {
  return Refuse(v1::ERROR_REASON_PROOF_INVALID, sentence);
}

/// Takes one line, without its newline, from the front of `text`; false if there is none whole.
bool TakeLine(std::string_view& text, std::string_view& line) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return false;
  line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return true;
}

}  // namespace

std::string NoteBody(const Checkpoint& checkpoint) {
  TEARLINE_INVARIANT(
      !checkpoint.origin.empty() && checkpoint.origin.find('\n') == std::string::npos,
      "an origin is one line");
  return checkpoint.origin + "\n" + std::to_string(checkpoint.tree_size) + "\n" +
         crypto::Base64Encode(checkpoint.root.View()) + "\n";
}

Result<Checkpoint> ParseNoteBody(std::string_view body) {
  std::string_view origin;
  std::string_view size;
  std::string_view root;
  if (!TakeLine(body, origin) || !TakeLine(body, size) || !TakeLine(body, root)) {
    return Invalid("a checkpoint must be three lines: origin, size and root");
  }
  Checkpoint checkpoint;
  checkpoint.origin = std::string(origin);
  if (checkpoint.origin.empty()) return Invalid("a checkpoint's origin must not be empty");

  const auto [end, error] =
      std::from_chars(size.data(), size.data() + size.size(), checkpoint.tree_size);
  if (error != std::errc() || end != size.data() + size.size() ||
      (size.size() > 1 && size.front() == '0')) {
    return Invalid("a checkpoint's size must be a decimal number below 2^64 without leading zeros");
  }
  const Result<std::string> bytes = crypto::Base64Decode(root);
  if (!bytes.ok() || bytes->size() != crypto::Digest::kBytes) {
    return Invalid("a checkpoint's root must be 32 bytes in base64");
  }
  checkpoint.root = *crypto::Digest::FromBytes(*bytes);
  if (checkpoint.tree_size == 0 && checkpoint.root != crypto::Sha256("")) {
    return Invalid("the root of an empty tree must be the hash of nothing");
  }

  std::string_view extension;
  while (!body.empty()) {
    if (!TakeLine(body, extension) || extension.empty()) {
      return Invalid("a checkpoint's extension lines must not be empty");
    }
  }
  return checkpoint;
}

Result<std::string> SignCheckpoint(const Checkpoint& checkpoint, crypto::Signer& signer) {
  return SignNote(NoteBody(checkpoint), checkpoint.origin, signer);
}

}  // namespace tearline::audit
