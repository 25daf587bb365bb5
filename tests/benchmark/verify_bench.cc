#include "tests/benchmark/verify_bench.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <utility>

#include "clients/verifier/export_file.h"
#include "clients/verifier/log_check.h"
#include "tearline/v1/audit_service.pb.h"
#include "tests/benchmark/bare_hashes.h"
#include "tests/benchmark/cpu_of.h"

namespace tearline::benchmark {
namespace {

using Entries = std::vector<verifier::LeafEntry>;

constexpr std::size_t kLeavesVerified = 20'000;

void Must(bool holds, const char* what) {
  if (!holds) throw std::runtime_error(what);
}

/// Every hash that a check of these leaves needs: of each detail, of the nodes above, of each leaf
/// and of one node of the tree for each. What is hashed of details and leaves stands ready behind
/// its prefix.
class AllHashes {
 public:
  explicit AllHashes(const Entries& entries) {
    for (const verifier::LeafEntry& entry : entries) {
      for (const std::string& detail : entry.details) messages_.push_back('\0' + detail);
      messages_.push_back('\0' + entry.leaf);
      const std::size_t slots = entry.details.size() + entry.padding_hashes.size();
      nodes_ += slots - 1 + entry.beside_hashes.size() + 1;
    }
  }

  void Make() {
    for (const std::string& message : messages_) bare_.Of(message);
    bare_.OfNodes(nodes_);
  }

 private:
  std::vector<std::string> messages_;
  std::size_t nodes_ = 0;
  BareHashes bare_;
};

void VerifyAll(const Entries& entries) {
  verifier::LogCheck check;
  for (const verifier::LeafEntry& entry : entries) Must(check.Add(entry).ok(), "the log holds");
}

void WriteExport(const Entries& entries, const std::filesystem::path& path) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << verifier::HeadLine({"a note", "a key"});
  for (const verifier::LeafEntry& entry : entries) file << verifier::LeafLine(entry);
  file.flush();
  Must(file.good(), "an export is written");
}

void VerifyExport(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  verifier::LogCheck check;
  const auto add = [&check](const verifier::LeafParts& leaf) { return check.Add(leaf); };
  Must(verifier::ReadExport(file, add).ok(), "the export holds");
}

}  // namespace

void CompareVerifying(Scene& scene, int rounds, std::vector<Row>& rows) {
  Entries entries;
  scene.Stopped([&](Growth& growth) {
    if (growth.Records() < kLeavesVerified) {
      growth.AddEvents(scene.people, kLeavesVerified - growth.Records());
    }
    growth.EachLeaf(kLeavesVerified,
                    [&](const v1::LogLeaf& leaf) { entries.push_back(verifier::EntryAnswered(leaf)); });
  });
  const std::filesystem::path path = scene.stage.directory() / "export.jsonl";
  WriteExport(entries, path);
  AllHashes hashes(entries);
  const double count = static_cast<double>(entries.size()) * 1e6;
  Rounds handed;
  Rounds exported;
  for (int round = 0; round < rounds; ++round) {
    const double hashed = CpuOf([&] { hashes.Make(); });
    handed.Add(count / CpuOf([&] { VerifyAll(entries); }), count / hashed);
    exported.Add(count / CpuOf([&] { VerifyExport(path); }), count / hashed);
  }
  std::filesystem::remove(path);
  rows.push_back(handed.AsRow("offline_verification_over_sha256",
                              "offline verification, entries a second, over bare SHA-256 of the "
                              "same bytes",
                              true, "1/s"));
  rows.push_back(exported.AsRow("offline_verification_of_an_export_over_sha256",
                                "the same from an export's JSON, read and decoded", true, "1/s"));
}

double SecondsToVerify(const Growth& growth) {
  const auto begun = std::chrono::steady_clock::now();
  verifier::LogCheck check;
  growth.EachLeaf(growth.Records(), [&check](const v1::LogLeaf& leaf) {
    Must(check.Add(verifier::EntryAnswered(leaf)).ok(), "the log holds");
  });
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

}  // namespace tearline::benchmark
