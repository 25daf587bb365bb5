#include "tests/hostile/every_field.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <utility>

#include "tearline/v1/action_service.pb.h"
#include "tearline/v1/audit_service.pb.h"
#include "tearline/v1/case_feed_service.pb.h"
#include "tearline/v1/case_service.pb.h"
#include "tearline/v1/directory_service.pb.h"
#include "tearline/v1/meeting_service.pb.h"
#include "tearline/v1/nominal_service.pb.h"
#include "tearline/v1/policy_service.pb.h"
#include "tearline/v1/post_service.pb.h"
#include "tearline/v1/proposal_service.pb.h"
#include "tearline/v1/publisher_service.pb.h"
#include "tearline/v1/request_service.pb.h"
#include "tearline/v1/subscriber_service.pb.h"

namespace tearline::hostile {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

/// Deeper than any request, less deep than a policy's conditions, which nest without end.
constexpr std::size_t kDepthMax = 8;
constexpr int kFramesHeard = 10'000;

void Walk(const Descriptor* type, std::vector<const FieldDescriptor*>& way,
          std::vector<WordsField>& found) {
  if (way.size() >= kDepthMax) return;
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    way.push_back(field);
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) found.push_back({way});
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      Walk(field->message_type(), way, found);
    }
    way.pop_back();
  }
}

grpc::ByteBuffer BytesOf(const Message& message) {
  const grpc::Slice slice(message.SerializeAsString());
  return {&slice, 1};
}

std::string TextOf(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string text;
  if (!buffer.Dump(&slices).ok()) return text;
  for (const grpc::Slice& slice : slices) text.append(slice.begin(), slice.end());
  return text;
}

}  // namespace

std::vector<const MethodDescriptor*> EveryCall() {
  std::vector<const MethodDescriptor*> calls;
  for (const FileDescriptor* file :
       {v1::ReadLeavesRequest::descriptor()->file(), v1::OpenCaseRequest::descriptor()->file(),
        v1::AddActionRequest::descriptor()->file(), v1::GetHandOverRequest::descriptor()->file(),
        v1::FollowCaseRequest::descriptor()->file(),
        v1::ListDirectoryRequest::descriptor()->file(),
        v1::ResolveNominalRequest::descriptor()->file(),
        v1::ProposePolicyRequest::descriptor()->file(),
        v1::MakeProposalRequest::descriptor()->file(),
        v1::AskForInformationRequest::descriptor()->file(),
        v1::PlanMeetingRequest::descriptor()->file(), v1::PublishRequest::descriptor()->file(),
        v1::SubscribeRequest::descriptor()->file()}) {
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) {
        calls.push_back(file->service(s)->method(m));
      }
    }
  }
  return calls;
}

std::string WordsField::Name() const {
  std::string name;
  for (const FieldDescriptor* field : way) {
    name.append(name.empty() ? "" : ".").append(field->name());
  }
  return name;
}

std::vector<WordsField> EveryWordsField(const Descriptor* type) {
  std::vector<WordsField> found;
  std::vector<const FieldDescriptor*> way;
  Walk(type, way, found);
  return found;
}

std::unique_ptr<Message> NewRequest(const Descriptor* type) {
  return std::unique_ptr<Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
}

void Put(const WordsField& field, const std::string& words, Message& request) {
  Message* at = &request;
  for (const FieldDescriptor* step : field.way) {
    const google::protobuf::Reflection* reflection = at->GetReflection();
    if (step->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      if (!step->is_repeated()) {
        at = reflection->MutableMessage(at, step);
      } else if (reflection->FieldSize(*at, step) > 0) {
        at = reflection->MutableRepeatedMessage(at, step, 0);
      } else {
        at = reflection->AddMessage(at, step);
      }
    } else if (!step->is_repeated()) {
      reflection->SetString(at, step, words);
    } else if (reflection->FieldSize(*at, step) > 0) {
      reflection->SetRepeatedString(at, step, 0, words);
    } else {
      reflection->AddString(at, step, words);
    }
  }
}

Reply Call(const std::shared_ptr<grpc::Channel>& channel, const MethodDescriptor& method,
           const Message& request) {
  std::string path = "/";
  path.append(method.service()->full_name()).append("/").append(method.name());
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
  grpc::CompletionQueue queue;
  void* tag = nullptr;
  bool ok = false;
  const auto stream = stub.PrepareCall(&context, path, &queue);
  const auto wait = [&] { return queue.Next(&tag, &ok) && ok; };
  stream->StartCall(nullptr);
  Reply reply;
  bool going = wait();
  if (going) {
    stream->WriteLast(BytesOf(request), {}, nullptr);
    going = wait();
  }
  for (int frames = 0; going && frames < kFramesHeard; ++frames) {
    grpc::ByteBuffer frame;
    stream->Read(&frame, nullptr);
    going = wait();
    if (going) reply.answer += TextOf(frame);
  }
  if (going) context.TryCancel();
  stream->Finish(&reply.status, nullptr);
  wait();
  queue.Shutdown();
  while (queue.Next(&tag, &ok)) {
  }
  return reply;
}

}  // namespace tearline::hostile
