#pragma once

#include "broker/rpc/door.h"
#include "tearline/v1/nominal_service.grpc.pb.h"

namespace tearline::rpc {

/// NominalService. Every call is recorded, also the one that only asks: a consultation is seen.
class Nominals final : public v1::NominalService::CallbackService {
 public:
  /// Requires: `door` outlives it.
  explicit Nominals(Door& door) : door_(door) {}

  grpc::ServerUnaryReactor* RegisterNominal(grpc::CallbackServerContext* context,
                                            const v1::RegisterNominalRequest* request,
                                            v1::RegisterNominalResponse* response) override;
  grpc::ServerUnaryReactor* ResolveNominal(grpc::CallbackServerContext* context,
                                           const v1::ResolveNominalRequest* request,
                                           v1::ResolveNominalResponse* response) override;
  grpc::ServerUnaryReactor* LinkIdentifier(grpc::CallbackServerContext* context,
                                           const v1::LinkIdentifierRequest* request,
                                           v1::LinkIdentifierResponse* response) override;
  grpc::ServerUnaryReactor* ShowNominal(grpc::CallbackServerContext* context,
                                        const v1::ShowNominalRequest* request,
                                        v1::ShowNominalResponse* response) override;
  grpc::ServerUnaryReactor* CorrectIdentifier(grpc::CallbackServerContext* context,
                                              const v1::CorrectIdentifierRequest* request,
                                              v1::CorrectIdentifierResponse* response) override;
  grpc::ServerUnaryReactor* LimitAccess(grpc::CallbackServerContext* context,
                                        const v1::LimitAccessRequest* request,
                                        v1::LimitAccessResponse* response) override;
  grpc::ServerUnaryReactor* DeclareConflict(grpc::CallbackServerContext* context,
                                            const v1::DeclareConflictRequest* request,
                                            v1::DeclareConflictResponse* response) override;
  grpc::ServerUnaryReactor* EraseNominal(grpc::CallbackServerContext* context,
                                         const v1::EraseNominalRequest* request,
                                         v1::EraseNominalResponse* response) override;

  grpc::ServerUnaryReactor* MergeNominals(grpc::CallbackServerContext* context,
                                          const v1::MergeNominalsRequest* request,
                                          v1::MergeNominalsResponse* response) override;
  grpc::ServerUnaryReactor* UnmergeNominals(grpc::CallbackServerContext* context,
                                            const v1::UnmergeNominalsRequest* request,
                                            v1::UnmergeNominalsResponse* response) override;
  grpc::ServerUnaryReactor* MoveBooking(grpc::CallbackServerContext* context,
                                        const v1::MoveBookingRequest* request,
                                        v1::MoveBookingResponse* response) override;
  grpc::ServerUnaryReactor* BreakGlass(grpc::CallbackServerContext* context,
                                       const v1::BreakGlassRequest* request,
                                       v1::BreakGlassResponse* response) override;
  grpc::ServerUnaryReactor* ReviewBreakGlass(grpc::CallbackServerContext* context,
                                             const v1::ReviewBreakGlassRequest* request,
                                             v1::ReviewBreakGlassResponse* response) override;
  grpc::ServerUnaryReactor* ListBreakGlass(grpc::CallbackServerContext* context,
                                           const v1::ListBreakGlassRequest* request,
                                           v1::ListBreakGlassResponse* response) override;

 private:
  Door& door_;
};

}  // namespace tearline::rpc
