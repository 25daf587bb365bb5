#include "tests/doubles/torn_manifest.h"

#include <fstream>
#include <string>

namespace tearline::doubles {

std::filesystem::path ManifestIn(const std::filesystem::path& directory) {
  std::string name;
  std::getline(std::ifstream(directory / "CURRENT"), name);
  return directory / name;
}

void TearManifest(const std::filesystem::path& directory) {
  // A log entry: checksum (4 bytes), length (2, little-endian), type (1: whole), payload.
  std::string note("\x12\x34\x56\x78\x20\x00\x01", 7);
  note += std::string(0x20, '\0');
  std::ofstream(ManifestIn(directory), std::ios::binary | std::ios::app) << note;
}

void FlipManifest(const std::filesystem::path& directory) {
  std::fstream file(ManifestIn(directory), std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(-1, std::ios::end);
  const char last = static_cast<char>(file.get());
  file.seekp(-1, std::ios::end);
  file.put(static_cast<char>(last ^ 1));
}

}  // namespace tearline::doubles
