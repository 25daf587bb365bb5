#include "broker/model/identifier.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "broker/status/invariant.h"

namespace tearline::model {
namespace {

constexpr std::string_view kCheckLetters = "ZABCDEFGHJKLMNPQRTUVWXY";
constexpr std::size_t kPncLongLength = 12;  // without the slash: 4 + 7 + 1
constexpr std::size_t kPncSerialDigits = 7;
constexpr std::size_t kCroSerialDigits = 6;

bool IsBlank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return c >= 'A' && c <= 'Z'; }

/// Whether `text` has the shape of `pattern`, in which 9 stands for a digit and A for a letter.
bool HasShape(std::string_view text, std::string_view pattern) {
  return std::equal(text.begin(), text.end(), pattern.begin(), pattern.end(), [](char c, char p) {
    return p == '9' ? IsDigit(c) : p == 'A' ? IsLetter(c) : c == p;
  });
}

bool AllDigits(std::string_view text) { return std::all_of(text.begin(), text.end(), IsDigit); }

/// Requires: at most 18 digits and nothing else.
std::uint64_t Number(std::string_view digits) {
  std::uint64_t number = 0;
  for (const char c : digits) number = 10 * number + static_cast<std::uint64_t>(c - '0');
  return number;
}

char CheckLetter(std::string_view digits) {
  return kCheckLetters[static_cast<std::size_t>(Number(digits) % kCheckLetters.size())];
}

std::string Padded(std::string_view digits, std::size_t width) {
  return std::string(width - digits.size(), '0') + std::string(digits);
}

std::string Without(std::string_view text, std::string_view unwanted) {
  std::string kept;
  for (const char c : text) {
    if (unwanted.find(c) == std::string_view::npos) kept += c;
  }
  return kept;
}

using Notes = std::set<v1::IdentifierNote>;

/// The step that every type shares. What it did is added to `notes`.
std::string Tidied(std::string_view raw, Notes& notes) {
  const std::size_t written = raw.size();
  while (!raw.empty() && IsBlank(raw.front())) raw.remove_prefix(1);
  while (!raw.empty() && IsBlank(raw.back())) raw.remove_suffix(1);
  if (raw.size() != written) notes.insert(v1::IDENTIFIER_NOTE_TRIMMED);
  std::string text;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    const std::string_view three = raw.substr(i, 3);
    if (three == "\xE2\x81\x84" || three == "\xE2\x88\x95" || three == "\xEF\xBC\x8F") {
      text += '/';
      i += 2;
      notes.insert(v1::IDENTIFIER_NOTE_SLASH_MADE_PLAIN);
    } else {
      const char c = raw[i];
      const bool is_small = c >= 'a' && c <= 'z';
      text += is_small ? static_cast<char>(c - 'a' + 'A') : c;
      if (is_small) notes.insert(v1::IDENTIFIER_NOTE_UPPER_CASED);
    }
  }
  return text;
}

std::string CenturyOf(std::string_view short_year, int as_of_year) {
  const int year = static_cast<int>(Number(short_year));
  const int century = as_of_year / 100 - (year <= as_of_year % 100 ? 0 : 1);
  return std::to_string(century) + std::string(short_year);
}

std::optional<std::string> Pnc(std::string_view text, int as_of_year) {
  if (text.size() < 4 || !IsLetter(text.back())) return std::nullopt;
  const char letter = text.back();
  text.remove_suffix(1);
  const std::size_t slash = text.find('/');
  if (slash != std::string_view::npos) {
    const std::size_t serial = text.size() - slash - 1;
    if (slash < 2 || slash > 4 || serial < 1 || serial > kPncSerialDigits) return std::nullopt;
  }
  const std::string digits =
      slash == std::string_view::npos
          ? std::string(text)
          : std::string(text.substr(0, slash)) + std::string(text.substr(slash + 1));
  if (!AllDigits(digits) || digits.size() < 3 || digits.size() >= kPncLongLength) {
    return std::nullopt;
  }

  const bool is_long = digits.size() + 1 == kPncLongLength;
  const std::string_view serial = std::string_view(digits).substr(is_long ? 4 : 2);
  if (serial.size() > kPncSerialDigits) return std::nullopt;
  const std::string year =
      is_long ? digits.substr(0, 4) : CenturyOf(std::string_view(digits).substr(0, 2), as_of_year);
  const std::string padded = Padded(serial, kPncSerialDigits);
  if (CheckLetter(year.substr(2) + padded) != letter) return std::nullopt;
  return year + '/' + padded + letter;
}

