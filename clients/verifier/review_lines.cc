#include <google/protobuf/util/json_util.h>

#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "clients/verifier/base64.h"
#include "clients/verifier/operation.h"
#include "clients/verifier/review.h"

namespace tearline::verifier {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kSaltBytes = 16;
constexpr int kForm = 4;
/// An answer has no more than half of it.
constexpr std::size_t kDepthMax = 16;

Json JsonOf(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string text;
  const auto status = google::protobuf::util::MessageToJsonString(message, &text, options);
  return status.ok() ? Json::parse(text, nullptr, /*allow_exceptions=*/false) : Json();
}

/// ASCII without what HTML could take for markup: only strings can hold these characters.
std::string Line(const Json& object) {
  const std::string text =
      object.dump(-1, ' ', /*ensure_ascii=*/true, Json::error_handler_t::replace);
  std::string line;
  for (const char c : text) {
    if (c == '<') {
      line += "\\u003c";
    } else if (c == '>') {
      line += "\\u003e";
    } else if (c == '&') {
      line += "\\u0026";
    } else {
      line += c;
    }
  }
  return line + '\n';
}

Json HashesJson(const std::vector<Hash>& hashes) {
  Json list = Json::array();
  for (const Hash& hash : hashes) list.push_back(Base64(Bytes(hash)));
  return list;
}

std::string HeadOf(const Review& review) {
  return Line({{"tearline_review", kForm},
               {"nominal_id", review.nominal_id},
               {"made_ms", review.made_ms},
               {"asked_by", review.asked_by},
               {"purpose", review.purpose},
               {"checkpoint", review.signed_note},
               {"verifier_key", review.verifier_key},
               {"panel", review.panel},
               {"cut", review.cut},
               {"leaves", review.leaves.size()},
               {"events", review.events.size()},
               {"obligations", review.obligations.size()}});
}

std::string LineOf(const ReviewLeaf& each) {
  Json opened = Json::array();
  Json facts = Json::array();
  std::vector<stored::v1::Detail> read;
  for (const v1::OpenedDetail& detail : each.opening.details()) {
    Json proof = Json::array();
    for (const std::string& hash : detail.proof()) proof.push_back(Base64(hash));
    opened.push_back(
        {{"slot", detail.slot()}, {"salted", Base64(detail.salted())}, {"proof", proof}});
    stored::v1::Detail fact;
    const bool reads = detail.salted().size() >= kSaltBytes &&
                       fact.ParseFromString(detail.salted().substr(kSaltBytes));
    facts.push_back(reads ? JsonOf(fact) : Json());
    if (reads) read.push_back(std::move(fact));
  }
  Json object = {{"index", each.index},
                 {"leaf", Base64(each.opening.leaf())},
                 {"proof", HashesJson(each.proof)},
                 {"opened", opened},
                 {"facts", facts}};
  const absl::StatusOr<Leaf> leaf = ReadLeaf(each.opening.leaf());
  if (leaf.ok()) {
    object["stamp_ms"] = leaf->stamp_ms;
    Json operations = Json::array();
    for (const Operation operation : OperationsOf(leaf->kind, read)) {
      operations.push_back(std::string(NameOf(operation)));
    }
    object["operations"] = std::move(operations);
  }
  return Line(object);
}

std::string LineOf(const char* answer, const google::protobuf::Message& said) {
  return Line({{"answered", answer}, {"said", JsonOf(said)}});
}

/// What is missing or of another sort stays empty: the line is then not what we would write.
std::string TextAt(const Json& object, const char* key) {
  const auto field = object.find(key);
  return field != object.end() && field->is_string() ? field->get<std::string>() : "";
}

std::uint64_t NumberAt(const Json& object, const char* key) {
  const auto field = object.find(key);
  return field != object.end() && field->is_number_unsigned() ? field->get<std::uint64_t>() : 0;
}

std::vector<std::string> ListAt(const Json& object, const char* key) {
  std::vector<std::string> list;
  const auto field = object.find(key);
  if (field == object.end() || !field->is_array()) return list;
  for (const Json& text : *field) {
    if (text.is_string()) list.push_back(text.get<std::string>());
  }
  return list;
}

std::string BytesAt(const Json& object, const char* key) {
  return FromBase64(TextAt(object, key)).value_or("");
}

ReviewLeaf LeafFrom(const Json& object) {
  ReviewLeaf each;
  each.index = NumberAt(object, "index");
  each.opening.set_leaf(BytesAt(object, "leaf"));
  for (const std::string& text : ListAt(object, "proof")) {
    const std::optional<std::string> hash = FromBase64(text);
    if (hash && hash->size() == 32) each.proof.push_back(HashFrom(*hash));
  }
  const auto opened = object.find("opened");
  if (opened == object.end() || !opened->is_array()) return each;
  for (const Json& from : *opened) {
    if (!from.is_object()) continue;
    v1::OpenedDetail& detail = *each.opening.add_details();
    detail.set_slot(static_cast<std::uint32_t>(NumberAt(from, "slot")));
    detail.set_salted(BytesAt(from, "salted"));
    for (const std::string& text : ListAt(from, "proof")) {
      detail.add_proof(FromBase64(text).value_or(""));
    }
  }
  return each;
}

/// Reads one line into `review`; gives what ReviewLines would have written of it.
std::string Take(const Json& object, bool first, Review& review) {
  if (first) {
    review.nominal_id = TextAt(object, "nominal_id");
    review.made_ms = static_cast<std::int64_t>(NumberAt(object, "made_ms"));
    review.asked_by = TextAt(object, "asked_by");
    review.purpose = TextAt(object, "purpose");
    review.signed_note = TextAt(object, "checkpoint");
    review.verifier_key = TextAt(object, "verifier_key");
    review.panel = ListAt(object, "panel");
    review.cut = ListAt(object, "cut");
    return "";  // Its counts are known at the end.
  }
  if (object.contains("index")) {
    if (!review.events.empty() || !review.obligations.empty()) return "";
    review.leaves.push_back(LeafFrom(object));
    return LineOf(review.leaves.back());
  }
  const std::string said = object.contains("said") ? object["said"].dump() : "";
  const std::string what = TextAt(object, "answered");
  if (what == "event" && review.obligations.empty()) {
    const auto read =
        google::protobuf::util::JsonStringToMessage(said, &review.events.emplace_back());
    return read.ok() ? LineOf("event", review.events.back()) : "";
  }
  if (what != "obligation") return "";
  const auto read =
      google::protobuf::util::JsonStringToMessage(said, &review.obligations.emplace_back());
  return read.ok() ? LineOf("obligation", review.obligations.back()) : "";
}

/// Whether nothing in a line of JSON is nested deeper than anything we write: what is deeper is not
/// parsed, since it is written again by recursion.
bool IsShallow(std::string_view line) {
  std::size_t depth = 0;
  bool in_text = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (in_text) {
      if (line[i] == '\\')
        ++i;
      else if (line[i] == '"')
        in_text = false;
    } else if (line[i] == '"') {
      in_text = true;
    } else if (line[i] == '[' || line[i] == '{') {
      if (++depth > kDepthMax) return false;
    } else if ((line[i] == ']' || line[i] == '}') && depth > 0) {
      --depth;
    }
  }
  return true;
}

