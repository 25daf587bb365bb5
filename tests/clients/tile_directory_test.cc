#include "clients/verifier/tile_directory.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <vector>

#include "tests/clients/invented_log.h"
#include "tests/clients/run_tearline.h"

namespace tearline::verifier {
namespace {

namespace fs = std::filesystem;
using doubles::InventedLog;
using doubles::Workplace;

/// A log of `size` small leaves.
InventedLog LogOf(std::size_t size) {
  InventedLog log;
  while (log.Entries().size() < size) log.Add({}, 2000);
  return log;
}

/// Appends the log's leaves from where the writer is up to `end`.
void Append(InventedLog& log, std::size_t end, TileWriter& writer) {
  while (writer.Size() < end) {
    ASSERT_TRUE(writer.Append(log.Entries()[writer.Size()].leaf).ok());
  }
}

void Export(InventedLog& log, std::size_t end, const std::string& directory) {
  absl::StatusOr<TileWriter> writer = TileWriter::Open(directory);
  ASSERT_TRUE(writer.ok()) << writer.status();
  Append(log, end, *writer);
  ASSERT_TRUE(writer->Publish(log.Note(end)).ok());
}

/// Every file below a directory.
std::map<std::string, std::string> FilesOf(const std::string& directory) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    if (!entry.is_regular_file()) continue;
    files[fs::relative(entry.path(), directory).string()] =
        doubles::FileBytes(entry.path().string());
  }
  return files;
}

absl::Status Check(const std::string& directory, const InventedLog& log) {
  const auto any = [](std::uint64_t, const std::string&) { return absl::OkStatus(); };
  return CheckTiles(directory, log.Key(), any).status();
}

TEST(TileDirectory, HoldsWhatWasWrittenUnderTheNamesOfTheFormat) {
  const Workplace workplace;
  InventedLog log = LogOf(600);
  const std::string directory = workplace.Path("log");
  Export(log, 600, directory);
  std::string names;
  for (const auto& [name, bytes] : FilesOf(directory)) names += name + '\n';
  EXPECT_EQ(names,
            "checkpoint\ntile/0/000\ntile/0/001\ntile/0/002.p/88\ntile/1/000.p/2\n"
            "tile/entries/000\ntile/entries/001\ntile/entries/002.p/88\n");
  std::vector<std::string> entries;
  const auto keep = [&entries](std::uint64_t index, const std::string& entry) {
    EXPECT_EQ(index, entries.size());
    entries.push_back(entry);
    return absl::OkStatus();
  };
  const absl::StatusOr<Checkpoint> checkpoint = CheckTiles(directory, log.Key(), keep);
  ASSERT_TRUE(checkpoint.ok()) << checkpoint.status();
  EXPECT_EQ(checkpoint->tree_size, 600u);
  ASSERT_EQ(entries.size(), 600u);
  for (std::size_t i = 0; i < 600; ++i) EXPECT_EQ(entries[i], log.Entries()[i].leaf) << i;
}

