#include "broker/rpc/nominals.h"

#include <chrono>

#include "broker/model/ids.h"
#include "broker/model/limits.h"
#include "broker/model/name.h"
#include "broker/rpc/form.h"
#include "broker/rpc/look_at_glass.h"
#include "broker/rpc/look_at_nominal.h"
#include "broker/rpc/record_again.h"
#include "broker/rpc/unary.h"
#include "broker/sequencer/prepare_identifier.h"
#include "broker/sequencer/prepare_move.h"

namespace tearline::rpc {
namespace {

using machine::Applied;
using sequencer::Proposal;
using sequencer::Workbench;
using stored::v1::Actor;

/// Adds how each identifier is read. To be called when what bears them was prepared: that looked at
/// how many they are.
template <typename Identifiers>
void AddReadings(const Identifiers& identifiers, const Workbench& bench,
                 google::protobuf::RepeatedPtrField<v1::IdentifierReading>& readings) {
  for (const v1::Identifier& identifier : identifiers) {
    *readings.Add() = sequencer::ReadingOf(identifier, bench.now_ms);
  }
}

Result<stored::v1::LimitAccess> ReadLimitAccess(const v1::LimitAccessRequest& request) {
  const auto nominal_id = ReadId<model::NominalId>(request.nominal_id(), "nominal_id");
  if (!nominal_id.ok()) return nominal_id.status();
  stored::v1::LimitAccess command;
  command.set_nominal_id(nominal_id->Bytes());
  *command.mutable_excluded() = request.excluded();
  *command.mutable_only() = request.only();
  return command;
}

Result<stored::v1::DeclareConflict> ReadDeclareConflict(const v1::DeclareConflictRequest& request) {
  const auto nominal_id = ReadId<model::NominalId>(request.nominal_id(), "nominal_id");
  if (!nominal_id.ok()) return nominal_id.status();
  TEARLINE_RETURN_IF_REFUSED(model::CheckPostName(request.post(), "post"));
  stored::v1::DeclareConflict command;
  command.set_nominal_id(nominal_id->Bytes());
  command.set_post(request.post());
  command.set_withdrawn(request.withdrawn());
  return command;
}

Result<stored::v1::BreakGlass> ReadBreakGlass(const v1::BreakGlassRequest& request) {
  const auto nominal_id = ReadId<model::NominalId>(request.nominal_id(), "nominal_id");
  if (!nominal_id.ok()) return nominal_id.status();
  const google::protobuf::Duration& lasts = request.lasts();
  const bool whole = lasts.seconds() >= 0 && lasts.nanos() >= 0 && lasts.nanos() < 1'000'000'000 &&
                     lasts.nanos() % 1'000'000 == 0;
  const std::chrono::seconds most = std::chrono::floor<std::chrono::seconds>(model::kGlassLastsMax);
  if (!whole || lasts.seconds() > most.count()) {
    return Refuse(v1::ERROR_REASON_TIME_INVALID,
                  "`lasts` must be more than 0, at most 4 h, and in whole milliseconds");
  }
  stored::v1::BreakGlass command;
  command.set_nominal_id(nominal_id->Bytes());
  command.set_reason(request.reason());
  command.set_because(request.because());
  command.set_lasts_ms(lasts.seconds() * 1000 + lasts.nanos() / 1'000'000);
  return command;
}

Result<stored::v1::ReviewBreakGlass> ReadReview(const v1::ReviewBreakGlassRequest& request) {
  const auto id = ReadId<model::GlassId>(request.break_glass_id(), "break_glass_id");
  if (!id.ok()) return id.status();
  stored::v1::ReviewBreakGlass command;
  command.set_break_glass_id(id->Bytes());
  command.set_finding(request.finding());
  return command;
}

}  // namespace

grpc::ServerUnaryReactor* Nominals::RegisterNominal(grpc::CallbackServerContext* context,
                                                    const v1::RegisterNominalRequest* request,
                                                    v1::RegisterNominalResponse* response) {
  return RecordWithKeys(
      door_, context, request, response, stored::v1::COMMAND_NUMBER_REGISTER_NOMINAL,
      [request, response](const Actor& actor, const Workbench& bench) {
        Result<Proposal> prepared = sequencer::PrepareRegister(*request, actor, bench);
        if (prepared.ok()) {
          AddReadings(request->identifiers(), bench, *response->mutable_readings());
        }
        return prepared;
      });
}

grpc::ServerUnaryReactor* Nominals::ResolveNominal(grpc::CallbackServerContext* context,
                                                   const v1::ResolveNominalRequest* request,
                                                   v1::ResolveNominalResponse* response) {
  return Record(
      door_, context, request, response, stored::v1::COMMAND_NUMBER_RESOLVE_NOMINAL,
      [request, response](const Actor& actor, const Workbench& bench) {
        Result<Proposal> prepared = sequencer::PrepareResolve(*request, actor, bench);
        if (!prepared.ok()) return prepared;
        *response->add_readings() = sequencer::ReadingOf(request->identifier(), bench.now_ms);
        AddReadings(request->also_known_by(), bench, *response->mutable_readings());
        response->set_verified(response->readings(0).verified());
        return prepared;
      },
      [](const Applied& applied, v1::ResolveNominalResponse& filled) {
        const machine::Resolution& came = applied.resolution;
        filled.set_outcome(came.outcome);
        filled.set_numbers_disagree(came.disagree);
        filled.mutable_sources()->Add(came.sources.begin(), came.sources.end());
        filled.set_other_sources(came.other_sources);
      });
}

grpc::ServerUnaryReactor* Nominals::LinkIdentifier(grpc::CallbackServerContext* context,
                                                   const v1::LinkIdentifierRequest* request,
                                                   v1::LinkIdentifierResponse* response) {
  return RecordWithKeys(
      door_, context, request, response, stored::v1::COMMAND_NUMBER_LINK_IDENTIFIER,
      [request, response](const Actor& actor, const Workbench& bench) {
        Result<Proposal> prepared = sequencer::PrepareLink(*request, actor, bench);
        if (prepared.ok()) {
          *response->mutable_reading() = sequencer::ReadingOf(request->identifier(), bench.now_ms);
        }
        return prepared;
      });
}

grpc::ServerUnaryReactor* Nominals::ShowNominal(grpc::CallbackServerContext* context,
                                                const v1::ShowNominalRequest* request,
                                                v1::ShowNominalResponse* response) {
  return ConsultOnAWorker(door_, context, request->acting(),
                          [request, response](const Actor& actor, const Workbench& bench) {
                            return LookAtNominal(*request, actor, bench, *response);
                          });
}

grpc::ServerUnaryReactor* Nominals::CorrectIdentifier(grpc::CallbackServerContext* context,
                                                      const v1::CorrectIdentifierRequest* request,
                                                      v1::CorrectIdentifierResponse* response) {
  return Record(
      door_, context, request, response, stored::v1::COMMAND_NUMBER_CORRECT_IDENTIFIER,
      [request](const Actor& actor, const Workbench& bench) {
        return sequencer::PrepareCorrection(*request, actor, bench);
      },
      [](const Applied&, v1::CorrectIdentifierResponse&) {});
}

grpc::ServerUnaryReactor* Nominals::LimitAccess(grpc::CallbackServerContext* context,
                                                const v1::LimitAccessRequest* request,
                                                v1::LimitAccessResponse* response) {
  return RecordCommand(door_, context, request, response, stored::v1::COMMAND_NUMBER_LIMIT_ACCESS,
                       [request](const Actor&) { return ReadLimitAccess(*request); });
}

grpc::ServerUnaryReactor* Nominals::DeclareConflict(grpc::CallbackServerContext* context,
                                                    const v1::DeclareConflictRequest* request,
                                                    v1::DeclareConflictResponse* response) {
  return RecordCommand(door_, context, request, response,
                       stored::v1::COMMAND_NUMBER_DECLARE_CONFLICT,
                       [request](const Actor&) { return ReadDeclareConflict(*request); });
}

grpc::ServerUnaryReactor* Nominals::EraseNominal(grpc::CallbackServerContext* context,
                                                 const v1::EraseNominalRequest* request,
                                                 v1::EraseNominalResponse* response) {
  return RecordCommand(door_, context, request, response, stored::v1::COMMAND_NUMBER_ERASE_NOMINAL,
                       [request](const Actor&) -> Result<stored::v1::EraseNominal> {
                         const auto id =
                             ReadId<model::NominalId>(request->nominal_id(), "nominal_id");
                         if (!id.ok()) return id.status();
                         stored::v1::EraseNominal command;
                         command.set_nominal_id(id->Bytes());
                         return command;
                       });
}

grpc::ServerUnaryReactor* Nominals::MergeNominals(grpc::CallbackServerContext* context,
                                                  const v1::MergeNominalsRequest* request,
                                                  v1::MergeNominalsResponse* response) {
  return Record(
      door_, context, request, response, stored::v1::COMMAND_NUMBER_MERGE_NOMINALS,
      [request](const Actor& actor, const Workbench& bench) {
        return sequencer::PrepareMerge(*request, actor, bench);
      },
      [](const Applied&, v1::MergeNominalsResponse&) {});
}

grpc::ServerUnaryReactor* Nominals::UnmergeNominals(grpc::CallbackServerContext* context,
                                                    const v1::UnmergeNominalsRequest* request,
                                                    v1::UnmergeNominalsResponse* response) {
  return Record(
      door_, context, request, response, stored::v1::COMMAND_NUMBER_UNMERGE_NOMINALS,
      [request](const Actor& actor, const Workbench& bench) {
        return sequencer::PrepareUnmerge(*request, actor, bench);
      },
      [](const Applied&, v1::UnmergeNominalsResponse&) {});
}

grpc::ServerUnaryReactor* Nominals::MoveBooking(grpc::CallbackServerContext* context,
                                                const v1::MoveBookingRequest* request,
                                                v1::MoveBookingResponse* response) {
  return RecordAgain(
      door_, context, request, response, stored::v1::COMMAND_NUMBER_MOVE_BOOKING,
      [request](const Actor& actor, model::Position position, const Workbench& bench) {
        return sequencer::PrepareMove(*request, actor, position, bench);
      },
      [](v1::MoveBookingResponse&) {});
}

grpc::ServerUnaryReactor* Nominals::BreakGlass(grpc::CallbackServerContext* context,
                                               const v1::BreakGlassRequest* request,
                                               v1::BreakGlassResponse* response) {
  return RecordCommand(door_, context, request, response, stored::v1::COMMAND_NUMBER_BREAK_GLASS,
                       [request](const Actor&) { return ReadBreakGlass(*request); });
}

grpc::ServerUnaryReactor* Nominals::ReviewBreakGlass(grpc::CallbackServerContext* context,
                                                     const v1::ReviewBreakGlassRequest* request,
                                                     v1::ReviewBreakGlassResponse* response) {
  return RecordCommand(door_, context, request, response,
                       stored::v1::COMMAND_NUMBER_REVIEW_BREAK_GLASS,
                       [request](const Actor&) { return ReadReview(*request); });
}

grpc::ServerUnaryReactor* Nominals::ListBreakGlass(grpc::CallbackServerContext* context,
                                                   const v1::ListBreakGlassRequest* request,
                                                   v1::ListBreakGlassResponse* response) {
  return Consult(door_, context, request->acting(),
                 [request, response](const Actor& actor, const state::Reader& view) {
                   return LookAtGlass(*request, actor, view, *response);
                 });
}

}  // namespace tearline::rpc
