#pragma once

#include "broker/rpc/door.h"
#include "broker/rpc/page_seal.h"
#include "tearline/v1/case_service.grpc.pb.h"

namespace tearline::rpc {

/// CaseService. Whoever may not see a case gets the answer of one that does not exist.
class Cases final : public v1::CaseService::CallbackService {
 public:
  /// Requires: `door` outlives it.
  explicit Cases(Door& door) : door_(door) {}

  grpc::ServerUnaryReactor* OpenCase(grpc::CallbackServerContext* context,
                                     const v1::OpenCaseRequest* request,
                                     v1::OpenCaseResponse* response) override;
  grpc::ServerUnaryReactor* SeatPost(grpc::CallbackServerContext* context,
                                     const v1::SeatPostRequest* request,
                                     v1::SeatPostResponse* response) override;
  grpc::ServerUnaryReactor* NamePost(grpc::CallbackServerContext* context,
                                     const v1::NamePostRequest* request,
                                     v1::NamePostResponse* response) override;
  grpc::ServerUnaryReactor* CommissionReport(grpc::CallbackServerContext* context,
                                             const v1::CommissionReportRequest* request,
                                             v1::CommissionReportResponse* response) override;
  grpc::ServerUnaryReactor* NameAccountable(grpc::CallbackServerContext* context,
                                            const v1::NameAccountableRequest* request,
                                            v1::NameAccountableResponse* response) override;
  grpc::ServerUnaryReactor* ChangeCase(grpc::CallbackServerContext* context,
                                       const v1::ChangeCaseRequest* request,
                                       v1::ChangeCaseResponse* response) override;
  grpc::ServerUnaryReactor* DecideDisclosure(grpc::CallbackServerContext* context,
                                             const v1::DecideDisclosureRequest* request,
                                             v1::DecideDisclosureResponse* response) override;
  grpc::ServerUnaryReactor* GetCase(grpc::CallbackServerContext* context,
                                    const v1::GetCaseRequest* request,
                                    v1::GetCaseResponse* response) override;
  grpc::ServerUnaryReactor* ListObligations(grpc::CallbackServerContext* context,
                                            const v1::ListObligationsRequest* request,
                                            v1::ListObligationsResponse* response) override;
  grpc::ServerUnaryReactor* DischargeObligation(grpc::CallbackServerContext* context,
                                                const v1::DischargeObligationRequest* request,
                                                v1::DischargeObligationResponse* response) override;
  grpc::ServerUnaryReactor* EscalateObligation(grpc::CallbackServerContext* context,
                                               const v1::EscalateObligationRequest* request,
                                               v1::EscalateObligationResponse* response) override;

 private:
  Door& door_;
  const PageSeal page_seal_;
};

}  // namespace tearline::rpc