std::optional<std::string> StandardCro(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos || slash < 1 || slash > kCroSerialDigits) return std::nullopt;
  const std::string_view serial = text.substr(0, slash);
  const std::string_view rest = text.substr(slash + 1);
  if (!AllDigits(serial) || !HasShape(rest, "99A")) return std::nullopt;
  const std::string padded = Padded(serial, kCroSerialDigits);
  if (CheckLetter(std::string(rest.substr(0, 2)) + padded) != rest.back()) return std::nullopt;
  return padded + '/' + std::string(rest);
}

std::optional<std::string> Cro(std::string_view text) {
  if (text.substr(0, 2) != "SF") return StandardCro(text);
  if (text.size() < 7 || text.size() > 6 + kCroSerialDigits ||
      !HasShape(text.substr(2, 3), "99/")) {
    return std::nullopt;
  }
  const std::string_view year = text.substr(2, 2);
  const std::string_view serial = text.substr(5, text.size() - 6);
  if (!AllDigits(serial) || !IsLetter(text.back())) return std::nullopt;
  if (CheckLetter(std::string(year) + std::string(serial)) != text.back()) return std::nullopt;
  return std::string(text);
}

std::optional<std::string> Nhs(std::string_view text) {
  const std::string digits = Without(text, " -");
  if (!HasShape(digits, "9999999999")) return std::nullopt;
  // Ten equal digits satisfy the modulus and were never issued.
  if (digits.find_first_not_of(digits.front()) == std::string::npos) return std::nullopt;
  int sum = 0;
  for (std::size_t i = 0; i < 9; ++i) sum += (10 - static_cast<int>(i)) * (digits[i] - '0');
  const int check = 11 - sum % 11;  // 10 is never issued: it matches no digit
  if (check % 11 != digits[9] - '0') return std::nullopt;
  return digits;
}

std::optional<std::string> OneOf(const std::string& text, std::string_view first,
                                 std::string_view second) {
  if (HasShape(text, first) || HasShape(text, second)) return text;
  return std::nullopt;
}

/// The canonical form of a tidied value, or nothing if no rule of its type holds.
std::optional<std::string> Verified(v1::IdentifierType type, const std::string& text,
                                    int as_of_year) {
  switch (type) {
    case v1::IDENTIFIER_TYPE_PNC:
      return Pnc(text, as_of_year);
    case v1::IDENTIFIER_TYPE_CRO:
      return Cro(text);
    case v1::IDENTIFIER_TYPE_NOMS:
      return OneOf(text, "A9999AA", "A9999AA");
    case v1::IDENTIFIER_TYPE_CRN:
      return OneOf(text, "A999999", "AA999999");
    case v1::IDENTIFIER_TYPE_NHS:
      return Nhs(text);
    case v1::IDENTIFIER_TYPE_NI:
      return OneOf(Without(text, " "), "AA999999A", "AA999999A");
    case v1::IDENTIFIER_TYPE_ASN:
      return OneOf(text, "9999999999999999999A", "99999999999999999999A");
    case v1::IDENTIFIER_TYPE_C_ID:
      return OneOf(text, "999999999", "999999999");
    default:
      return std::nullopt;
  }
}

/// What is to be said of a value that verified, beside what tidied it.
void NoteVerified(v1::IdentifierType type, const std::string& text, const std::string& canonical,
                  Notes& notes) {
  if (canonical != text) notes.insert(v1::IDENTIFIER_NOTE_REWRITTEN);
  const auto digits = static_cast<std::size_t>(std::count_if(text.begin(), text.end(), IsDigit));
  if (type == v1::IDENTIFIER_TYPE_PNC && digits + 1 < kPncLongLength) {
    notes.insert(v1::IDENTIFIER_NOTE_CENTURY_SUPPLIED);
  }
  if (type == v1::IDENTIFIER_TYPE_CRN && HasShape(text, "AA999999")) {
    notes.insert(v1::IDENTIFIER_NOTE_TWO_LETTERS);
  }
}

}  // namespace

CanonicalIdentifier Canonicalise(v1::IdentifierType type, std::string_view raw, int as_of_year) {
  TEARLINE_INVARIANT(as_of_year >= 1900 && as_of_year <= 9999, "as_of_year is a year of our era");
  Notes notes;
  std::string text = Tidied(raw, notes);
  const std::optional<std::string> canonical = Verified(type, text, as_of_year);
  if (canonical) NoteVerified(type, text, *canonical, notes);
  return {canonical ? *canonical : std::move(text),
          canonical.has_value(),
          {notes.begin(), notes.end()}};
}

}  // namespace tearline::model
