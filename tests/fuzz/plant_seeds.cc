// plant_seeds FROM INTO: turns the seeds people wrote, FROM/<target>/<name>, into the bytes a
// target reads, INTO/<target>/<name>. Hexadecimal (.hex) becomes bytes, protobuf text (.textproto)
// the message that target reads; anything else is taken as it is.
#include <google/protobuf/text_format.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>

#include "tearline/v1/publisher_service.pb.h"
#include "tearline/v1/subscriber_service.pb.h"
#include "tests/doubles/hex.h"

namespace {

namespace fs = std::filesystem;
using google::protobuf::Message;

const std::map<std::string, std::function<std::unique_ptr<Message>()>>& MessageOf() {
  static const std::map<std::string, std::function<std::unique_ptr<Message>()>> messages = {
      {"delivery", [] { return std::make_unique<tearline::v1::DeliveredEvent>(); }},
      {"event", [] { return std::make_unique<tearline::v1::PublishItem>(); }},
      {"label", [] { return std::make_unique<tearline::v1::Label>(); }},
      {"subscribe", [] { return std::make_unique<tearline::v1::SubscribeRequest>(); }}};
  return messages;
}

std::string BytesOf(const fs::path& seed) {
  std::ifstream file(seed, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(file), {});
  if (seed.extension() == ".hex") {
    std::erase_if(text, [](char c) { return c == '\n' || c == ' '; });
    return tearline::doubles::FromHex(text);
  }
  if (seed.extension() != ".textproto") return text;
  const std::unique_ptr<Message> message = MessageOf().at(seed.parent_path().filename())();
  if (!google::protobuf::TextFormat::ParseFromString(text, message.get())) {
    throw std::runtime_error(seed.string() + " does not parse");
  }
  return message->SerializeAsString();
}

}  // namespace

int main(int count, char** words) try {
  if (count != 3) throw std::runtime_error("plant_seeds FROM INTO");
  const fs::path into = words[2];
  for (const auto& entry : fs::recursive_directory_iterator(words[1])) {
    if (!entry.is_regular_file()) continue;
    const fs::path target = into / entry.path().parent_path().filename();
    fs::create_directories(target);
    std::ofstream(target / entry.path().filename(), std::ios::binary) << BytesOf(entry.path());
  }
  return 0;
} catch (const std::exception& fault) {
  std::fprintf(stderr, "%s\n", fault.what());
  return 1;
}
