#include "broker/audit/note.h"

#include <algorithm>
#include <iterator>

#include "broker/crypto/base64.h"
#include "broker/crypto/digest.h"
#include "broker/model/utf8.h"

namespace tearline::audit {
namespace {

constexpr std::string_view kDash = "\xe2\x80\x94 ";  // em dash and a space
constexpr std::size_t kKeyIdBytes = 4;
constexpr std::size_t kSignatureLinesMax = 100;
constexpr std::size_t kNoteBytesMax = 64 * 1024;

std::string Hex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const char byte : bytes) {
    text += kDigits[static_cast<unsigned char>(byte) / 16];
    text += kDigits[static_cast<unsigned char>(byte) % 16];
  }
  return text;
}

Status Invalid(const std::string& sentence) {
  return Refuse(v1::ERROR_REASON_PROOF_INVALID, sentence);
}

bool IsPlainText(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 && c != '\n') return false;
  }
  return model::IsUtf8(text);
}

/// Unicode's white space beyond ASCII, as it lies in UTF-8.
constexpr std::string_view kWideSpaces[] = {
    "\xc2\x85",     "\xc2\xa0",     "\xe1\x9a\x80", "\xe2\x80\x80", "\xe2\x80\x81",
    "\xe2\x80\x82", "\xe2\x80\x83", "\xe2\x80\x84", "\xe2\x80\x85", "\xe2\x80\x86",
    "\xe2\x80\x87", "\xe2\x80\x88", "\xe2\x80\x89", "\xe2\x80\x8a", "\xe2\x80\xa8",
    "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80"};

/// What one signature line is to the key we know.
enum class Line { kOther, kSigned, kFailed, kMalformed };

Line Judge(std::string_view line, std::string_view text, std::string_view name,
           std::string_view public_key) {
  const Result<SignatureLine> read = ReadSignatureLine(line);
  if (!read.ok()) return Line::kMalformed;
  if (read->name != name || read->key_id != KeyId(KeyType::kNote, name, public_key)) {
    return Line::kOther;
  }
  return crypto::VerifyEd25519(public_key, text, read->signature) ? Line::kSigned : Line::kFailed;
}

}  // namespace

bool IsKeyName(std::string_view name) {
  if (name.empty() || !IsPlainText(name)) return false;
  if (name.find_first_of(" +\n") != std::string_view::npos) return false;
  return std::none_of(std::begin(kWideSpaces), std::end(kWideSpaces), [name](auto space) {
    return name.find(space) != std::string_view::npos;
  });
}

std::string KeyId(KeyType type, std::string_view name, std::string_view public_key) {
  const std::string kind(1, static_cast<char>(type));
  return crypto::Sha256({name, "\n", kind, public_key}).Bytes().substr(0, kKeyIdBytes);
}

Result<SignatureLine> ReadSignatureLine(std::string_view line) {
  const Status malformed = Invalid("a signature line must be a dash, a key name and base64");
  if (line.substr(0, kDash.size()) != kDash) return malformed;
  line.remove_prefix(kDash.size());
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos || !IsKeyName(line.substr(0, space))) return malformed;
  const Result<std::string> blob = crypto::Base64Decode(line.substr(space + 1));
  if (!blob.ok() || blob->size() <= kKeyIdBytes) return malformed;
  return SignatureLine{std::string(line.substr(0, space)), blob->substr(0, kKeyIdBytes),
                       blob->substr(kKeyIdBytes)};
}

std::string VerifierKey(std::string_view name, std::string_view public_key, KeyType type) {
  return std::string(name) + "+" + Hex(KeyId(type, name, public_key)) + "+" +
         crypto::Base64Encode(static_cast<char>(type) + std::string(public_key));
}

Result<std::string> SignNote(std::string_view text, std::string_view name, crypto::Signer& signer) {
  Result<std::string> signature = signer.Sign(text);
  if (!signature.ok()) return signature.status();
  std::string note(text);
  note += '\n';
  note += kDash;
  note += name;
  note += ' ';
  note += crypto::Base64Encode(KeyId(KeyType::kNote, name, signer.PublicKey()) + *signature);
  note += '\n';
  return note;
}

Result<std::string> OpenNote(std::string_view note, std::string_view name,
                             std::string_view public_key) {
  if (note.size() > kNoteBytesMax || !IsPlainText(note)) {
    return Invalid(
        "a signed note must be at most 65,536 bytes of UTF-8 without control characters");
  }
  const std::size_t split = note.rfind("\n\n");
  if (split == std::string_view::npos || !note.ends_with('\n')) {
    return Invalid("a signed note must be a text, an empty line and signature lines");
  }
  const std::string_view text = note.substr(0, split + 1);
  std::string_view lines = note.substr(split + 2);

  bool is_signed = false;
  for (std::size_t count = 1; !lines.empty(); ++count) {
    if (count > kSignatureLinesMax) return Invalid("a signed note has at most 100 signature lines");
    const std::size_t end = lines.find('\n');
    switch (Judge(lines.substr(0, end), text, name, public_key)) {
      case Line::kOther:
        break;
      case Line::kSigned:
        is_signed = true;
        break;
      case Line::kFailed:
        return Invalid("the note's signature by the known key does not verify");
      case Line::kMalformed:
        return Invalid("a signature line must be a dash, a key name and base64");
    }
    lines.remove_prefix(end + 1);
  }
  if (!is_signed) return Invalid("the note is not signed by the known key");
  return std::string(text);
}

}  // namespace tearline::audit
