#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <grpcpp/channel.h>
#include <grpcpp/support/status.h>

#include <memory>
#include <string>
#include <vector>

namespace tearline::hostile {

/// Every call of every service of tearline.v1.
std::vector<const google::protobuf::MethodDescriptor*> EveryCall();

/// A place in a request that takes words: the fields that lead there, outermost first.
struct WordsField {
  std::vector<const google::protobuf::FieldDescriptor*> way;

  /// For example "item.event.label.pointer_post".
  std::string Name() const;
};

/// Every field of `type` that holds text or bytes, however deep.
std::vector<WordsField> EveryWordsField(const google::protobuf::Descriptor* type);

/// An empty request of that type.
std::unique_ptr<google::protobuf::Message> NewRequest(const google::protobuf::Descriptor* type);

/// Puts `words` where `field` leads, making what lies on the way; of a list, its first place.
void Put(const WordsField& field, const std::string& words, google::protobuf::Message& request);

/// What a call came to: its status, and the bytes of all that was answered.
struct Reply {
  grpc::Status status;
  std::string answer;
};

/// Calls `method` with one request, and hears all that is answered, up to 10,000 frames.
Reply Call(const std::shared_ptr<grpc::Channel>& channel,
           const google::protobuf::MethodDescriptor& method,
           const google::protobuf::Message& request);

}  // namespace tearline::hostile
