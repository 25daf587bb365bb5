#include "broker/rpc/actions.h"

#include <set>
#include <string>
#include <utility>

#include "broker/machine/consultation.h"
#include "broker/machine/level_fact.h"
#include "broker/machine/open_work.h"
#include "broker/machine/permission.h"
#include "broker/machine/quota.h"
#include "broker/machine/rows.h"
#include "broker/model/ids.h"
#include "broker/model/limits.h"
#include "broker/model/name.h"
#include "broker/rpc/consult.h"
#include "broker/rpc/form.h"
#include "broker/rpc/look_at_actions.h"
#include "broker/rpc/server_limits.h"
#include "broker/rpc/unary.h"
#include "tearline/stored/v1/command.pb.h"

namespace tearline::rpc {
namespace {

using stored::v1::Actor;

Result<stored::v1::AddAction> ReadAddAction(const v1::AddActionRequest& request) {
  const auto case_id = ReadId<model::CaseId>(request.case_id(), "case_id");
  if (!case_id.ok()) return case_id.status();
  TEARLINE_RETURN_IF_REFUSED(model::CheckPostName(request.owner_post(), "owner_post"));
  const Result<std::int64_t> due_ms = ReadTime(request.due_at(), "due_at");
  if (!due_ms.ok()) return due_ms.status();
  stored::v1::AddAction command;
  command.set_case_id(case_id->Bytes());
  command.set_kind(request.kind());
  command.set_owner_post(request.owner_post());
  command.set_due_ms(*due_ms);
  const auto event_id = ReadOptionalId<model::EventId>(request.about_event_id(), "about_event_id");
  if (!event_id.ok()) return event_id.status();
  command.set_about_event_id(*event_id);
  const auto meeting_id = ReadOptionalId<model::MeetingId>(request.meeting_id(), "meeting_id");
  if (!meeting_id.ok()) return meeting_id.status();
  command.set_meeting_id(*meeting_id);
  return command;
}

Result<stored::v1::EndAction> ReadEndAction(const v1::EndActionRequest& request) {
  const auto case_id = ReadId<model::CaseId>(request.case_id(), "case_id");
  if (!case_id.ok()) return case_id.status();
  const auto action_id = ReadId<model::ActionId>(request.action_id(), "action_id");
  if (!action_id.ok()) return action_id.status();
  stored::v1::EndAction command;
  command.set_case_id(case_id->Bytes());
  command.set_action_id(action_id->Bytes());
  command.set_end(request.end());
  if (request.evidence_case() == v1::EndActionRequest::kEvidenceEventId) {
    const auto event_id = ReadId<model::EventId>(request.evidence_event_id(), "evidence_event_id");
    if (!event_id.ok()) return event_id.status();
    command.set_evidence_event_id(event_id->Bytes());
  }
  if (request.evidence_case() == v1::EndActionRequest::kEvidenceDigest) {
    const auto digest = ReadDigest(request.evidence_digest(), "evidence_digest");
    if (!digest.ok()) return digest.status();
    command.set_evidence_digest(digest->Bytes());
  }
  if (request.has_due_at()) {
    const Result<std::int64_t> due_ms = ReadTime(request.due_at(), "due_at");
    if (!due_ms.ok()) return due_ms.status();
    command.set_due_ms(*due_ms);
  }
  if (!request.owner_post().empty()) {
    TEARLINE_RETURN_IF_REFUSED(model::CheckPostName(request.owner_post(), "owner_post"));
  }
  command.set_owner_post(request.owner_post());
  const auto meeting_id = ReadOptionalId<model::MeetingId>(request.meeting_id(), "meeting_id");
  if (!meeting_id.ok()) return meeting_id.status();
  command.set_meeting_id(*meeting_id);
  return command;
}

/// The bytes of the id of an action, an obligation or an event.
Result<std::string> ReadWorkId(const std::string& text) {
  if (const auto action = model::ActionId::Parse(text); action.ok()) return action->Bytes();
  if (const auto owed = model::ObligationId::Parse(text); owed.ok()) return owed->Bytes();
  if (const auto unread = model::EventId::Parse(text); unread.ok()) return unread->Bytes();
  return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                "`overrides.work_id` must be an action, `act_…`, an obligation, `ob_…`, or an "
                "unread event, `ev_…`");
}

template <typename Request, typename Command>
Status ReadOverrides(const Request& request, Command& command) {
  if (request.overrides_size() > model::kOverridesMax) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED,
                  "`overrides` must be at most " + std::to_string(model::kOverridesMax));
  }
  for (const v1::WorkOverride& each : request.overrides()) {
    const Result<std::string> work_id = ReadWorkId(each.work_id());
    if (!work_id.ok()) return work_id.status();
    stored::v1::Override& read = *command.add_overrides();
    read.set_work_id(*work_id);
    read.set_reason(each.reason());
  }
  return {};
}

