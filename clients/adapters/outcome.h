#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "clients/adapters/source_time.h"
#include "tearline/v1/event.pb.h"

namespace tearline::adapters {

/// The largest message that is adapted, in bytes: it must fit one segment, whole.
inline constexpr std::size_t kOriginalBytesMax = 256 * 1024;
/// People one event may concern.
inline constexpr std::size_t kNominalsMax = 8;
/// Further numbers of one person, beside the first.
inline constexpr std::size_t kAlsoKnownByMax = 8;

/// Why a message was set aside for a person to look at. Never dropped, never guessed.
///
/// A number is never given another meaning: reason files and reports are counted by it.
enum class QuarantineReason {
  kTooLarge = 1,             ///< Over kOriginalBytesMax.
  kInvalidUtf8 = 2,          ///< Not UTF-8 throughout.
  kMalformedJson = 3,        ///< Not one JSON value with nothing after it.
  kTooDeep = 4,              ///< Objects and arrays nested more than 32 deep.
  kDuplicateKey = 5,         ///< A member is given twice: two readers could see two messages.
  kNotAnEvent = 6,           ///< Another kind of message, such as a subscription's confirmation.
  kEventTypeUnusable = 7,    ///< No event type, or one that is no words joined by dots.
  kTimeUnusable = 8,         ///< When it happened is missing, a placeholder, or no time.
  kIdentifierUnusable = 9,   ///< It claims a person, and what it gives cannot name one.
  kPersonMissing = 10,       ///< Its type is always about a person, and it names nobody.
  kTooManyNominals = 11,     ///< Over kNominalsMax people.
  kUnreadable = 12,          ///< The file could not be read.
  kSpecVersionUnknown = 13,  ///< A CloudEvent of another version of the specification.
  kAttributeUnusable = 14,   ///< A CloudEvents attribute is missing or has the wrong form.
  kExtensionUnusable = 15,   ///< A tearline… attribute that is unknown or says nothing known.
  kDataUnusable = 16,        ///< Data given twice, or not in the form its content type says.
};
inline constexpr int kQuarantineReasonsMax = 16;

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
  kUrgencyNotSaid,         ///< The message says no urgency; routine.
  kExtensionIgnored,       ///< Extension attributes of others; kept in the original bytes alone.
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
  /// Of a moved booking, when it began; nothing: all that was recorded of `other` moved.
  std::optional<SourceTime> began;
};

/// For example "BOOKING_MOVED".
[[nodiscard]] std::string NameOf(IdentityChange::Kind kind);

/// Why what a message says of MAPPA sets no case to anything: a person is to look. A number is never
/// given another meaning: reports are counted by it.
enum class LevelLeft {
  kEnded = 1,            ///< A registration or alert ended: also to be replaced by another. No exit.
  kCategoryUnknown = 2,  ///< No category, or no known code. It is not "no MAPPA".
  kLevelUnknown = 3,     ///< No level, or no known code.
  kLevelNotSettled = 4,  ///< A level is to be settled before release, and is not yet.
  kNoSuchLevel = 5,      ///< Category 3 has no level 1.
  kNotNew = 6,           ///< An alert that was changed: another may be the one that holds.
  kNotOnePerson = 7,     ///< It is about nobody, or about several.
};
inline constexpr int kLevelLeftMax = 7;

/// For example "LEVEL_UNKNOWN".
[[nodiscard]] std::string NameOf(LevelLeft left);
/// What is so, and what a person may do. Quotes nothing of the message.
[[nodiscard]] std::string SentenceOf(LevelLeft left);

/// A message says how a person is managed: as the facts of its event do, unless it is left.
struct LevelStatement {
  std::optional<LevelLeft> left;
};

/// A message as an event ready to be published.
struct Adapted {
  v1::Event event;
  /// The adapter's name and 32 hexadecimal digits of what makes the message the same as another.
  std::string request_id;
  std::string source_message_id;  ///< The envelope's; "" if there is none.
  std::optional<IdentityChange> identity_change;
  std::optional<LevelStatement> level_statement;
  std::vector<Note> notes;  ///< Each kind at most once, in order of kind.
};

/// A message set aside. The sentence quotes nothing of the message.
struct Quarantined {
  QuarantineReason reason;
  std::string sentence;
};

/// What the publishing agency decides about all HMPPS messages.
struct HmppsOptions {
  /// Whom a pointer names to be asked, AGENCY/POST. If empty, nobody may be told that anything is
  /// held.
  std::string pointer_post;
};

}  // namespace tearline::adapters
