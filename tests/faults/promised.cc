#include "tests/faults/promised.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "broker/status/invariant.h"
#include "tests/doubles/temporary_directory.h"

namespace tearline::faults {
namespace {

/// Requests recorded in peace, and then on the disk that fails.
constexpr int kBefore = 6;
constexpr int kUnder = 14;

}  // namespace

Promised::Promised() {
  const doubles::CommandOutcome before =
      Run({}, {"write", Home(), "1", std::to_string(kBefore)}, "");
  TEARLINE_INVARIANT(before.exit_code == 0, "the workload succeeds on a disk that is well");
  promises_ = before.output;
  std::filesystem::rename(Home(), Home() + ".before");
  Restore();
}

Promised::~Promised() {
  std::error_code ignored;
  std::filesystem::remove_all(Home() + ".before", ignored);
  std::filesystem::remove(Home() + ".count", ignored);
}

void Promised::Restore() const {
  std::filesystem::remove_all(Home());
  std::filesystem::copy(Home() + ".before", Home(), std::filesystem::copy_options::recursive);
}

doubles::CommandOutcome Promised::Run(const std::vector<std::string>& orders,
                                      const std::vector<std::string>& words,
                                      const std::string& input) const {
  std::vector<std::string> command = {"/usr/bin/env"};
  command.insert(command.end(), orders.begin(), orders.end());
  command.push_back(TEARLINE_BINARY_DIR "/bin/fault_workload");
  command.insert(command.end(), words.begin(), words.end());
  return doubles::RunCommand(command, input);
}

doubles::CommandOutcome Promised::Write(const std::string& fault) const {
  const doubles::TemporaryDirectory shadow;
  std::filesystem::remove(Home() + ".count");
  return Run({"LD_PRELOAD=" TEARLINE_BINARY_DIR "/lib/libtearline_faulty_disk.so",
              "TEARLINE_DISK_UNDER=" + Home(), "TEARLINE_DISK_SHADOW=" + shadow.path().string(),
              "TEARLINE_DISK_COUNT=" + Home() + ".count", "TEARLINE_DISK_FAULT=" + fault},
             {"write", Home(), std::to_string(kBefore + 1), std::to_string(kBefore + kUnder)}, "");
}

Promised::Count Promised::Counted() const {
  std::ifstream file(Home() + ".count");
  Count count;
  file >> count.operations >> count.struck;
  return count;
}

bool Promised::PromisedAll(const doubles::CommandOutcome& write) {
  return write.output.find("acked r" + std::to_string(kBefore + kUnder) + " ") != std::string::npos;
}

doubles::CommandOutcome Promised::Check(const std::string& more) const {
  return Run({}, {"check", Home()}, promises_ + more);
}

doubles::CommandOutcome Promised::Verify() const {
  return Installation::Tearlined({"--verify", installation_.Config()});
}

std::vector<std::filesystem::path> Promised::Files() const {
  std::vector<std::filesystem::path> files;
  for (const char* store : {"ledger", "state", "vault", "checkpoints"}) {
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(installation_.Path(store))) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<std::uint64_t> PlacesIn(std::uint64_t count, std::uint64_t wanted) {
  const char* const wish = std::getenv("TEARLINE_FAULTS");
  if (wish != nullptr) wanted = std::strtoull(wish, nullptr, 10);
  wanted = wanted == 0 ? count : std::min(wanted, count);
  std::vector<std::uint64_t> places;
  for (std::uint64_t i = 0; i < wanted; ++i) places.push_back(1 + i * count / wanted);
  return places;
}

void FlipBit(const std::filesystem::path& file, std::uint64_t at) {
  std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
  bytes.seekg(static_cast<std::streamoff>(at));
  const int byte = bytes.get();
  bytes.seekp(static_cast<std::streamoff>(at));
  bytes.put(static_cast<char>(byte ^ (1 << (at % 8))));
}

}  // namespace tearline::faults
