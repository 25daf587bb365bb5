#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tearline/v1/event.pb.h"

namespace tearline::adapters {

/// The largest message that is adapted, in bytes: it must fit one segment, whole.
inline constexpr std::size_t kOriginalBytesMax = 256 * 1024;
/// People one event may concern.
inline constexpr std::size_t kNominalsMax = 8;
/// Further numbers of one person, beside the first.
inline constexpr std::size_t kAlsoKnownByMax = 8;

/// Why a message was set aside for a person to look at. Never dropped, never guessed.
enum class QuarantineReason {
  kTooLarge,            ///< Over kOriginalBytesMax.
  kInvalidUtf8,         ///< Not UTF-8 throughout.
  kMalformedJson,       ///< Not one JSON value with nothing after it.
  kTooDeep,             ///< Objects and arrays nested more than 32 deep.
  kDuplicateKey,        ///< A member is given twice: two readers could see two messages.
  kNotAnEvent,          ///< Another kind of message, such as a subscription's confirmation.
  kEventTypeUnusable,   ///< No event type, or one that is no words joined by dots.
  kTimeUnusable,        ///< When it happened is missing, a placeholder, or no time.
  kIdentifierUnusable,  ///< It claims a person, and what it gives cannot name one.
  kPersonMissing,       ///< Its type is always about a person, and it names nobody.
  kTooManyNominals,     ///< Over kNominalsMax people.
  kUnreadable,          ///< The file could not be read.
};

/// For example "TIME_UNUSABLE".
[[nodiscard]] std::string NameOf(QuarantineReason reason);

/// What was noticed about a message that was adapted all the same.
enum class NoteKind {
  kTypeMismatch,         ///< Envelope and body disagree on the type; the body was believed.
  kTypeFromEnvelope,     ///< The body names no type; the envelope's was taken.
  kTypeRespelt,          ///< Capitals or underscores were turned into hyphens.
  kTypeUnlisted,         ///< Not in the catalogue.
  kVersionUnusual,       ///< No version, or one that is no number.
  kTimeAssumed,          ///< No zone: Europe/London.
  kPublishedUnreadable,  ///< When it was published is no time; left out.
  kNobody,               ///< It concerns no person.
  kNotANominal,          ///< It refers to somebody who is no nominal, such as a visitor.
  kIdentifierLeftOut,    ///< A placeholder or a number of unknown type beside a usable one.
  kSeveralIdentifiers,   ///< One person under several numbers: one nominal.
  kReferenceDisagrees,   ///< The person referred to is not the survivor; the survivor was believed.
  kCustodyReasonUnknown,   ///< Received or released for no known reason: no custody change.
  kAdministrativeMerge,    ///< A movement that only tidies records: no custody change.
  kMappaCodeUnknown,       ///< Under MAPPA, category or level not given as a known code.
  kRegistrationEnded,      ///< The codes are of a registration or alert that ended.
  kReleaseDateUnreadable,  ///< A release date that is no date; left out.
};

/// For example "TIME_ASSUMED".
[[nodiscard]] std::string NameOf(NoteKind kind);

/// One thing noticed. The sentence quotes nothing of the message.
struct Note {
  NoteKind kind;
  std::string sentence;
};

[[nodiscard]] Note MakeNote(NoteKind kind);

/// What a message says about who is who. Places are in `Event.nominals`.
struct IdentityChange {
  enum class Kind {
    kMerged,        ///< `other` was merged into `survivor`.
    kUnmerged,      ///< `other` came back; `survivor` stays.
    kBookingMoved,  ///< A booking moved from `other` to `survivor`; both stay.
  };
  Kind kind = Kind::kMerged;
  std::uint32_t survivor = 0;
  std::uint32_t other = 1;
};

/// For example "BOOKING_MOVED".
[[nodiscard]] std::string NameOf(IdentityChange::Kind kind);

/// A message as an event ready to be published.
struct Adapted {
  v1::Event event;
  /// "hmpps-" and 32 hexadecimal digits, from the original bytes alone: the same bytes again are
  /// the same request. The source's own message id is not enough: different messages share one.
  std::string request_id;
  std::string source_message_id;  ///< The envelope's; "" if there is none.
  std::optional<IdentityChange> identity_change;
  std::vector<Note> notes;  ///< Each kind at most once, in order of kind.
};

/// A message set aside. The sentence quotes nothing of the message.
struct Quarantined {
  QuarantineReason reason;
  std::string sentence;
};

/// What the publishing agency decides about all messages.
struct HmppsOptions {
  /// Whom a pointer names to be asked, AGENCY/POST. If empty, nobody may be told that anything is
  /// held.
  std::string pointer_post;
};

}  // namespace tearline::adapters
