#pragma once

#include "broker/rpc/door.h"
#include "broker/rpc/page_seal.h"
#include "tearline/v1/directory_service.grpc.pb.h"

namespace tearline::rpc {

/// DirectoryService. Changes are commands; the listing shows agencies and posts to everybody, since
/// they must be addressed, and members of other agencies only to operators and auditors.
class Directory final : public v1::DirectoryService::CallbackService {
 public:
  /// Requires: `door` outlives it.
  explicit Directory(Door& door) : door_(door) {}

  grpc::ServerUnaryReactor* AdmitAgency(grpc::CallbackServerContext* context,
                                        const v1::AdmitAgencyRequest* request,
                                        v1::AdmitAgencyResponse* response) override;
  grpc::ServerUnaryReactor* AdmitMember(grpc::CallbackServerContext* context,
                                        const v1::AdmitMemberRequest* request,
                                        v1::AdmitMemberResponse* response) override;
  grpc::ServerUnaryReactor* SetPost(grpc::CallbackServerContext* context,
                                    const v1::SetPostRequest* request,
                                    v1::SetPostResponse* response) override;
  grpc::ServerUnaryReactor* SetSuspension(grpc::CallbackServerContext* context,
                                          const v1::SetSuspensionRequest* request,
                                          v1::SetSuspensionResponse* response) override;
  grpc::ServerUnaryReactor* EnrolSigningKey(grpc::CallbackServerContext* context,
                                            const v1::EnrolSigningKeyRequest* request,
                                            v1::EnrolSigningKeyResponse* response) override;
  grpc::ServerUnaryReactor* RevokeSigningKey(grpc::CallbackServerContext* context,
                                             const v1::RevokeSigningKeyRequest* request,
                                             v1::RevokeSigningKeyResponse* response) override;
  grpc::ServerUnaryReactor* ListSigningKeys(grpc::CallbackServerContext* context,
                                            const v1::ListSigningKeysRequest* request,
                                            v1::ListSigningKeysResponse* response) override;
  grpc::ServerUnaryReactor* GiveSecondHand(grpc::CallbackServerContext* context,
                                           const v1::GiveSecondHandRequest* request,
                                           v1::GiveSecondHandResponse* response) override;
  grpc::ServerUnaryReactor* ListDirectory(grpc::CallbackServerContext* context,
                                          const v1::ListDirectoryRequest* request,
                                          v1::ListDirectoryResponse* response) override;
  grpc::ServerUnaryReactor* ListPending(grpc::CallbackServerContext* context,
                                        const v1::ListPendingRequest* request,
                                        v1::ListPendingResponse* response) override;

 private:
  Door& door_;
  const PageSeal page_seal_;
};

}  // namespace tearline::rpc
