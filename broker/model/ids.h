#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "broker/status/status.h"

namespace tearline::model {

/// An opaque 128-bit id that knows what it names, so that a case cannot be passed for a nominal.
///
/// Every id derives from the seed of the record that made it, never from a position, so that an id
/// tells nothing about how much else there is.
///
/// `Tag` has a `static constexpr std::string_view kPrefix`; the text form is PREFIX_ and 32
/// lower-case hexadecimal digits.
template <typename Tag>
class Id {
 public:
  static constexpr std::size_t kBytes = 16;

  Id() = default;

  /// From exactly 16 bytes, as they lie in stored messages. Refuses: FIELD_INVALID.
  static Result<Id> FromBytes(std::string_view bytes) {
    if (bytes.size() != kBytes) {
      return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                    "an id is " + std::to_string(bytes.size()) + " bytes; it must be 16");
    }
    Id id;
    std::copy(bytes.begin(), bytes.end(), id.bytes_.begin());
    return id;
  }

  /// From the text form. Refuses: FIELD_INVALID.
  static Result<Id> Parse(std::string_view text) {
    if (text.size() != Tag::kPrefix.size() + 1 + 2 * kBytes ||
        text.substr(0, Tag::kPrefix.size()) != Tag::kPrefix || text[Tag::kPrefix.size()] != '_') {
      return Malformed();
    }
    text.remove_prefix(Tag::kPrefix.size() + 1);
    Id id;
    for (std::size_t i = 0; i < kBytes; ++i) {
      const int high = Digit(text[2 * i]);
      const int low = Digit(text[2 * i + 1]);
      if (high < 0 || low < 0) return Malformed();
      id.bytes_[i] = static_cast<unsigned char>(high * 16 + low);
    }
    return id;
  }

  std::string Text() const {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string text(Tag::kPrefix);
    text += '_';
    for (const unsigned char byte : bytes_) {
      text += kDigits[byte / 16];
      text += kDigits[byte % 16];
    }
    return text;
  }

  std::string Bytes() const { return std::string(bytes_.begin(), bytes_.end()); }

  friend auto operator<=>(const Id&, const Id&) = default;

 private:
  static int Digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
  }
  static Status Malformed() {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID, "an id must be `" + std::string(Tag::kPrefix) +
                                                      "_` and 32 digits of 0-9 and a-f");
  }

  /// Unsigned, so that ids sort alike on every machine (P8).
  std::array<unsigned char, kBytes> bytes_{};
};

struct NominalTag {
  static constexpr std::string_view kPrefix = "nom";
};
struct CaseTag {
  static constexpr std::string_view kPrefix = "case";
};
struct EventTag {
  static constexpr std::string_view kPrefix = "ev";
};
struct ObligationTag {
  static constexpr std::string_view kPrefix = "ob";
};
struct SessionTag {
  static constexpr std::string_view kPrefix = "ses";
};
struct GlassTag {
  static constexpr std::string_view kPrefix = "brk";
};
struct ActionTag {
  static constexpr std::string_view kPrefix = "act";
};
struct ProposalTag {
  static constexpr std::string_view kPrefix = "prop";
};
struct InformationRequestTag {
  static constexpr std::string_view kPrefix = "rfi";
};
struct MeetingTag {
  static constexpr std::string_view kPrefix = "meet";
};
struct PendingTag {
  static constexpr std::string_view kPrefix = "pend";
};
struct SubscriptionTag {
  static constexpr std::string_view kPrefix = "sub";
};
struct LedgerTag {
  static constexpr std::string_view kPrefix = "led";
};
struct SubjectKeyTag {
  static constexpr std::string_view kPrefix = "key";
};

using NominalId = Id<NominalTag>;
using CaseId = Id<CaseTag>;
using EventId = Id<EventTag>;
using ObligationId = Id<ObligationTag>;
using SessionId = Id<SessionTag>;
using GlassId = Id<GlassTag>;
using ActionId = Id<ActionTag>;
using ProposalId = Id<ProposalTag>;
using InformationRequestId = Id<InformationRequestTag>;
using MeetingId = Id<MeetingTag>;
using PendingId = Id<PendingTag>;
using SubscriptionId = Id<SubscriptionTag>;
using LedgerId = Id<LedgerTag>;
using SubjectKeyId = Id<SubjectKeyTag>;

/// A record's place in the ledger: ours, from 1, gap-free. Zero is "before the first".
using Position = std::uint64_t;

}  // namespace tearline::model
