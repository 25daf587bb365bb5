#include "clients/adapters/outcome.h"

#include <string>

namespace tearline::adapters {
namespace {

struct NoteText {
  const char* name;
  const char* sentence;
};

NoteText TextOf(NoteKind kind) {
  switch (kind) {
    case NoteKind::kTypeMismatch:
      return {"TYPE_MISMATCH",
              "envelope and body give different event types; the body was believed"};
    case NoteKind::kTypeFromEnvelope:
      return {"TYPE_FROM_ENVELOPE", "the body gives no event type; the envelope's was taken"};
    case NoteKind::kTypeRespelt:
      return {"TYPE_RESPELT", "the event type was lowered and hyphenated"};
    case NoteKind::kTypeUnlisted:
      return {"TYPE_UNLISTED", "the event type is not in the catalogue"};
    case NoteKind::kVersionUnusual:
      return {"VERSION_UNUSUAL", "`version` is missing or is no number"};
    case NoteKind::kTimeAssumed:
      return {"TIME_ASSUMED", "`occurredAt` names no zone; Europe/London was assumed"};
    case NoteKind::kPublishedUnreadable:
      return {"PUBLISHED_UNREADABLE", "`publishedAt` is no time; it was left out"};
    case NoteKind::kNobody:
      return {"NOBODY", "the message concerns no person"};
    case NoteKind::kNotANominal:
      return {"NOT_A_NOMINAL", "the message refers to a person who is no nominal"};
    case NoteKind::kIdentifierLeftOut:
      return {"IDENTIFIER_LEFT_OUT", "an identifier of no use stands beside a usable one"};
    case NoteKind::kSeveralIdentifiers:
      return {"SEVERAL_IDENTIFIERS",
              "one person is given by several identifiers; taken as one nominal"};
    case NoteKind::kReferenceDisagrees:
      return {"REFERENCE_DISAGREES", "`personReference` is not the survivor; it was not believed"};
    case NoteKind::kCustodyReasonUnknown:
      return {"CUSTODY_REASON_UNKNOWN", "the reason of the movement is no known code"};
    case NoteKind::kAdministrativeMerge:
      return {"ADMINISTRATIVE_MERGE", "the movement only tidies records"};
    case NoteKind::kMappaCodeUnknown:
      return {"MAPPA_CODE_UNKNOWN", "the category or level is no known code"};
    case NoteKind::kRegistrationEnded:
      return {"REGISTRATION_ENDED", "the codes are of a registration or alert that ended"};
    case NoteKind::kReleaseDateUnreadable:
      return {"RELEASE_DATE_UNREADABLE", "a release date is no date; it was left out"};
    case NoteKind::kUrgencyNotSaid:
      return {"URGENCY_NOT_SAID", "`tearlineurgency` is missing; taken as routine"};
    case NoteKind::kExtensionIgnored:
      return {"EXTENSION_IGNORED",
              "extension attributes without a meaning here are kept in the original bytes alone"};
  }
  return {"UNKNOWN", ""};
}

NoteText TextOf(LevelLeft left) {
  switch (left) {
    case LevelLeft::kEnded:
      return {"ENDED",
              "a registration or alert ended, which is also how one is replaced by another; if the "
              "case has ended, end it"};
    case LevelLeft::kCategoryUnknown:
      return {"CATEGORY_UNKNOWN", "the category is no known code, which is not: no MAPPA"};
    case LevelLeft::kLevelUnknown:
      return {"LEVEL_UNKNOWN", "the level is missing, or no known code"};
    case LevelLeft::kLevelNotSettled:
      return {"LEVEL_NOT_SETTLED", "the level is still to be settled, before release"};
    case LevelLeft::kNoSuchLevel:
      return {"NO_SUCH_LEVEL", "category 3 has no level 1"};
    case LevelLeft::kNotNew:
      return {"NOT_NEW", "an entry was changed that is not the newest, maybe"};
    case LevelLeft::kNotOnePerson:
      return {"NOT_ONE_PERSON", "the message is about nobody, or about several people"};
  }
  return {"UNKNOWN", ""};
}

}  // namespace

std::string NameOf(QuarantineReason reason) {
  switch (reason) {
    case QuarantineReason::kTooLarge:
      return "TOO_LARGE";
    case QuarantineReason::kInvalidUtf8:
      return "INVALID_UTF8";
    case QuarantineReason::kMalformedJson:
      return "MALFORMED_JSON";
    case QuarantineReason::kTooDeep:
      return "TOO_DEEP";
    case QuarantineReason::kDuplicateKey:
      return "DUPLICATE_KEY";
    case QuarantineReason::kNotAnEvent:
      return "NOT_AN_EVENT";
    case QuarantineReason::kEventTypeUnusable:
      return "EVENT_TYPE_UNUSABLE";
    case QuarantineReason::kTimeUnusable:
      return "TIME_UNUSABLE";
    case QuarantineReason::kIdentifierUnusable:
      return "IDENTIFIER_UNUSABLE";
    case QuarantineReason::kPersonMissing:
      return "PERSON_MISSING";
    case QuarantineReason::kTooManyNominals:
      return "TOO_MANY_NOMINALS";
    case QuarantineReason::kUnreadable:
      return "UNREADABLE";
    case QuarantineReason::kSpecVersionUnknown:
      return "SPEC_VERSION_UNKNOWN";
    case QuarantineReason::kAttributeUnusable:
      return "ATTRIBUTE_UNUSABLE";
    case QuarantineReason::kExtensionUnusable:
      return "EXTENSION_UNUSABLE";
    case QuarantineReason::kDataUnusable:
      return "DATA_UNUSABLE";
  }
  return "UNKNOWN";
}

std::string NameOf(NoteKind kind) { return TextOf(kind).name; }

std::string NameOf(IdentityChange::Kind kind) {
  switch (kind) {
    case IdentityChange::Kind::kMerged:
      return "MERGED";
    case IdentityChange::Kind::kUnmerged:
      return "UNMERGED";
    case IdentityChange::Kind::kBookingMoved:
      return "BOOKING_MOVED";
  }
  return "UNKNOWN";
}

std::string NameOf(LevelLeft left) { return TextOf(left).name; }
std::string SentenceOf(LevelLeft left) { return TextOf(left).sentence; }

Note MakeNote(NoteKind kind) { return {kind, TextOf(kind).sentence}; }

}  // namespace tearline::adapters
