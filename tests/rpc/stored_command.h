#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <cstddef>
#include <memory>
#include <string>

#include "tearline/stored/v1/command.pb.h"

namespace tearline::rpc {

/// An empty message of a command, by its number's name: SET_LEVEL's is SetLevel. Null if there is
/// none of that name.
inline std::unique_ptr<google::protobuf::Message> NewCommand(stored::v1::CommandNumber number) {
  const std::string word =
      stored::v1::CommandNumber_Name(number).substr(std::string("COMMAND_NUMBER_").size());
  std::string name = "tearline.stored.v1.";
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (word[i] == '_') continue;
    const bool first = i == 0 || word[i - 1] == '_';
    name += first ? word[i] : static_cast<char>(word[i] + ('a' - 'A'));
  }
  const auto* type =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(name);
  if (type == nullptr) return nullptr;
  return std::unique_ptr<google::protobuf::Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
}

}  // namespace tearline::rpc
