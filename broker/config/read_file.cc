#include "broker/config/read_file.h"

#include <fstream>
#include <iterator>
#include <system_error>

namespace tearline::config {

Result<std::string> ReadFile(const std::filesystem::path& path, std::size_t bytes_max,
                             const std::string& setting) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    return Refuse(v1::ERROR_REASON_CONFIG_INVALID, setting + " must be a file that is there");
  }
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  if (error || size > bytes_max) {
    return Refuse(v1::ERROR_REASON_CONFIG_INVALID,
                  setting + " must be at most " + std::to_string(bytes_max) + " bytes");
  }
  std::ifstream file(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file || bytes.size() > bytes_max) {
    return Refuse(v1::ERROR_REASON_CONFIG_INVALID, setting + " could not be read");
  }
  return bytes;
}

std::string Resolve(const std::filesystem::path& base, const std::string& path) {
  if (path.empty()) return path;
  return (base / path).lexically_normal().string();
}

}  // namespace tearline::config
