#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include "tests/clients/run_tearline.h"

namespace tearline::strangers {

/// Tessera's own, through the Go module proxy.
inline constexpr char kFsckModule[] = "github.com/transparency-dev/tessera/cmd/fsck@v1.0.2";

/// Where fsck is; "" if it can't be had. Built once, whoever asks first, and kept in the build
/// directory. Whoever waited for another as long as that may take does without.
inline std::string Fsck() {
  const std::filesystem::path directory = std::filesystem::path(TEARLINE_BINARY_DIR) / "strangers";
  std::filesystem::create_directories(directory);
  const std::string install = "cd '" + directory.string() +
                              "' && flock -w 245 lock sh -c \"test -x fsck || GOBIN='" +
                              directory.string() + "' GOFLAGS=-mod=mod timeout 240 go install " +
                              kFsckModule + " > go.log 2>&1\"";
  return std::system(install.c_str()) == 0 ? (directory / "fsck").string() : "";
}

/// By what it says: it ends with 0 whatever it found, or, on some faults, not at all.
inline bool Accepts(const std::string& fsck, const std::string& directory,
                    const std::string& key_file) {
  const doubles::Workplace workplace;
  const std::string check = "timeout 15 '" + fsck + "' --ui=false --storage_url=file://" +
                            directory + "/ --public_key=" + key_file + " > '" +
                            workplace.Path("said") + "' 2>&1";
  (void)!std::system(check.c_str());
  const std::string said = doubles::FileBytes(workplace.Path("said"));
  return said.find("Successfully fsck'd log") != std::string::npos &&
         said.find("fsck failed") == std::string::npos;
}

}  // namespace tearline::strangers