Result<stored::v1::SetLevel> ReadSetLevel(const v1::SetLevelRequest& request) {
  const auto case_id = ReadId<model::CaseId>(request.case_id(), "case_id");
  if (!case_id.ok()) return case_id.status();
  stored::v1::SetLevel command;
  command.set_case_id(case_id->Bytes());
  command.set_category(request.category());
  command.set_level(request.level());
  command.set_as_fact(request.as_fact());
  TEARLINE_RETURN_IF_REFUSED(ReadOverrides(request, command));
  return command;
}

Result<stored::v1::EndCase> ReadEndCase(const v1::EndCaseRequest& request) {
  const auto case_id = ReadId<model::CaseId>(request.case_id(), "case_id");
  if (!case_id.ok()) return case_id.status();
  stored::v1::EndCase command;
  command.set_case_id(case_id->Bytes());
  command.set_reason(request.reason());
  command.set_as_fact(request.as_fact());
  if (!request.joined_into().empty()) {
    const auto joined_into = ReadId<model::CaseId>(request.joined_into(), "joined_into");
    if (!joined_into.ok()) return joined_into.status();
    command.set_joined_into(joined_into->Bytes());
  }
  TEARLINE_RETURN_IF_REFUSED(ReadOverrides(request, command));
  return command;
}

/// What is open, as the gate has just counted it.
template <typename Command>
v1::OpenWork ShowOpen(const Command& command, const std::string& post, const state::Reader& view) {
  v1::OpenWork shown;
  const auto row = view.Find<stored::v1::CaseRow>(machine::CaseKey(command.case_id()));
  if (!row) return shown;
  const auto open = machine::NotOverridden(
      machine::OpenWorkOf(command.case_id(), *row, post, machine::kBehaviourVersion, view),
      command.overrides());
  for (const machine::OpenPiece& piece : open) {
    v1::OpenWorkItem& item = *shown.add_items();
    item.set_kind(piece.kind);
    item.set_work_id(machine::TextOf(piece));
    item.set_post(piece.post);
    if (shown.items_size() == kOpenWorkShownMax) break;
  }
  return shown;
}

v1::LevelFactOutcome OutcomeOf(machine::FactStanding standing) {
  switch (standing) {
    case machine::FactStanding::kNews:
      return v1::LEVEL_FACT_OUTCOME_SET;
    case machine::FactStanding::kSame:
      return v1::LEVEL_FACT_OUTCOME_SAME;
    case machine::FactStanding::kOvertaken:
      return v1::LEVEL_FACT_OUTCOME_OVERTAKEN;
    case machine::FactStanding::kNoCase:
      return v1::LEVEL_FACT_OUTCOME_NO_CASE;
    case machine::FactStanding::kEndedSince:
      return v1::LEVEL_FACT_OUTCOME_ENDED_SINCE;
    case machine::FactStanding::kChangedSince:
      return v1::LEVEL_FACT_OUTCOME_CHANGED_SINCE;
  }
  return v1::LEVEL_FACT_OUTCOME_UNSPECIFIED;
}

/// Types that a request names, each once.
Result<std::set<std::string>> ReadTypes(
    const google::protobuf::RepeatedPtrField<std::string>& types, const std::string& path) {
  if (types.size() > kLevelFactTypesMax) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED,
                  "`" + path + "` must be at most " + std::to_string(kLevelFactTypesMax));
  }
  std::set<std::string> read(types.begin(), types.end());
  if (read.size() == static_cast<std::size_t>(types.size())) return read;
  return Refuse(v1::ERROR_REASON_FIELD_INVALID, "`" + path + "` must name each type once");
}

