#include "broker/disk/mark.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <system_error>

namespace tearline::disk {
namespace {

constexpr std::string_view kManifest = "MANIFEST-";
constexpr std::string_view kMark = "SYNCED-";

bool IsDigits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](char letter) { return letter >= '0' && letter <= '9'; });
}

std::optional<std::uint64_t> ReadLine(std::string_view line) {
  const std::size_t middle = line.size() / 2;
  const std::string_view number = line.substr(0, middle);
  if (line.size() % 2 == 0 || line[middle] != ' ' || line.substr(middle + 1) != number) return {};
  std::uint64_t bytes = 0;
  const auto [end, error] = std::from_chars(number.begin(), number.end(), bytes);
  if (!IsDigits(number) || error != std::errc() || end != number.end()) return {};
  return bytes;
}

}  // namespace

std::optional<std::filesystem::path> MarkOf(const std::filesystem::path& manifest) {
  const std::string name = manifest.filename().string();
  if (!name.starts_with(kManifest) || !IsDigits(name.substr(kManifest.size()))) return {};
  return manifest.parent_path() / (std::string(kMark) + name.substr(kManifest.size()));
}

std::string MarkLine(std::uint64_t bytes) {
  return std::to_string(bytes) + ' ' + std::to_string(bytes) + '\n';
}

std::optional<std::uint64_t> ReadMark(std::string_view mark) {
  std::optional<std::uint64_t> greatest;
  for (std::size_t end = mark.find('\n'); end != mark.npos; end = mark.find('\n')) {
    // An empty optional is less than any number.
    greatest = std::max(greatest, ReadLine(mark.substr(0, end)));
    mark.remove_prefix(end + 1);
  }
  return greatest;
}

}  // namespace tearline::disk
