#include "clients/cli/read_items.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <optional>
#include <sstream>

#include "clients/cli/parse_text.h"
#include "clients/verifier/base64.h"
#include "clients/verifier/tree.h"

namespace tearline::cli {
namespace {

/// Whichever of the three shapes `text` has; of the errors the one that came furthest.
absl::StatusOr<std::vector<v1::PublishItem>> FromText(const std::string& text) {
  Place furthest;
  v1::PublishItem item;
  if (ParseText(text, item, furthest)) return std::vector{item};
  v1::PublishItem bare;
  if (ParseText(text, *bare.mutable_event(), furthest)) return std::vector{bare};
  v1::PublishRequest request;
  if (ParseText(text, request, furthest)) {
    return std::vector<v1::PublishItem>(request.items().begin(), request.items().end());
  }
  return absl::InvalidArgumentError(PlaceText(furthest) +
                                    ": no field of an event, or no value for it, stands there");
}

std::optional<v1::PublishItem> FromJson(const std::string& text) {
  v1::PublishItem item;
  if (google::protobuf::util::JsonStringToMessage(text, &item).ok()) return item;
  v1::PublishItem bare;
  if (google::protobuf::util::JsonStringToMessage(text, bare.mutable_event()).ok()) return bare;
  return std::nullopt;
}

absl::StatusOr<std::vector<v1::PublishItem>> FromJsonOrLines(const std::string& text) {
  if (const std::optional<v1::PublishItem> whole = FromJson(text)) return std::vector{*whole};
  std::vector<v1::PublishItem> items;
  std::istringstream lines(text);
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    const std::optional<v1::PublishItem> item = FromJson(line);
    if (!item) {
      return absl::InvalidArgumentError(
          "line " + std::to_string(number) +
          ": it must be one JSON object with the fields of a PublishItem or an Event");
    }
    items.push_back(*item);
  }
  return items;
}

}  // namespace

absl::StatusOr<std::vector<v1::PublishItem>> ReadItems(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return absl::InvalidArgumentError("there is no event in it");
  auto items =
      text[first] == '{' ? FromJsonOrLines(std::string(text)) : FromText(std::string(text));
  if (!items.ok()) return items;
  for (v1::PublishItem& item : *items) {
    if (!item.request_id().empty()) continue;
    const verifier::Hash digest = verifier::Sha256(item.SerializeAsString());
    item.set_request_id("cli-" + verifier::Hex(verifier::Bytes(digest)).substr(0, 32));
  }
  return items;
}

}  // namespace tearline::cli
