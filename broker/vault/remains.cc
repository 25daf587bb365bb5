#include "broker/vault/remains.h"

#include <algorithm>
#include <bitset>
#include <cstddef>
#include <fstream>
#include <map>
#include <string_view>
#include <system_error>

#include "broker/status/invariant.h"

namespace tearline::vault {
namespace {

/// Bytes read at once.
constexpr std::size_t kPieceBytes = 1024 * 1024;

/// Many short texts looked for in one pass: a bit for every possible first two bytes says at most
/// places that nothing can begin there.
class Needles {
 public:
  explicit Needles(const std::vector<std::string>& secrets) {
    for (const std::string& secret : secrets) {
      TEARLINE_INVARIANT(secret.size() >= 4, "what is looked for is at least 4 bytes");
      const std::size_t half = secret.size() / 2;
      Add(secret.substr(0, half));
      Add(secret.substr(half));
    }
  }

  std::size_t bytes_max() const { return bytes_max_; }

  bool AnyIn(std::string_view bytes) const {
    for (std::size_t at = 0; at + 1 < bytes.size(); ++at) {
      const std::size_t start = Start(bytes.substr(at));
      if (!begins_.test(start)) continue;
      const auto [first, last] = needles_.equal_range(start);
      const std::string_view rest = bytes.substr(at);
      if (std::any_of(first, last,
                      [rest](const auto& needle) { return rest.starts_with(needle.second); })) {
        return true;
      }
    }
    return false;
  }

 private:
  void Add(std::string needle) {
    const std::size_t start = Start(needle);
    begins_.set(start);
    bytes_max_ = std::max(bytes_max_, needle.size());
    needles_.emplace(start, std::move(needle));
  }
  static std::size_t Start(std::string_view bytes) {
    return static_cast<std::size_t>(static_cast<unsigned char>(bytes[0])) * 256 +
           static_cast<unsigned char>(bytes[1]);
  }

  std::bitset<256 * 256> begins_;
  std::multimap<std::size_t, std::string> needles_;
  std::size_t bytes_max_ = 0;
};

bool LiesIn(const std::filesystem::path& file, const Needles& needles) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return std::filesystem::exists(file);
  std::string window;
  std::string piece(kPieceBytes, '\0');
  while (stream) {
    stream.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    window.append(piece, 0, static_cast<std::size_t>(stream.gcount()));
    if (needles.AnyIn(window)) return true;
    // What may still become a needle stays.
    const std::size_t kept = std::min(window.size(), needles.bytes_max() - 1);
    window.erase(0, window.size() - kept);
  }
  return stream.bad();
}

}  // namespace

bool AnyRemains(const std::filesystem::path& directory, const std::vector<std::string>& secrets) {
  if (secrets.empty()) return false;
  const Needles needles(secrets);
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    if (entry.is_regular_file(error) && LiesIn(entry.path(), needles)) return true;
  }
  return static_cast<bool>(error);
}

}  // namespace tearline::vault
