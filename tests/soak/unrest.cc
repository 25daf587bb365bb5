#include "tests/soak/unrest.h"

#include <grpcpp/grpcpp.h>
#include <signal.h>

#include <memory>

#include "tearline/v1/directory_service.grpc.pb.h"
#include "tearline/v1/policy_service.grpc.pb.h"
#include "tearline/v1/subscriber_service.grpc.pb.h"
#include "tests/end_to_end/books.h"

namespace tearline::soak {

using end_to_end::For;
using end_to_end::Stage;

std::string Suspend(const Stage& stage, bool suspended) {
  v1::SetSuspensionRequest request;
  *request.mutable_acting() = For("office/operator");
  request.set_agency("police");
  request.set_member("officer");
  request.set_suspended(suspended);
  v1::SetSuspensionResponse response;
  grpc::ClientContext context;
  return v1::DirectoryService::NewStub(stage.ChannelOf("office/keeper"))
      ->SetSuspension(&context, request, &response)
      .error_message();
}

std::string ChangePolicy(const Stage& stage, const std::string& text, int edition) {
  v1::ProposePolicyRequest propose;
  *propose.mutable_acting() = For("office/author");
  propose.set_policy_text(text + "\n# edition " + std::to_string(edition) + "\n");
  v1::ProposePolicyResponse proposed;
  grpc::ClientContext first;
  const grpc::Status asked = v1::PolicyService::NewStub(stage.ChannelOf("office/drafter"))
                                 ->ProposePolicy(&first, propose, &proposed);
  if (!asked.ok()) return asked.error_message();
  v1::SimulatePolicyRequest simulate;
  *simulate.mutable_acting() = propose.acting();
  simulate.mutable_acting()->set_purpose("policy-review");
  simulate.set_policy_text(propose.policy_text());
  grpc::ClientContext looking;
  const auto drafter = v1::PolicyService::NewStub(stage.ChannelOf("office/drafter"));
  const auto changes = drafter->SimulatePolicy(&looking, simulate);
  v1::SimulatePolicyResponse change;
  while (changes->Read(&change)) {
  }
  if (const grpc::Status simulated = changes->Finish(); !simulated.ok()) {
    return simulated.error_message();
  }
  v1::ApprovePolicyRequest approve;
  *approve.mutable_acting() = For("office/governance");
  approve.set_policy_digest(proposed.policy_digest());
  v1::ApprovePolicyResponse approved;
  grpc::ClientContext second;
  return v1::PolicyService::NewStub(stage.ChannelOf("office/governor"))
      ->ApprovePolicy(&second, approve, &approved)
      .error_message();
}

void ReloadCertificates(const Stage& stage) { kill(stage.process(), SIGHUP); }

struct DeadReader::Line {
  std::unique_ptr<v1::SubscriberService::Stub> stub;
  grpc::ClientContext context;
  std::unique_ptr<grpc::ClientReaderWriter<v1::SubscribeRequest, v1::SubscribeResponse>> stream;
};

DeadReader::DeadReader(const Stage& stage) : line_(new Line) {
  line_->stub = v1::SubscriberService::NewStub(stage.ChannelOf("probation/reader"));
  line_->stream = line_->stub->Subscribe(&line_->context);
  v1::SubscribeRequest open;
  *open.mutable_open()->mutable_acting() = For("probation/manager");
  line_->stream->Write(open);
}

DeadReader::~DeadReader() {
  line_->context.TryCancel();
  line_->stream->Finish();
  delete line_;
}

}  // namespace tearline::soak