/// The command of a request whose event says all else, but for what that says.
Result<stored::v1::SetLevel> ReadFact(const v1::SetLevelRequest& request) {
  const auto event_id = ReadId<model::EventId>(request.event_id(), "event_id");
  if (!event_id.ok()) return event_id.status();
  if (!request.as_fact() || !request.case_id().empty() || request.overrides_size() != 0 ||
      request.category() != v1::MAPPA_CATEGORY_UNSPECIFIED ||
      request.level() != v1::MAPPA_LEVEL_UNSPECIFIED) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                  "`event_id` goes with `as_fact`, `event_types` and `ending_types`, and with "
                  "nothing else: the event says whose case it is, and how it is managed");
  }
  const auto saying = ReadTypes(request.event_types(), "event_types");
  if (!saying.ok()) return saying.status();
  const auto ending = ReadTypes(request.ending_types(), "ending_types");
  if (!ending.ok()) return ending.status();
  if (saying->empty()) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                  "`event_types` must name 1 to " + std::to_string(kLevelFactTypesMax) +
                      " types of events, each once");
  }
  stored::v1::SetLevel command;
  command.set_event_id(event_id->Bytes());
  command.mutable_event_types()->Add(saying->begin(), saying->end());
  command.mutable_ending_types()->Add(ending->begin(), ending->end());
  command.set_as_fact(true);
  return command;
}

Result<machine::LevelFact> LookUp(const stored::v1::SetLevel& command, const Actor& actor,
                                  const state::Reader& view) {
  return machine::ReadLevelFact(
      command.event_id(),
      {.saying = {command.event_types().begin(), command.event_types().end()},
       .ending = {command.ending_types().begin(), command.ending_types().end()}},
      actor, machine::kLevelFactsLookedAtMax, view);
}

/// What became of what an event says when the record was applied: that it is so now, or what came
/// between.
v1::LevelFactOutcome OutcomeWhenRecorded(const stored::v1::SetLevel& command, const Actor& actor,
                                         const state::Reader& view) {
  const Result<machine::LevelFact> now = LookUp(command, actor, view);
  if (!now.ok()) return v1::LEVEL_FACT_OUTCOME_CHANGED_SINCE;
  return now->standing == machine::FactStanding::kSame ? v1::LEVEL_FACT_OUTCOME_SET
                                                       : OutcomeOf(now->standing);
}

/// Answers, when it is recorded that it was asked, that what an event says is no news: that tells
/// whether the person has a case here, and how it is managed.
void AnswerNoNews(Door& door, grpc::ServerUnaryReactor* reactor, const Actor& actor,
                  const std::string& event_id) {
  Looked looked;
  looked.consulted.set_kind(stored::v1::CONSULTATION_KIND_LEVEL_FACT);
  looked.consulted.set_event_id(event_id);
  RecordLook(door, actor, looked,
             [reactor](const Status& told) { reactor->Finish(ToGrpc(told)); });
}

/// Whoever may ask by an event: as for the command, and as for a look, which it is where it is no
/// news.
Result<Actor> EnterWithFact(Door& door, const grpc::CallbackServerContext& context,
                            const v1::Acting& acting, const state::Reader& view) {
  Result<Actor> actor = door.Enter(context, acting, stored::v1::COMMAND_NUMBER_SET_LEVEL, view);
  if (!actor.ok()) return actor;
  Status may = machine::CheckPermission(stored::v1::COMMAND_NUMBER_CONSULT, *actor, view);
  if (may.ok()) {
    may = machine::CheckQuota(machine::QuotaKind::kConsult, *actor, 1, door.NowMs(), view);
  }
  if (may.ok()) return actor;
  door.NoteIfAuthority(may, LeafOf(*context.auth_context()), stored::v1::COMMAND_NUMBER_CONSULT);
  return may;
}

