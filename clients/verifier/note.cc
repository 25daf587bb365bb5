#include "clients/verifier/note.h"

#include <charconv>
#include <optional>
#include <system_error>
#include <utility>

#include "clients/verifier/base64.h"
#include "clients/verifier/ed25519.h"
#include "clients/verifier/plain_text.h"

namespace tearline::verifier {
namespace {

constexpr std::size_t kKeyIdBytes = 4;
constexpr std::size_t kPublicKeyBytes = 32;
constexpr std::string_view kDash = "\xe2\x80\x94 ";
/// What a stranger may make us read.
constexpr std::size_t kNoteBytesMax = 64 * 1024;
constexpr std::size_t kSignatureLinesMax = 100;

std::string KeyId(KeyType type, const std::string& name, const std::string& public_key) {
  return Bytes(Sha256(name + '\n' + static_cast<char>(type) + public_key)).substr(0, kKeyIdBytes);
}

absl::Status Broken(const std::string& sentence) { return absl::DataLossError(sentence); }

/// The line at the front of `text`, without its newline; nothing if no newline is left.
std::optional<std::string_view> TakeLine(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

}  // namespace

VerifierKey MakeVerifierKey(KeyType type, std::string name, std::string public_key) {
  std::string id = KeyId(type, name, public_key);
  return {type, std::move(name), std::move(id), std::move(public_key)};
}

absl::StatusOr<VerifierKey> ReadVerifierKey(std::string_view text, KeyType type) {
  const std::size_t first = text.find('+');
  const std::size_t second = first == std::string_view::npos ? first : text.find('+', first + 1);
  if (second == std::string_view::npos) {
    return absl::InvalidArgumentError("a verifier key must read NAME+ID+BASE64");
  }
  if (!IsKeyName(text.substr(0, first))) {
    return absl::InvalidArgumentError(
        "the name in a verifier key must be UTF-8 without white space and control characters");
  }
  const std::optional<std::string> id = FromHex(text.substr(first + 1, second - first - 1));
  const std::optional<std::string> bytes = FromBase64(text.substr(second + 1));
  if (!id || !bytes || bytes->size() != 1 + kPublicKeyBytes ||
      bytes->front() != static_cast<char>(type)) {
    return absl::InvalidArgumentError(
        "a verifier key must carry an id in hexadecimal and an Ed25519 key in base64, of type " +
        std::to_string(static_cast<int>(type)));
  }
  VerifierKey key = MakeVerifierKey(type, std::string(text.substr(0, first)), bytes->substr(1));
  if (key.id != *id) {
    return absl::InvalidArgumentError("the verifier key's id does not belong to its name and key");
  }
  return key;
}

std::string Text(const VerifierKey& key) {
  return key.name + '+' + Hex(key.id) + '+' + Base64(static_cast<char>(key.type) + key.public_key);
}

std::string_view NoteText(std::string_view note) {
  const std::size_t blank = note.rfind("\n\n");
  return blank == std::string_view::npos ? std::string_view() : note.substr(0, blank + 1);
}

std::string Text(const SignatureLine& line) {
  return std::string(kDash) + line.name + ' ' + Base64(line.key_id + line.signature) + '\n';
}

absl::StatusOr<std::vector<SignatureLine>> ReadSignatures(std::string_view note) {
  if (note.size() > kNoteBytesMax || !IsPlainText(note) || note.empty() || note.back() != '\n') {
    return Broken(
        "a signed note must be UTF-8 of at most 64 KiB that ends in a newline, without other "
        "control characters");
  }
  const std::size_t blank = note.rfind("\n\n");
  if (blank == std::string_view::npos) return Broken("the note carries no signatures");
  std::string_view lines = note.substr(blank + 2);
  std::vector<SignatureLine> signatures;
  while (const std::optional<std::string_view> line = TakeLine(lines)) {
    if (signatures.size() == kSignatureLinesMax) {
      return Broken("the note carries more than 100 signatures");
    }
    const std::size_t space = line->find(' ', kDash.size());
    if (!line->starts_with(kDash) || space == std::string_view::npos ||
        !IsKeyName(line->substr(kDash.size(), space - kDash.size()))) {
      return Broken("a signature line of the note is malformed");
    }
    const std::optional<std::string> blob = FromBase64(line->substr(space + 1));
    if (!blob || blob->size() <= kKeyIdBytes) {
      return Broken("a signature line of the note is malformed");
    }
    signatures.push_back({std::string(line->substr(kDash.size(), space - kDash.size())),
                          blob->substr(0, kKeyIdBytes), blob->substr(kKeyIdBytes)});
  }
  return signatures;
}

absl::StatusOr<std::string> OpenNote(std::string_view note, const VerifierKey& key) {
  const absl::StatusOr<std::vector<SignatureLine>> lines = ReadSignatures(note);
  if (!lines.ok()) return lines.status();
  const std::string text(NoteText(note));
  bool is_signed = false;
  for (const SignatureLine& line : *lines) {
    if (line.name != key.name || line.key_id != key.id) continue;
    if (!SignedBy(key.public_key, text, line.signature)) {
      return Broken("the signature on the checkpoint does not verify");
    }
    is_signed = true;
  }
  if (!is_signed) return Broken("the checkpoint is not signed by the key you trust");
  return text;
}

absl::StatusOr<Checkpoint> ReadCheckpoint(std::string_view text) {
  const std::optional<std::string_view> origin = TakeLine(text);
  const std::optional<std::string_view> size = TakeLine(text);
  const std::optional<std::string_view> root = TakeLine(text);
  if (!origin || origin->empty() || !size || !root) {
    return Broken("a checkpoint must have an origin, a size and a root, a line each");
  }
  Checkpoint checkpoint;
  const auto [end, fault] =
      std::from_chars(size->data(), size->data() + size->size(), checkpoint.tree_size);
  if (fault != std::errc() || end != size->data() + size->size() ||
      (size->size() > 1 && size->front() == '0')) {
    return Broken("a checkpoint's size must be a decimal number below 2^64 without leading zeros");
  }
  const std::optional<std::string> hash = FromBase64(*root);
  if (!hash || hash->size() != 32) return Broken("a checkpoint's root must be 32 bytes in base64");
  checkpoint.origin = std::string(*origin);
  checkpoint.root = HashFrom(*hash);
  if (checkpoint.tree_size == 0 && checkpoint.root != Sha256("")) {
    return absl::OutOfRangeError("the root of an empty tree must be the hash of nothing");
  }
  while (!text.empty()) {
    const std::optional<std::string_view> extension = TakeLine(text);
    if (!extension || extension->empty()) {
      return Broken("a checkpoint's extension lines must not be empty");
    }
  }
  return checkpoint;
}

absl::StatusOr<Checkpoint> OpenCheckpoint(std::string_view note, const VerifierKey& key) {
  const absl::StatusOr<std::string> text = OpenNote(note, key);
  if (!text.ok()) return text.status();
  absl::StatusOr<Checkpoint> checkpoint = ReadCheckpoint(*text);
  if (checkpoint.ok() && checkpoint->origin != key.name) {
    return Broken("the checkpoint speaks of another log than the key you trust");
  }
  return checkpoint;
}

}  // namespace tearline::verifier
