#include "clients/adapters/cloud_event_content.h"

#include <openssl/evp.h>

#include <algorithm>
#include <cstddef>

#include "clients/adapters/strict_json.h"

namespace tearline::adapters {
namespace {

using nlohmann::json;

constexpr std::size_t kMediaTypeBytesMax = 100;
constexpr char kJsonType[] = "application/json";

Quarantined Unusable(std::string sentence) {
  return {QuarantineReason::kDataUnusable, std::move(sentence)};
}

/// The type and subtype of a media type, lowered, without parameters.
std::string Essence(std::string_view media_type) {
  std::string essence(media_type.substr(0, media_type.find(';')));
  while (!essence.empty() && essence.back() == ' ') essence.pop_back();
  std::transform(essence.begin(), essence.end(), essence.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return essence;
}

bool IsMediaType(std::string_view text) {
  const std::size_t slash = text.find('/');
  return text.size() <= kMediaTypeBytesMax && slash != std::string_view::npos && slash > 0 &&
         slash + 1 < text.size() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

/// Source: CloudEvents JSON format 1.0.2, section 3.1: a subtype "json", or a suffix "+json".
bool IsJson(std::string_view media_type) {
  const std::string essence = Essence(media_type);
  return essence.ends_with("/json") || essence.ends_with("+json");
}

/// RFC 4648, section 4, with its padding and nothing beside; nothing if `text` is anything else.
std::optional<std::string> DecodeBase64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  const std::size_t padding =
      text.ends_with("==") ? 2 : static_cast<std::size_t>(text.ends_with('='));
  const bool fits =
      std::all_of(text.begin(), text.end() - static_cast<std::ptrdiff_t>(padding), [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               c == '+' || c == '/';
      });
  if (!fits) return std::nullopt;
  std::string bytes(text.size() / 4 * 3, '\0');
  const int written = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                      reinterpret_cast<const unsigned char*>(text.data()),
                                      static_cast<int>(text.size()));
  if (written < 0 || static_cast<std::size_t>(written) < padding) return std::nullopt;
  bytes.resize(static_cast<std::size_t>(written) - padding);
  return bytes;
}

}  // namespace

std::variant<Content, Quarantined> ReadContent(const json& event,
                                               std::optional<std::string_view> data_slice) {
  const std::optional<std::string> named = MemberText(event, "datacontenttype");
  Content read;
  read.media_type = named.value_or(kJsonType);
  if (!IsMediaType(read.media_type)) {
    return Unusable("`datacontenttype` must be a media type of at most 100 bytes");
  }
  const json* value = Member(event, "data");
  const json* encoded = Member(event, "data_base64");
  if (value && encoded) return Unusable("`data` and `data_base64` must not both be given");
  if (encoded) {
    const auto* text = encoded->get_ptr<const json::string_t*>();
    std::optional<std::string> bytes = text ? DecodeBase64(*text) : std::nullopt;
    if (!bytes) return Unusable("`data_base64` must be base64 with its padding");
    read.content = *std::move(bytes);
  } else if (value && IsJson(read.media_type)) {
    read.content = std::string(data_slice.value_or(""));
  } else if (value) {
    const auto* text = value->get_ptr<const json::string_t*>();
    if (!text) return Unusable("`data` must be a string where its type is not JSON");
    read.content = *text;
  }
  return read;
}

}  // namespace tearline::adapters