/// However it was cut into runs, the directory holds the same in the end, and beside it only what
/// earlier checkpoints need.
TEST(TileDirectory, IsContinuedWhereItEnds) {
  const Workplace workplace;
  InventedLog log = LogOf(1'100);
  for (const std::size_t end : {0u, 1u, 100u, 255u, 256u, 257u, 511u, 700u, 701u, 1'024u, 1'100u}) {
    Export(log, end, workplace.Path("in-steps"));
    const std::string at_once = workplace.Path("at-once-" + std::to_string(end));
    Export(log, end, at_once);
    std::map<std::string, std::string> in_steps = FilesOf(workplace.Path("in-steps"));
    for (const auto& [name, bytes] : FilesOf(at_once)) {
      EXPECT_EQ(in_steps[name], bytes) << name << " at " << end;
      in_steps.erase(name);
    }
    for (const auto& [name, bytes] : in_steps) {
      const std::string full = name.substr(0, name.find(".p/"));
      EXPECT_NE(full, name) << "a full file too many at " << end;
      EXPECT_FALSE(fs::exists(at_once + '/' + full)) << name << " has its full file at " << end;
    }
    EXPECT_TRUE(Check(at_once, log).ok()) << end;
  }
}

/// Partial files may go only when the full one is there: C2SP tlog-tiles.
TEST(TileDirectory, WhoeverHoldsAnEarlierCheckpointFindsWhatItNeeds) {
  const Workplace workplace;
  InventedLog log = LogOf(1'100);
  const std::string directory = workplace.Path("log");
  std::vector<std::size_t> ends;
  for (const std::size_t end : {1u, 100u, 255u, 257u, 300u, 511u, 700u, 701u, 1'100u}) {
    Export(log, end, directory);
    ends.push_back(end);
    for (const std::size_t earlier : ends) {
      std::ofstream(directory + "/checkpoint", std::ios::binary) << log.Note(earlier);
      EXPECT_TRUE(Check(directory, log).ok()) << earlier << " after " << end;
    }
    EXPECT_EQ(doubles::FileBytes(directory + "/checkpoint"), log.Note(end));
  }
}

TEST(TileDirectory, IsContinuedBehindItsCheckpointIfARunWasCutOff) {
  const Workplace workplace;
  InventedLog log = LogOf(1'100);
  const std::string directory = workplace.Path("log");
  Export(log, 100, directory);
  {
    absl::StatusOr<TileWriter> writer = TileWriter::Open(directory);
    ASSERT_TRUE(writer.ok());
    Append(log, 800, *writer);  // and never published
  }
  EXPECT_TRUE(Check(directory, log).ok()) << "what its checkpoint needs is there";
  absl::StatusOr<TileWriter> writer = TileWriter::Open(directory);
  ASSERT_TRUE(writer.ok()) << writer.status();
  EXPECT_EQ(writer->Size(), 768u) << "three full bundles";
  EXPECT_EQ(writer->SignedNote(), log.Note(100));
  Export(log, 1'100, directory);
  Export(log, 1'100, workplace.Path("at-once"));
  EXPECT_EQ(FilesOf(directory), FilesOf(workplace.Path("at-once")))
      << "no place that is not full yet was published before";
}

/// The tile above is written after the one that fills it; a run may end between the two.
TEST(TileDirectory, IsContinuedBeforeATileWhoseParentWasNotWritten) {
  const Workplace workplace;
  const std::string directory = workplace.Path("log");
  {
    absl::StatusOr<TileWriter> writer = TileWriter::Open(directory);
    ASSERT_TRUE(writer.ok());
    for (int i = 0; i < 66'000; ++i) ASSERT_TRUE(writer->Append(std::to_string(i)).ok());
  }
  EXPECT_EQ(TileWriter::Open(directory)->Size(), 257u * 256u);
  fs::remove(directory + "/tile/0/256");
  EXPECT_EQ(TileWriter::Open(directory)->Size(), 65'536u);
  fs::remove(directory + "/tile/1/000");
  absl::StatusOr<TileWriter> writer = TileWriter::Open(directory);
  ASSERT_TRUE(writer.ok());
  EXPECT_EQ(writer->Size(), 255u * 256u);
  TreeHead tree;
  for (int i = 0; i < 66'000; ++i) {
    tree.Append(LeafHash(std::to_string(i)));
    if (static_cast<std::uint64_t>(i) < 255u * 256u) continue;
    ASSERT_TRUE(writer->Append(std::to_string(i)).ok());
  }
  EXPECT_EQ(writer->Root(), tree.Root());
}

/// Turns one bit of every file, and takes every file away.
TEST(TileDirectory, NoFileCanBeBentOrMissed) {
  const Workplace workplace;
  InventedLog log = LogOf(600);
  const std::string directory = workplace.Path("log");
  Export(log, 600, directory);
  ASSERT_TRUE(Check(directory, log).ok());
  for (const auto& [name, bytes] : FilesOf(directory)) {
    const std::string path = directory + '/' + name;
    for (const std::size_t at : {std::size_t{0}, bytes.size() / 2, bytes.size() - 1}) {
      std::string bent = bytes;
      bent[at] = static_cast<char>(bent[at] ^ 1);
      std::ofstream(path, std::ios::binary) << bent;
      EXPECT_FALSE(Check(directory, log).ok()) << name << " at " << at;
    }
    std::ofstream(path, std::ios::binary) << bytes.substr(0, bytes.size() - 1);
    EXPECT_FALSE(Check(directory, log).ok()) << name << " is a byte short";
    fs::remove(path);
    EXPECT_FALSE(Check(directory, log).ok()) << name << " is missing";
    std::ofstream(path, std::ios::binary) << bytes;
  }
  EXPECT_TRUE(Check(directory, log).ok());
}

TEST(TileDirectory, APartialFileMayBeGoneOnceTheFullOneIsThere) {
  const Workplace workplace;
  InventedLog log = LogOf(600);
  const std::string directory = workplace.Path("log");
  Export(log, 600, directory);
  // A log that has grown, with the checkpoint of a reader who came before.
  std::ofstream(directory + "/checkpoint", std::ios::binary) << log.Note(300);
  EXPECT_TRUE(Check(directory, log).code() == absl::StatusCode::kDataLoss)
      << "tile/1 of 300 leaves has 1 hash, and its full tile is not there yet";
  fs::create_directories(directory + "/tile/1/000.p");
  std::ofstream(directory + "/tile/1/000.p/1", std::ios::binary)
      << doubles::FileBytes(directory + "/tile/1/000.p/2").substr(0, 32);
  EXPECT_TRUE(Check(directory, log).ok());
}

/// A file holds as many as its name says and nothing behind them: other programs read it so.
TEST(TileDirectory, NoFileHoldsMoreThanItsNameSays) {
  const Workplace workplace;
  InventedLog log = LogOf(600);
  const std::string directory = workplace.Path("log");
  Export(log, 600, directory);
  for (const auto& [name, bytes] : FilesOf(directory)) {
    if (name == "checkpoint") continue;
    for (const std::string& more : {std::string("x"), BundledEntry(""), std::string(32, 'h')}) {
      std::ofstream(directory + '/' + name, std::ios::binary) << bytes << more;
      EXPECT_FALSE(Check(directory, log).ok()) << name << " and " << more.size();
    }
    std::ofstream(directory + '/' + name, std::ios::binary) << bytes;
  }
  EXPECT_TRUE(Check(directory, log).ok());
}

TEST(TileDirectory, RefusesToContinueWhatDoesNotGiveItsCheckpoint) {
  const Workplace workplace;
  InventedLog log = LogOf(600);
  const std::string directory = workplace.Path("log");
  Export(log, 300, directory);
  const std::string bundle = directory + "/tile/entries/001.p/44";
  std::string bytes = doubles::FileBytes(bundle);
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  std::ofstream(bundle, std::ios::binary) << bytes;
  EXPECT_FALSE(TileWriter::Open(directory).ok());
  EXPECT_TRUE(
      absl::IsPermissionDenied(TileWriter::Open(workplace.Path("no/such/parent")).status()));
}

TEST(TileDirectory, TheCommandChecksItAndNoticesARewrittenPast) {
  const Workplace workplace;
  InventedLog log = LogOf(600);
  Export(log, 600, workplace.Path("log"));
  const std::string verify = "audit verify --tiles " + workplace.Path("log") + " --trust " +
                             workplace.Path("trust") + " --verifier-key " + log.VerifierKeyText();
  const doubles::Ended ended = doubles::RunTearline(verify);
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_NE(ended.out.find("leaves       600"), std::string::npos) << ended.out;

  // The same key signs another past: whoever kept the old checkpoint notices.
  InventedLog other;
  other.Add({}, 1'999);
  while (other.Entries().size() < 700) other.Add({}, 2000);
  fs::remove_all(workplace.Path("log"));
  Export(other, 700, workplace.Path("log"));
  const doubles::Ended caught = doubles::RunTearline(verify);
  EXPECT_EQ(caught.code, 4) << caught.out;
  EXPECT_NE(caught.err.find("history was rewritten"), std::string::npos) << caught.err;

  // And a shorter one.
  fs::remove_all(workplace.Path("log"));
  Export(log, 500, workplace.Path("log"));
  EXPECT_EQ(doubles::RunTearline(verify).code, 4);
}

}  // namespace
}  // namespace tearline::verifier
