#include "tests/benchmark/proof_bench.h"

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <ctime>
#include <stdexcept>
#include <string>
#include <utility>

#include "broker/audit/audit_log.h"
#include "broker/merkle/hashing.h"
#include "broker/merkle/proof.h"
#include "clients/verifier/log_check.h"
#include "tearline/v1/audit_service.grpc.pb.h"
#include "tests/benchmark/process.h"

namespace tearline::benchmark {
namespace {

constexpr std::size_t kProofs = 2'000;
constexpr std::size_t kLeavesVerified = 20'000;
constexpr char kAuditor[] = "inspectorate/auditor";

/// What a piece of work takes of the processor, in microseconds.
template <typename Work>
double CpuOf(Work work) {
  const auto now = [] {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
  };
  const double begun = now();
  work();
  return now() - begun;
}

void Must(bool holds, const char* what) {
  if (!holds) throw std::runtime_error(what);
}

verifier::LeafEntry EntryFrom(const v1::LogLeaf& leaf) {
  verifier::LeafEntry entry;
  entry.index = leaf.index();
  entry.leaf = leaf.leaf();
  for (const v1::LeafDetail& detail : leaf.details()) {
    entry.slots.push_back(detail.index());
    entry.details.push_back(detail.salted());
  }
  entry.padding_hashes.assign(leaf.padding_hashes().begin(), leaf.padding_hashes().end());
  entry.beside_hashes.assign(leaf.beside_hashes().begin(), leaf.beside_hashes().end());
  return entry;
}

/// Every hash that a check of these leaves needs: of each detail, of the nodes above, of each leaf
/// and of one node of the tree for each.
void HashAll(const std::vector<verifier::LeafEntry>& entries) {
  crypto::Digest last;
  for (const verifier::LeafEntry& entry : entries) {
    for (const std::string& detail : entry.details) last = merkle::LeafHash(detail);
    const std::size_t slots = entry.details.size() + entry.padding_hashes.size();
    for (std::size_t i = 0; i + 1 < slots + entry.beside_hashes.size(); ++i) {
      last = merkle::NodeHash(last, last);
    }
    last = merkle::NodeHash(merkle::LeafHash(entry.leaf), last);
  }
  Must(last != crypto::Digest(), "hashes are made");
}

/// Reads the whole log over the wire; how many leaves it had.
std::uint64_t ReadLog(Scene& scene) {
  v1::ReadLeavesRequest request;
  request.mutable_acting()->set_post(kAuditor);
  request.mutable_acting()->set_purpose("audit");
  const auto stub = v1::AuditService::NewStub(scene.stage.ChannelOf(kAuditor));
  grpc::ClientContext context;
  const auto reader = stub->ReadLeaves(&context, request);
  std::uint64_t leaves = 0;
  v1::ReadLeavesResponse response;
  while (reader->Read(&response)) leaves += static_cast<std::uint64_t>(response.leaves_size());
  const grpc::Status status = reader->Finish();
  if (!status.ok()) throw std::runtime_error("reading the log: " + status.error_message());
  return leaves;
}

}  // namespace

void CompareProofs(const state::View& view, int rounds, std::vector<Row>& rows) {
  const audit::AuditTree tree(view);
  const std::uint64_t size = tree.Size();
  const crypto::Digest root = tree.RootAt(size);
  Rounds building;
  Rounds checking;
  for (int round = 0; round < rounds; ++round) {
    std::vector<std::vector<crypto::Digest>> proofs(kProofs);
    std::vector<crypto::Digest> leaves(kProofs);
    const auto index_of = [&](std::size_t i) { return (i * 7'919 + 13) * 104'729 % size; };
    for (std::size_t i = 0; i < kProofs; ++i) leaves[i] = tree.Node(0, index_of(i));
    const double built = CpuOf([&] {
      for (std::size_t i = 0; i < kProofs; ++i) {
        proofs[i] = merkle::InclusionProof(index_of(i), size, tree);
      }
    });
    const double checked = CpuOf([&] {
      for (std::size_t i = 0; i < kProofs; ++i) {
        Must(merkle::VerifyInclusion(leaves[i], index_of(i), size, proofs[i], root).ok(),
             "a proof of our own holds");
      }
    });
    const double hashed = CpuOf([&] {
      for (std::size_t i = 0; i < kProofs; ++i) {
        crypto::Digest last = leaves[i];
        for (const crypto::Digest& beside : proofs[i]) last = merkle::NodeHash(last, beside);
      }
    });
    building.Add(built / kProofs, hashed / kProofs);
    checking.Add(checked / kProofs, hashed / kProofs);
  }
  const std::string at = "_at_" + std::to_string(size) + "_leaves";
  rows.push_back(building.AsRow(
      "proof_built" + at + "_over_its_hashes",
      "an inclusion proof built at " + std::to_string(size) + " leaves, over as many hashes", false,
      "us"));
  rows.push_back(checking.AsRow("proof_checked" + at + "_over_its_hashes",
                                "the same checked, over as many hashes", false, "us"));
}

void CompareVerifying(Scene& scene, int rounds, std::vector<Row>& rows) {
  std::vector<verifier::LeafEntry> entries;
  scene.Stopped([&](Growth& growth) {
    if (growth.Records() < kLeavesVerified) {
      growth.AddEvents(scene.people, kLeavesVerified - growth.Records());
    }
    growth.EachLeaf(kLeavesVerified,
                    [&](const v1::LogLeaf& leaf) { entries.push_back(EntryFrom(leaf)); });
  });
  Rounds rate;
  for (int round = 0; round < rounds; ++round) {
    const double verified = CpuOf([&] {
      verifier::LogCheck check;
      for (const verifier::LeafEntry& entry : entries) Must(check.Add(entry).ok(), "the log holds");
    });
    const double hashed = CpuOf([&] { HashAll(entries); });
    const auto count = static_cast<double>(entries.size());
    rate.Add(count / verified * 1e6, count / hashed * 1e6);
  }
  rows.push_back(rate.AsRow(
      "offline_verification_over_sha256",
      "offline verification, entries a second, over SHA-256 of the same bytes", true, "1/s"));
}

double SecondsToVerify(const Growth& growth) {
  const auto begun = std::chrono::steady_clock::now();
  verifier::LogCheck check;
  growth.EachLeaf(growth.Records(), [&check](const v1::LogLeaf& leaf) {
    Must(check.Add(EntryFrom(leaf)).ok(), "the log holds");
  });
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

void CompareExporting(Scene& scene, std::vector<Row>& rows) {
  (void)ReadLog(scene);  // What a first reading makes and keeps does not count.
  const auto before = static_cast<double>(ResidentKb(scene.stage.process()));
  const std::uint64_t leaves = ReadLog(scene);
  Rounds memory;
  memory.Add(static_cast<double>(ResidentKb(scene.stage.process())) / 1024, before / 1024);
  rows.push_back(memory.AsRow("memory_after_reading_the_log_over_before",
                              "the broker's memory after an auditor has read " +
                                  std::to_string(leaves) + " leaves, over that before",
                              false, "MiB"));
}

}  // namespace tearline::benchmark
