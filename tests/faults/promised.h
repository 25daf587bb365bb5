#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/assembly/installation.h"
#include "tests/doubles/run_command.h"

namespace tearline::faults {

/// An installation in which requests were recorded in peace, what was promised of them, and a copy
/// to go back to after every fault.
class Promised {
 public:
  Promised();
  ~Promised();
  Promised(const Promised&) = delete;
  Promised& operator=(const Promised&) = delete;

  /// The installation is again as it was.
  void Restore() const;

  /// Records more requests on a disk with this fault (faulty_disk.cc tells the words; "" for none),
  /// and returns how that ended and what it promised.
  doubles::CommandOutcome Write(const std::string& fault) const;
  /// How many operations the disk did in the last Write, and how many of them the fault struck;
  /// zeros if its power was cut.
  struct Count {
    std::uint64_t operations = 0;
    std::uint64_t struck = 0;
  };
  Count Counted() const;
  /// Whether a Write promised all it was asked for.
  static bool PromisedAll(const doubles::CommandOutcome& write);

  /// Holds the installation to what was promised in peace and in `more`.
  doubles::CommandOutcome Check(const std::string& more) const;
  /// `tearlined --verify`.
  doubles::CommandOutcome Verify() const;

  /// Ledger, state, vault and checkpoints: every file, in order.
  std::vector<std::filesystem::path> Files() const;

 private:
  std::string Home() const { return installation_.directory.path().string(); }
  doubles::CommandOutcome Run(const std::vector<std::string>& orders,
                              const std::vector<std::string>& words,
                              const std::string& input) const;

  const Installation installation_;
  std::string promises_;
};

/// `wanted` of the places 1 to `count`, evenly spread. TEARLINE_FAULTS in the environment wants
/// another number; 0 wants all.
[[nodiscard]] std::vector<std::uint64_t> PlacesIn(std::uint64_t count, std::uint64_t wanted);

/// Flips one bit of a file's byte at `at`, the first being 0: bit `at` mod 8.
void FlipBit(const std::filesystem::path& file, std::uint64_t at);

}  // namespace tearline::faults
