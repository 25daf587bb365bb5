#include "broker/rpc/nominals.h"

#include "broker/model/ids.h"
#include "broker/model/name.h"
#include "broker/rpc/form.h"
#include "broker/rpc/unary.h"
#include "broker/sequencer/prepare_identifier.h"

namespace tearline::rpc {
namespace {

using machine::Applied;
using sequencer::Proposal;
using sequencer::Workbench;
using stored::v1::Actor;

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

}  // namespace

grpc::ServerUnaryReactor* Nominals::RegisterNominal(grpc::CallbackServerContext* context,
                                                    const v1::RegisterNominalRequest* request,
                                                    v1::RegisterNominalResponse* response) {
  return RecordWithKeys(door_, context, request, response,
                        stored::v1::COMMAND_NUMBER_REGISTER_NOMINAL,
                        [request](const Actor& actor, const Workbench& bench) {
                          return sequencer::PrepareRegister(*request, actor, bench);
                        });
}

grpc::ServerUnaryReactor* Nominals::ResolveNominal(grpc::CallbackServerContext* context,
                                                   const v1::ResolveNominalRequest* request,
                                                   v1::ResolveNominalResponse* response) {
  const bool verified = sequencer::Verifies(request->identifier(), door_.NowMs());
  return Record(
      door_, context, request, response, stored::v1::COMMAND_NUMBER_RESOLVE_NOMINAL,
      [request](const Actor& actor, const Workbench& bench) {
        return sequencer::PrepareResolve(*request, actor, bench);
      },
      [verified](const Applied&, v1::ResolveNominalResponse& filled) {
        filled.set_verified(verified);
      });
}

grpc::ServerUnaryReactor* Nominals::LinkIdentifier(grpc::CallbackServerContext* context,
                                                   const v1::LinkIdentifierRequest* request,
                                                   v1::LinkIdentifierResponse* response) {
  return RecordWithKeys(door_, context, request, response,
                        stored::v1::COMMAND_NUMBER_LINK_IDENTIFIER,
                        [request](const Actor& actor, const Workbench& bench) {
                          return sequencer::PrepareLink(*request, actor, bench);
                        });
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

}  // namespace tearline::rpc