/// Sets a level by the event that says so; where that is no news, records only that it was asked.
grpc::ServerUnaryReactor* RecordFact(Door& door, grpc::CallbackServerContext* context,
                                     const v1::SetLevelRequest& request,
                                     v1::SetLevelResponse* response) {
  constexpr auto kNumber = stored::v1::COMMAND_NUMBER_SET_LEVEL;
  const auto view = door.View();
  const Result<Actor> actor = EnterWithFact(door, *context, request.acting(), *view);
  if (!actor.ok()) return Answer(context, actor.status());
  Result<stored::v1::SetLevel> command = ReadFact(request);
  if (!command.ok()) return Answer(context, command.status());
  const Result<machine::LevelFact> fact = LookUp(*command, *actor, *view);
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  if (!fact.ok()) {
    door.NoteIfAuthority(fact.status(), LeafOf(*context->auth_context()), kNumber);
    reactor->Finish(ToGrpc(fact.status()));
    return reactor;
  }
  response->set_outcome(OutcomeOf(fact->standing));
  if (fact->standing != machine::FactStanding::kNews) {
    AnswerNoNews(door, reactor, *actor, command->event_id());
    return reactor;
  }
  command->set_case_id(fact->case_id);
  command->set_category(fact->category);
  command->set_level(fact->level);
  Propose(door, context, reactor, response, kNumber,
          sequencer::MakeProposal(*actor, kNumber, *command),
          [&door, actor = *actor, command = *command](const machine::Applied&,
                                                      v1::SetLevelResponse& filled) {
            filled.set_outcome(OutcomeWhenRecorded(command, actor, *door.View()));
          });
  return reactor;
}

/// A call that the gate may refuse: `read(request)` gives the Result of its command.
template <typename Request, typename Response, typename Read>
grpc::ServerUnaryReactor* RecordGated(Door& door, grpc::CallbackServerContext* context,
                                      const Request* request, Response* response,
                                      stored::v1::CommandNumber number, Read read) {
  const auto view = door.View();
  const Result<Actor> actor = door.Enter(*context, request->acting(), number, *view);
  if (!actor.ok()) return Answer(context, actor.status());
  auto command = read(*request);
  if (!command.ok()) return Answer(context, command.status());
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  sequencer::Proposal proposal = sequencer::MakeProposal(*actor, number, *command);
  proposal.done = [&door, reactor, response, post = actor->post(),
                   command = *std::move(command)](const Result<machine::Applied>& applied) {
    const Status status = StatusOf(applied);
    if (status.ok()) *response->mutable_recorded() = RecordedOf(*applied);
    reactor->Finish(ReasonOf(status) == v1::ERROR_REASON_WORK_OPEN
                        ? ToGrpc(status, ShowOpen(command, post, *door.View()))
                        : ToGrpc(status));
  };
  door.services().proposer.Propose(std::move(proposal));
  return reactor;
}

}  // namespace

grpc::ServerUnaryReactor* Actions::AddAction(grpc::CallbackServerContext* context,
                                             const v1::AddActionRequest* request,
                                             v1::AddActionResponse* response) {
  return RecordCommand(door_, context, request, response, stored::v1::COMMAND_NUMBER_ADD_ACTION,
                       [request](const Actor&) { return ReadAddAction(*request); });
}

grpc::ServerUnaryReactor* Actions::EndAction(grpc::CallbackServerContext* context,
                                             const v1::EndActionRequest* request,
                                             v1::EndActionResponse* response) {
  return RecordCommand(door_, context, request, response, stored::v1::COMMAND_NUMBER_END_ACTION,
                       [request](const Actor&) { return ReadEndAction(*request); });
}

grpc::ServerUnaryReactor* Actions::ListActions(grpc::CallbackServerContext* context,
                                               const v1::ListActionsRequest* request,
                                               v1::ListActionsResponse* response) {
  return Consult(door_, context, request->acting(),
                 [this, request, response](const Actor& actor, const state::Reader& view) {
                   return LookAtActions(*request, actor, view, page_seal_, *response);
                 });
}

grpc::ServerUnaryReactor* Actions::SetLevel(grpc::CallbackServerContext* context,
                                            const v1::SetLevelRequest* request,
                                            v1::SetLevelResponse* response) {
  if (!request->event_id().empty()) return RecordFact(door_, context, *request, response);
  if (request->event_types_size() + request->ending_types_size() != 0) {
    return Answer(context, Refuse(v1::ERROR_REASON_FIELD_INVALID,
                                  "`event_types` and `ending_types` go with `event_id`, and only "
                                  "with that"));
  }
  return RecordGated(door_, context, request, response, stored::v1::COMMAND_NUMBER_SET_LEVEL,
                     ReadSetLevel);
}

grpc::ServerUnaryReactor* Actions::EndCase(grpc::CallbackServerContext* context,
                                           const v1::EndCaseRequest* request,
                                           v1::EndCaseResponse* response) {
  return RecordGated(door_, context, request, response, stored::v1::COMMAND_NUMBER_END_CASE,
                     ReadEndCase);
}

}  // namespace tearline::rpc