absl::Status Broken(std::uint64_t line, const std::string& sentence) {
  return absl::DataLossError("line " + std::to_string(line) + " of the data: " + sentence);
}

}  // namespace

std::string ReviewLines(const Review& review) {
  std::string lines = HeadOf(review);
  for (const ReviewLeaf& leaf : review.leaves) lines += LineOf(leaf);
  for (const v1::KnownEvent& event : review.events) lines += LineOf("event", event);
  for (const v1::OpenAtRow& row : review.obligations) lines += LineOf("obligation", row);
  return lines;
}

absl::StatusOr<Review> ReadReviewLines(std::string_view lines) {
  Review review;
  std::string head;
  std::uint64_t number = 0;
  while (!lines.empty()) {
    const std::size_t end = lines.find('\n');
    if (end == std::string_view::npos) return Broken(number + 1, "it must end in a line feed");
    const std::string line(lines.substr(0, end + 1));
    lines.remove_prefix(end + 1);
    const bool first = ++number == 1;
    if (!IsShallow(line)) return Broken(number, "it is nested deeper than 16");
    const Json object = Json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (!object.is_object()) return Broken(number, "it must be a JSON object");
    if (first && object.value("tearline_review", Json()) != kForm) {
      return Broken(number,
                    "it must say tearline_review 4: this program reads no other form; a review of "
                    "an earlier one is verified by the release that made it");
    }
    const std::string again = Take(object, first, review);
    if (first) {
      head = line;
    } else if (again != line) {
      return Broken(number, "it says something else than what it opens; it was changed");
    }
  }
  if (number == 0) return absl::DataLossError("the data is empty");
  if (HeadOf(review) != head) {
    return Broken(1,
                  "it counts other leaves, events or obligations than follow, or was changed: "
                  "lines were added or removed");
  }
  return review;
}

}  // namespace tearline::verifier
