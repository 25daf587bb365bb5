#include "broker/rpc/nominals.h"

#include "broker/rpc/unary.h"
#include "broker/sequencer/prepare_identifier.h"

namespace tearline::rpc {
namespace {

using machine::Applied;
using sequencer::Proposal;
using sequencer::Workbench;
using stored::v1::Actor;

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

}  // namespace tearline::rpc
