#include "clients/verifier/export_file.h"

#include <cstdint>
#include <optional>

#include <nlohmann/json.hpp>

#include "clients/verifier/base64.h"
#include "clients/verifier/leaf_line.h"
#include "clients/verifier/line_reader.h"

namespace tearline::verifier {
namespace {

using Json = nlohmann::json;

std::optional<std::string> TextAt(const Json& object, const char* key) {
  const auto field = object.find(key);
  if (field == object.end() || !field->is_string()) return std::nullopt;
  return field->get<std::string>();
}

bool TakeBytes(const Json& object, const char* key, std::vector<std::string>& list) {
  const auto field = object.find(key);
  if (field == object.end() || !field->is_array()) return false;
  for (const Json& text : *field) {
    if (!text.is_string()) return false;
    std::optional<std::string> bytes = FromBase64(text.get<std::string>());
    if (!bytes) return false;
    list.push_back(*std::move(bytes));
  }
  return true;
}

bool TakeSlots(const Json& object, std::vector<std::uint32_t>& slots) {
  for (const Json& slot : object["slots"]) {
    if (!slot.is_number_unsigned() || slot.get<std::uint64_t>() > UINT32_MAX) return false;
    slots.push_back(slot.get<std::uint32_t>());
  }
  return object["slots"].is_array();
}

std::optional<LeafEntry> EntryFrom(const Json& object) {
  const auto index = object.find("index");
  const std::optional<std::string> leaf = TextAt(object, "leaf");
  if (index == object.end() || !index->is_number_unsigned() || !leaf) return std::nullopt;
  const std::optional<std::string> bytes = FromBase64(*leaf);
  if (!bytes) return std::nullopt;
  LeafEntry entry;
  entry.index = index->get<std::uint64_t>();
  entry.leaf = *bytes;
  if (!TakeBytes(object, "details", entry.details)) return std::nullopt;
  if (!TakeBytes(object, "padding_hashes", entry.padding_hashes)) return std::nullopt;
  if (!object.contains("slots")) return entry;
  if (!TakeSlots(object, entry.slots)) return std::nullopt;
  if (!TakeBytes(object, "beside_hashes", entry.beside_hashes)) return std::nullopt;
  return entry;
}

Json List(const std::vector<std::string>& values) {
  Json list = Json::array();
  for (const std::string& value : values) list.push_back(Base64(value));
  return list;
}

absl::Status Unreadable(std::uint64_t line, const std::string& sentence) {
  return absl::DataLossError("line " + std::to_string(line) + " of the export: " + sentence);
}

}  // namespace

std::string HeadLine(const ExportHead& head) {
  const Json object = {{"tearline_export", 1},
                       {"checkpoint", head.signed_note},
                       {"verifier_key", head.verifier_key}};
  return object.dump() + '\n';
}

std::string LeafLine(const LeafEntry& entry) {
  Json object = {{"index", entry.index},
                 {"leaf", Base64(entry.leaf)},
                 {"details", List(entry.details)},
                 {"padding_hashes", List(entry.padding_hashes)}};
  if (!entry.slots.empty()) {
    object["slots"] = entry.slots;
    object["beside_hashes"] = List(entry.beside_hashes);
  }
  return object.dump() + '\n';
}

absl::StatusOr<ExportHead> ReadExport(std::istream& file,
                                      const std::function<absl::Status(const LeafParts&)>& each) {
  ExportHead head;
  LeafParts parts;
  std::uint64_t number = 0;
  LineReader lines(file);
  for (std::string_view line; lines.Take(line);) {
    ++number;
    if (number > 1 && ReadLeafLine(line, parts)) {
      if (const absl::Status status = each(parts); !status.ok()) return status;
      continue;
    }
    const Json object = Json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (!object.is_object()) return Unreadable(number, "it must be a JSON object");
    if (number == 1) {
      const std::optional<std::string> note = TextAt(object, "checkpoint");
      if (object.value("tearline_export", Json()) != 1 || !note) {
        return Unreadable(number, "it must say tearline_export 1 and carry a checkpoint");
      }
      head = {*note, TextAt(object, "verifier_key").value_or("")};
      continue;
    }
    const std::optional<LeafEntry> entry = EntryFrom(object);
    if (!entry) return Unreadable(number, "it must carry index, leaf, details, padding_hashes");
    parts.Lay(*entry);
    if (const absl::Status status = each(parts); !status.ok()) return status;
  }
  if (number == 0) return absl::DataLossError("the export is empty");
  return head;
}

}  // namespace tearline::verifier
