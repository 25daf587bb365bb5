#include "broker/rpc/auditing.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "broker/rpc/consult.h"
#include "broker/rpc/count_themes.h"
#include "broker/rpc/explain.h"
#include "broker/rpc/known_at.h"
#include "broker/rpc/leaf_stream.h"
#include "broker/rpc/look_at_obligations.h"
#include "broker/rpc/open_at.h"
#include "broker/rpc/receipts.h"
#include "broker/rpc/replay_stream.h"
#include "broker/rpc/told_meanwhile.h"
#include "broker/rpc/tree.h"
#include "broker/rpc/unary.h"
#include "broker/rpc/who_looked.h"
#include "broker/rpc/who_was_not_told.h"
#include "broker/rpc/who_was_told.h"

namespace tearline::rpc {
namespace {

using stored::v1::Actor;

/// A range of leaves, from `first` up to but without `end`.
struct Range {
  std::uint64_t first = 0;
  std::uint64_t end = 0;
};

Result<Range> ReadRange(const v1::ReadLeavesRequest& request, const std::string& note,
                        const state::Reader& view) {
  const Result<audit::Checkpoint> newest = ReadCheckpoint(note, view);
  if (!newest.ok()) return newest.status();
  const Result<std::uint64_t> size = ReadTreeSize(request.tree_size(), *newest, "tree_size");
  if (!size.ok()) return size.status();
  Range range{request.first_index(), *size};
  range.first = std::min(range.first, range.end);
  if (request.limit() != 0)
    range.end = std::min(range.end - range.first, request.limit()) + range.first;
  return range;
}

/// Who was asked to cosign, and what came of it.
void TellWitnesses(const Services& services, v1::GetCheckpointResponse& response) {
  if (services.cosigned) response.set_cosigned_note(services.cosigned());
  if (!services.witnesses) return;
  const cosign::Report report = services.witnesses();
  response.set_witness_quorum(static_cast<std::uint32_t>(report.quorum));
  for (const cosign::Standing& standing : report.standings) {
    v1::WitnessStanding& told = *response.add_witnesses();
    told.set_verifier_key(standing.verifier_key);
    told.set_tree_size(standing.tree_size);
    told.set_contradicts(standing.contradicts);
    if (standing.cosigned_s == 0) continue;
    told.mutable_cosigned_at()->set_seconds(static_cast<std::int64_t>(standing.cosigned_s));
  }
}

/// The trees a receipt may be given under: the newest cosigned one, which says more, then the
/// newest.
Result<std::vector<SignedTree>> ReadTrees(const Services& services, const state::Reader& view) {
  std::vector<SignedTree> trees;
  std::vector<std::string> notes = {services.checkpoint()};
  if (services.cosigned && !services.cosigned().empty()) {
    notes.insert(notes.begin(), services.cosigned());
  }
  for (std::string& note : notes) {
    const Result<audit::Checkpoint> checkpoint = ReadCheckpoint(note, view);
    if (!checkpoint.ok()) return checkpoint.status();
    trees.push_back({std::move(note), *checkpoint});
  }
  return trees;
}

/// Whether the actor may look at this now.
Status CheckLook(const stored::v1::Consult& consulted, const Actor& actor, std::int64_t now_ms,
                 const state::Reader& view) {
  TEARLINE_RETURN_IF_REFUSED(machine::CheckConsult(consulted, actor, view));
  return machine::CheckQuota(machine::QuotaKind::kConsult, actor, 1, now_ms, view);
}

/// What is looked at, if the actor may look at it now.
Result<Looked> LookAtLeaves(const Range& range, const Actor& actor, std::int64_t now_ms,
                            const state::Reader& view) {
  Looked looked;
  looked.consulted.set_kind(stored::v1::CONSULTATION_KIND_LEAVES);
  looked.consulted.set_first_leaf(range.first);
  looked.consulted.set_end_leaf(range.end);
  TEARLINE_RETURN_IF_REFUSED(CheckLook(looked.consulted, actor, now_ms, view));
  return looked;
}

}  // namespace

grpc::ServerUnaryReactor* Auditing::GetCheckpoint(grpc::CallbackServerContext* context,
                                                  const v1::GetCheckpointRequest* /*request*/,
                                                  v1::GetCheckpointResponse* response) {
  return Look(door_, context, v1::Acting(),
              [this, response](const Actor&, const state::Reader& view) -> Status {
                const std::string note = door_.services().checkpoint();
                const Result<audit::Checkpoint> newest = ReadCheckpoint(note, view);
                if (!newest.ok()) return newest.status();
                response->set_signed_note(note);
                response->set_verifier_key(VerifierKeyOf(view));
                TellWitnesses(door_.services(), *response);
                return {};
              });
}

grpc::ServerUnaryReactor* Auditing::ProveInclusion(grpc::CallbackServerContext* context,
                                                   const v1::ProveInclusionRequest* request,
                                                   v1::ProveInclusionResponse* response) {
  return Look(door_, context, v1::Acting(),
              [this, request, response](const Actor&, const state::Reader& view) -> Status {
                const auto newest = ReadCheckpoint(door_.services().checkpoint(), view);
                if (!newest.ok()) return newest.status();
                // A view taken after the note holds the whole tree that the note speaks of.
                return rpc::ProveInclusion(*request, *newest, *door_.View(), *response);
              });
}

grpc::ServerUnaryReactor* Auditing::GetReceipts(grpc::CallbackServerContext* context,
                                                const v1::GetReceiptsRequest* request,
                                                v1::GetReceiptsResponse* response) {
  return ConsultOfOthers(
      door_, context, request->acting(),
      [](const Actor&, const state::Reader&) { return false; },  // CheckLook asks it below
      [this, request, response](const Actor& actor,
                                const state::Reader& view) -> Result<std::optional<Looked>> {
        const auto opened = WhatIsOpened(*request, actor, view);
        if (!opened.ok()) return opened.status();
        const bool of_others = opened->has_value();
        if (of_others) {
          TEARLINE_RETURN_IF_REFUSED(CheckLook(**opened, actor, door_.NowMs(), view));
        }
        const auto trees = ReadTrees(door_.services(), view);
        if (!trees.ok()) return trees.status();
        // A view taken after the notes holds the whole tree that they speak of.
        TEARLINE_RETURN_IF_REFUSED(rpc::GetReceipts(*request, actor, *trees, *door_.View(),
                                                    door_.services().ledger, *response));
        return of_others ? std::optional(Looked{**opened}) : std::nullopt;
      });
}

grpc::ServerUnaryReactor* Auditing::ProveConsistency(grpc::CallbackServerContext* context,
                                                     const v1::ProveConsistencyRequest* request,
                                                     v1::ProveConsistencyResponse* response) {
  return Look(door_, context, v1::Acting(),
              [this, request, response](const Actor&, const state::Reader& view) -> Status {
                const auto newest = ReadCheckpoint(door_.services().checkpoint(), view);
                if (!newest.ok()) return newest.status();
                // A view taken after the note holds the whole tree that the note speaks of.
                return rpc::ProveConsistency(*request, *newest, *door_.View(), *response);
              });
}

grpc::ServerWriteReactor<v1::ReadLeavesResponse>* Auditing::ReadLeaves(
    grpc::CallbackServerContext* context, const v1::ReadLeavesRequest* request) {
  // The note before the view: the tree it speaks of is then whole in the view.
  const std::string note = door_.services().checkpoint();
  std::shared_ptr<const state::View> view = door_.View();
  const std::string leaf = LeafOf(*context->auth_context());
  const auto number = stored::v1::COMMAND_NUMBER_CONSULT;
  const Result<Actor> actor = door_.Enter(*context, request->acting(), number, *view);
  if (!actor.ok()) return new RefusedLeafStream(actor.status());
  const Result<Range> range = ReadRange(*request, note, *view);
  if (!range.ok()) return new RefusedLeafStream(range.status());
  const Result<Looked> looked = LookAtLeaves(*range, *actor, door_.NowMs(), *view);
  if (!looked.ok()) {
    door_.NoteIfAuthority(looked.status(), leaf, number);
    return new RefusedLeafStream(looked.status());
  }
  auto* stream = new LeafStream(std::move(view), door_.services().ledger, range->first, range->end);
  RecordLook(door_, *actor, *looked, [stream](const Status& status) { stream->Begin(status); });
  return stream;
}

grpc::ServerUnaryReactor* Auditing::WhoWasTold(grpc::CallbackServerContext* context,
                                               const v1::WhoWasToldRequest* request,
                                               v1::WhoWasToldResponse* response) {
  return Consult(door_, context, request->acting(),
                 [request, response](const Actor& actor, const state::Reader& view) {
                   return rpc::WhoWasTold(*request, actor, view, *response);
                 });
}

grpc::ServerUnaryReactor* Auditing::ListWithheld(grpc::CallbackServerContext* context,
                                                 const v1::ListWithheldRequest* request,
                                                 v1::ListWithheldResponse* response) {
  return Consult(door_, context, request->acting(),
                 [this, request, response](const Actor& actor, const state::Reader& view) {
                   return LookAtWithheld(*request, actor, view, door_.NowMs(), *response);
                 });
}

grpc::ServerUnaryReactor* Auditing::ExplainDecision(grpc::CallbackServerContext* context,
                                                    const v1::ExplainDecisionRequest* request,
                                                    v1::ExplainDecisionResponse* response) {
  return Consult(door_, context, request->acting(),
                 [request, response](const Actor& actor, const state::Reader& view) {
                   return rpc::ExplainDecision(*request, actor, view, *response);
                 });
}

grpc::ServerUnaryReactor* Auditing::WhoWasNotTold(grpc::CallbackServerContext* context,
                                                  const v1::WhoWasNotToldRequest* request,
                                                  v1::WhoWasNotToldResponse* response) {
  return Consult(door_, context, request->acting(),
                 [request, response](const Actor& actor, const state::Reader& view) {
                   return rpc::WhoWasNotTold(*request, actor, view, *response);
                 });
}

grpc::ServerUnaryReactor* Auditing::KnownAt(grpc::CallbackServerContext* context,
                                            const v1::KnownAtRequest* request,
                                            v1::KnownAtResponse* response) {
  return Consult(door_, context, request->acting(),
                 [this, request, response](const Actor& actor, const state::Reader& view) {
                   return rpc::KnownAt(*request, actor, view, door_.NowMs(), *response);
                 });
}

grpc::ServerUnaryReactor* Auditing::ToldMeanwhile(grpc::CallbackServerContext* context,
                                                  const v1::ToldMeanwhileRequest* request,
                                                  v1::ToldMeanwhileResponse* response) {
  return Consult(door_, context, request->acting(),
                 [this, request, response](const Actor& actor, const state::Reader& view) {
                   return rpc::ToldMeanwhile(*request, actor, view, *response);
                 });
}

grpc::ServerUnaryReactor* Auditing::WhoLooked(grpc::CallbackServerContext* context,
                                              const v1::WhoLookedRequest* request,
                                              v1::WhoLookedResponse* response) {
  return Consult(door_, context, request->acting(),
                 [request, response](const Actor& actor, const state::Reader& view) {
                   return rpc::WhoLooked(*request, actor, view, *response);
                 });
}

grpc::ServerUnaryReactor* Auditing::ListOpenAt(grpc::CallbackServerContext* context,
                                               const v1::ListOpenAtRequest* request,
                                               v1::ListOpenAtResponse* response) {
  return Consult(door_, context, request->acting(),
                 [this, request, response](const Actor& actor, const state::Reader& view) {
                   return rpc::ListOpenAt(*request, actor, view, door_.NowMs(), page_seal_,
                                          *response);
                 });
}

grpc::ServerUnaryReactor* Auditing::CountThemes(grpc::CallbackServerContext* context,
                                                const v1::CountThemesRequest* request,
                                                v1::CountThemesResponse* response) {
  return ConsultOnAWorker(
      door_, context, request->acting(),
      [request, response](const Actor& actor, const sequencer::Workbench& bench) {
        return rpc::CountThemes(*request, actor, bench.view, bench.now_ms, *response);
      });
}

grpc::ServerWriteReactor<v1::ReplayDecisionsResponse>* Auditing::ReplayDecisions(
    grpc::CallbackServerContext* context, const v1::ReplayDecisionsRequest* request) {
  return BeginReplay(door_, *context, *request, replaying_);
}

}  // namespace tearline::rpc
