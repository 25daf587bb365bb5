#include "clients/cli/log_source.h"

#include "clients/cli/call.h"
#include "clients/cli/progress.h"
#include "tearline/v1/audit_service.grpc.pb.h"

namespace tearline::cli {
namespace {

constexpr std::uint64_t kProgressEvery = 10'000;

}  // namespace

v1::GetCheckpointResponse AskCheckpoint(const Invocation& invocation) {
  return Ask<v1::AuditService>(invocation, &v1::AuditService::StubInterface::GetCheckpoint,
                               v1::GetCheckpointRequest());
}

void ReadLeaves(const Invocation& invocation, std::uint64_t first, std::uint64_t size,
                const std::function<absl::Status(const verifier::LeafEntry&)>& each) {
  if (first >= size) return;
  v1::ReadLeavesRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_first_index(first);
  request.set_tree_size(size);
  const std::unique_ptr<v1::AuditService::Stub> stub =
      v1::AuditService::NewStub(invocation.Channel());
  grpc::ClientContext context;
  const auto reader = stub->ReadLeaves(&context, request);
  v1::ReadLeavesResponse response;
  Progress progress("leaves", kProgressEvery);
  while (reader->Read(&response)) {
    for (const v1::LogLeaf& leaf : response.leaves()) {
      const absl::Status status = each(verifier::EntryAnswered(leaf));
      if (!status.ok()) {
        context.TryCancel();
        StopUnverified(std::string(status.message()));
      }
      progress.Say(leaf.index() + 1, size);
    }
  }
  const grpc::Status status = reader->Finish();
  if (!status.ok()) StopFor(client::RefusalFrom(status));
}

}  // namespace tearline::cli
