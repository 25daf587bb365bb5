#include "clients/cli/show_pending.h"

#include <google/protobuf/repeated_field.h>
#include <google/protobuf/timestamp.pb.h>

#include "clients/cli/output.h"
#include "clients/cli/show_delivery.h"
#include "clients/cli/words.h"

namespace tearline::cli {
namespace {

template <typename Words>
std::string Joined(const Words& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ",") + word;
  return text;
}

template <typename Enum>
std::string WordsOf(const google::protobuf::RepeatedField<int>& values) {
  std::string text;
  for (const int value : values) text += (text.empty() ? "" : ",") + Word(static_cast<Enum>(value));
  return text;
}

/// `what` with its words before it; nothing where there is nothing to say.
std::string With(const char* words, const std::string& what) {
  return what.empty() ? "" : words + what;
}

std::string At(const char* words, bool given, const google::protobuf::Timestamp& time) {
  return given ? words + TimeText(time) : "";
}

std::string AgencyText(const v1::Agency& agency) {
  return agency.agency() + " as " + Word(agency.kind()) + With(" in ", agency.area()) +
         With(", publishing for ", Joined(agency.publishes_for())) +
         (agency.signatures_required() ? ", signatures required" : "");
}

std::string PostText(const v1::Post& post) {
  return post.post() + " as " + WordsOf<v1::PostRole>(post.roles()) +
         (post.holder().empty() ? ", vacant" : ", held by " + post.holder()) +
         With(", deputy ", post.deputy()) + With(", served by ", Joined(post.services())) +
         With(", escalates to ", post.escalates_to()) +
         (post.has_clearance() ? ", cleared for " + MarkingText(post.clearance()) : "") +
         With(", audits ", Joined(post.areas())) +
         With(", answers for ", WordsOf<v1::Capability>(post.capabilities()));
}

std::string NamedText(const v1::CasePost& named, const std::string& case_id) {
  return named.post() + " as " + Word(named.function()) + " of " + case_id +
         At(" until ", named.has_until(), named.until()) +
         At(", for the hearing of ", named.has_hearing_at(), named.hearing_at()) +
         At(", of what occurred from ", named.has_occurred_from(), named.occurred_from());
}

/// A case to be opened; or one that is there, and what is to be of it.
std::string CaseText(const v1::Case& asked) {
  if (asked.named_posts_size() > 0) return NamedText(asked.named_posts(0), asked.case_id());
  const std::string managed =
      "category " + Word(asked.category()) + ", level " + Word(asked.level());
  if (asked.nominal_id().empty()) return asked.case_id() + " to " + managed;
  return asked.nominal_id() + " at " + managed + ", led by " + asked.lead_agency() +
         With(" in ", asked.area()) + With(", supervised by ", asked.supervising_post()) +
         With(", answered for by ", asked.accountable_post());
}

std::string SeatText(const v1::PendingSeat& asked) {
  const v1::Seat& seat = asked.seat();
  return seat.post() + " as " + Word(seat.kind()) + " of " + asked.case_id() +
         At(", of what was recorded from ", seat.has_history_from(), seat.history_from()) +
         With(", else ", seat.substitute_post());
}

std::string ChangeText(const v1::PendingChange& change) {
  return change.case_id() + With(", to be led by ", change.lead_agency()) +
         With(", in ", change.area()) + With(", supervised by ", change.supervising_post()) +
         (change.unsupervised() ? ", supervised by nobody" : "");
}

std::string ExitText(const v1::PendingExit& asked) {
  std::string text = asked.case_id() + " ends, " + Word(asked.reason());
  for (const v1::WorkOverride& each : asked.overrides()) {
    text += ", overriding " + each.work_id() + " because " + Word(each.reason());
  }
  return text;
}

std::string LimitText(const v1::PendingAccessLimit& limit) {
  std::string text = limit.nominal_id() + With(" without ", Joined(limit.excluded())) +
                     With(" for nobody but ", Joined(limit.only()));
  if (limit.excluded().empty() && limit.only().empty()) text += " for all";
  return text;
}

std::string ConflictText(const v1::PendingConflict& conflict) {
  return conflict.post() + (conflict.withdrawn() ? " no more" : "") + " in conflict with " +
         conflict.nominal_id();
}

std::string SupervisorText(const v1::PendingSupervisor& asked) {
  return asked.nominal_id() + " supervised by " + (asked.post().empty() ? "nobody" : asked.post());
}

std::string DisclosureText(const v1::PendingDisclosure& asked) {
  return Word(asked.decision()) + " to " + Word(asked.third_party()) +
         With(": ", WordsOf<v1::DisclosedMatter>(asked.matters())) + " of " + asked.case_id() +
         With(", resting on ", Joined(asked.event_ids()));
}

std::string MoveText(const v1::PendingMove& move) {
  return "booking of " + move.from_id() + " to " + move.to_id() + " of " + move.agency() +
         At(", occurred from ", move.has_occurred_from(), move.occurred_from()) +
         At(", occurred before ", move.has_occurred_until(), move.occurred_until()) + ", " +
         Word(move.reason());
}

std::string SuspensionText(const v1::PendingSuspension& asked) {
  return (asked.suspended() ? "suspend " : "lift ") + asked.agency() + With("/", asked.member());
}

std::string KeyText(const v1::SigningKey& key) {
  return key.agency() + " " + key.key_id().substr(0, 12) +
         At(" until ", key.has_valid_until(), key.valid_until());
}

}  // namespace

std::string PendingText(const v1::PendingCommand& command) {
  switch (command.asks_case()) {
    case v1::PendingCommand::kAdmitAgency:
      return AgencyText(command.admit_agency());
    case v1::PendingCommand::kSetPost:
      return PostText(command.set_post());
    case v1::PendingCommand::kSetSuspension:
      return SuspensionText(command.set_suspension());
    case v1::PendingCommand::kLinkNominalId:
      return command.link_nominal_id();
    case v1::PendingCommand::kOpenCase:
      return CaseText(command.open_case());
    case v1::PendingCommand::kSeatPost:
      return SeatText(command.seat_post());
    case v1::PendingCommand::kNameAccountable:
      return command.name_accountable().post() + " for " + command.name_accountable().case_id();
    case v1::PendingCommand::kEraseNominalId:
      return command.erase_nominal_id();
    case v1::PendingCommand::kMergeNominals:
      return command.merge_nominals().removed_id() + " into " +
             command.merge_nominals().surviving_id();
    case v1::PendingCommand::kMoveBooking:
      return MoveText(command.move_booking());
    case v1::PendingCommand::kUnmergeNominalId:
      return command.unmerge_nominal_id();
    case v1::PendingCommand::kEnrolSigningKey:
      return KeyText(command.enrol_signing_key());
    case v1::PendingCommand::kChangeCase:
      return ChangeText(command.change_case());
    case v1::PendingCommand::kLimitAccess:
      return LimitText(command.limit_access());
    case v1::PendingCommand::kDeclareConflict:
      return ConflictText(command.declare_conflict());
    case v1::PendingCommand::kSetSupervisor:
      return SupervisorText(command.set_supervisor());
    case v1::PendingCommand::kDecideDisclosure:
      return DisclosureText(command.decide_disclosure());
    case v1::PendingCommand::kEndCase:
      return ExitText(command.end_case());
    case v1::PendingCommand::ASKS_NOT_SET:
      break;
  }
  return "";
}

}  // namespace tearline::cli
