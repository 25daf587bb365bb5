// Vectors that other implementations test by, where somebody has put them beside the project:
// ../shared/vectors, or where TEARLINE_VECTORS says: then they must be there. Skipped, and said so,
// where there are none: the same formats have vectors of their own in the tests beside this one.
#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include <nlohmann/json.hpp>

#include "clients/verifier/base64.h"
#include "clients/verifier/cosignature.h"
#include "clients/verifier/ed25519.h"
#include "clients/verifier/note.h"
#include "clients/verifier/statement.h"
#include "clients/verifier/tile.h"
#include "clients/verifier/tile_directory.h"
#include "clients/verifier/tree.h"
#include "tests/clients/invented_log.h"
#include "tests/clients/run_tearline.h"

namespace tearline::verifier {
namespace {

using nlohmann::json;

std::string VectorsDirectory() {
  const char* named = std::getenv("TEARLINE_VECTORS");
  return named != nullptr ? named : TEARLINE_SOURCE_DIR "/../shared/vectors";
}

class SharedVectors : public testing::Test {
 protected:
  /// The vectors of that name; the test is skipped without them, unless somebody said where they
  /// are.
  void Read(const std::string& name) {
    std::ifstream file(VectorsDirectory() + '/' + name);
    if (!file && std::getenv("TEARLINE_VECTORS") != nullptr) {
      GTEST_FAIL() << "no " << name << " where TEARLINE_VECTORS says";
    }
    if (!file) GTEST_SKIP() << "no " << name << " in " << VectorsDirectory() << ": NOT TESTED";
    vectors_ = json::parse(file);
  }
  json vectors_;
};

Hash FromHexText(const json& text) { return HashFrom(*FromHex(text.get<std::string>())); }

std::vector<Hash> Hashes(const json& list) {
  std::vector<Hash> hashes;
  for (const json& text : list) hashes.push_back(FromHexText(text));
  return hashes;
}

TEST_F(SharedVectors, Trees) {
  Read("rfc6962_reference.json");
  if (IsSkipped() || HasFatalFailure()) return;
  TreeHead tree;
  const std::vector<Hash> roots = Hashes(vectors_["roots_by_size"]);
  const std::vector<Hash> leaves = Hashes(vectors_["leaf_hashes"]);
  EXPECT_EQ(tree.Root(), roots[0]);
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    EXPECT_EQ(LeafHash(*FromHex(vectors_["leaves_hex"][i].get<std::string>())), leaves[i]);
    tree.Append(leaves[i]);
    EXPECT_EQ(tree.Root(), roots[i + 1]);
  }
  for (const json& each : vectors_["inclusion"]) {
    const std::uint64_t index = each["index"];
    const std::uint64_t size = each["size"];
    std::vector<Hash> proof = Hashes(each["proof"]);
    EXPECT_TRUE(ProvesInclusion(proof, index, size, leaves[index], roots[size])) << each;
    proof.push_back(roots[0]);
    EXPECT_FALSE(ProvesInclusion(proof, index, size, leaves[index], roots[size])) << each;
  }
  for (const json& each : vectors_["consistency"]) {
    const std::uint64_t from = each["size1"];
    const std::uint64_t to = each["size2"];
    std::vector<Hash> proof = Hashes(each["proof"]);
    EXPECT_TRUE(ProvesConsistency(proof, from, to, roots[from], roots[to])) << each;
    proof.push_back(roots[0]);
    EXPECT_FALSE(ProvesConsistency(proof, from, to, roots[from], roots[to])) << each;
  }
}

/// The index that a tile's name gives, read loosely: nothing if what is written for it is another
/// name, or if there is no such place.
std::optional<std::uint64_t> IndexIn(const std::string& level, const std::string& rest) {
  const std::size_t partial = rest.find(".p/");
  std::string digits;
  for (const char c : rest.substr(0, partial)) {
    if (c >= '0' && c <= '9') digits += c;
  }
  const auto number = [](const std::string& text) -> std::optional<std::uint64_t> {
    std::uint64_t read = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), read);
    return fault == std::errc() && end == text.data() + text.size() ? std::optional(read)
                                                                    : std::nullopt;
  };
  const auto l = number(level);
  const auto index = number(digits);
  const auto width = partial == std::string::npos ? kTileWidth : number(rest.substr(partial + 3));
  if (!l || *l > 63 || !index || !width || *width == 0 || *width > kTileWidth) return std::nullopt;
  const std::string written =
      TilePath(static_cast<std::uint32_t>(*l), *index, static_cast<std::size_t>(*width));
  return written == "tile/" + level + '/' + rest ? index : std::nullopt;
}

TEST_F(SharedVectors, TilePaths) {
  Read("tile_layout.json");
  if (IsSkipped() || HasFatalFailure()) return;
  for (const json& each : vectors_["format_tile_path"]) {
    const std::size_t partial = each["partial"];
    EXPECT_EQ(TilePath(each["level"], each["index"], partial == 0 ? kTileWidth : partial),
              each["path"]);
  }
  for (const json& each : vectors_["format_entries_path"]) {
    const std::uint64_t index = each["index"].get<std::uint64_t>() / kTileWidth;
    const std::uint64_t size = each["log_size"];
    const std::size_t width =
        index < size / kTileWidth ? kTileWidth : static_cast<std::size_t>(size % kTileWidth);
    EXPECT_EQ(EntriesPath(index, width), each["path"]) << each;
  }
  for (const json& each : vectors_["parse_ok"]) {
    EXPECT_EQ(IndexIn(each["level"], each["rest"]), each["want_index"].get<std::uint64_t>())
        << each;
  }
  for (const json& each : vectors_["parse_reject"]) {
    EXPECT_EQ(IndexIn(each["level"], each["rest"]), std::nullopt) << each;
  }
}

/// A log of the 70,000 leaves entry-0, entry-1 …: every file is what others say it is, and what is
/// bent is refused.
TEST_F(SharedVectors, TilesOfALargeLog) {
  Read("tile_layout.json");
  if (IsSkipped() || HasFatalFailure()) return;
  constexpr std::uint64_t kSize = 70'000;
  const doubles::Workplace workplace;
  const std::string directory = workplace.Path("log");
  absl::StatusOr<TileWriter> writer = TileWriter::Open(directory);
  ASSERT_TRUE(writer.ok()) << writer.status();
  while (writer->Size() < kSize) {
    ASSERT_TRUE(writer->Append("entry-" + std::to_string(writer->Size())).ok());
  }
  const VerifierKey key = doubles::InventedLog().Key();
  const std::string text =
      key.name + '\n' + std::to_string(kSize) + '\n' + Base64(Bytes(writer->Root())) + '\n';
  ASSERT_TRUE(writer->Publish(doubles::InventedLog::SignedText(text)).ok());

  const auto file = [&](const std::string& path) {
    return doubles::FileBytes(directory + '/' + path);
  };
  const auto digest = [&](const std::string& path) { return Hex(Bytes(Sha256(file(path)))); };
  std::string all;
  std::size_t count = 0;
  for (std::uint32_t level = 0; kSize >> (8 * level) != 0; ++level) {
    const std::uint64_t hashes = kSize >> (8 * level);
    for (std::uint64_t first = 0; first < hashes; first += kTileWidth, ++count) {
      const auto width =
          static_cast<std::size_t>(std::min<std::uint64_t>(kTileWidth, hashes - first));
      const std::string path = TilePath(level, first / kTileWidth, width);
      all += path + ' ' + std::to_string(file(path).size()) + ' ' + digest(path) + '\n';
    }
  }
  EXPECT_EQ(count, vectors_["tiles_70000_count"]);
  EXPECT_EQ(Hex(Bytes(Sha256(all))), vectors_["tiles_70000_all_sha256"]);
  const auto verifies = [&] {
    return CheckTiles(directory, key, [](auto, const auto&) { return absl::OkStatus(); }).ok();
  };
  EXPECT_TRUE(verifies());
  for (const char* list : {"tiles_70000", "entry_bundles_70000"}) {
    for (const json& each : vectors_[list]) {
      const std::string path = each["path"];
      EXPECT_EQ(file(path).size(), each["bytes"]) << path;
      EXPECT_EQ(digest(path), each["sha256"]) << path;
      const std::string bytes = file(path);
      std::string bent = bytes;
      bent.back() = static_cast<char>(bent.back() ^ 1);
      std::ofstream(directory + '/' + path, std::ios::binary) << bent;
      EXPECT_FALSE(verifies()) << path;
      std::ofstream(directory + '/' + path, std::ios::binary) << bytes;
    }
  }
}

TEST_F(SharedVectors, CheckpointTexts) {
  Read("checkpoint_text.json");
  if (IsSkipped() || HasFatalFailure()) return;
  for (const char* list : {"parse_reject", "strict_reject"}) {
    for (const json& each : vectors_[list]) {
      EXPECT_FALSE(ReadCheckpoint(each["text"].get<std::string>()).ok()) << each;
    }
  }
  for (const json& each : vectors_["strict_ok"]) {
    EXPECT_TRUE(ReadCheckpoint(each["text"].get<std::string>()).ok()) << each;
  }
}

/// Whether all these keys are satisfied with the note, and at least one signed it.
bool Opens(const std::string& note, const json& trusted) {
  bool is_signed = false;
  for (const json& text : trusted) {
    const auto key = ReadVerifierKey(text.get<std::string>());
    if (key.ok() && OpenNote(note, *key).ok()) is_signed = true;
  }
  return is_signed;
}

TEST_F(SharedVectors, Notes) {
  Read("notes.json");
  if (IsSkipped() || HasFatalFailure()) return;
  for (const json& each : vectors_["open_ok"]) {
    EXPECT_TRUE(Opens(each["note"], each["trust"])) << each;
  }
  for (const json& each : vectors_["open_reject"]) {
    if (each.contains("note_rule")) continue;  // A hundred lines and one: note_test.cc.
    const std::string note = each.contains("note_hex")
                                 ? *FromHex(each["note_hex"].get<std::string>())
                                 : each["note"].get<std::string>();
    EXPECT_FALSE(Opens(note, each["trust"])) << each;
  }
  for (const json& text : vectors_["vkey_reject"]) {
    EXPECT_FALSE(ReadVerifierKey(text.is_string() ? text.get<std::string>()
                                                  : text["vkey"].get<std::string>())
                     .ok())
        << text;
  }
  for (const json& each : vectors_["key_id"]) {
    const std::string key = *FromHex(each["pub_hex"].get<std::string>());
    EXPECT_EQ(Hex(MakeVerifierKey(KeyType::kNote, each["name"], key).id), each["key_id"]);
  }
}

TEST_F(SharedVectors, Cosignatures) {
  Read("cosignatures.json");
  if (IsSkipped() || HasFatalFailure()) return;
  std::vector<VerifierKey> witnesses;
  for (const json& each : vectors_["witnesses"]) {
    witnesses.push_back(
        *ReadVerifierKey(each["cosigner_vkey"].get<std::string>(), KeyType::kCosignature));
  }
  std::size_t verified = 0;
  for (const json& each : vectors_["ok"]) {
    if (!each.contains("cosigned_note")) continue;
    for (std::size_t i = 0; i < witnesses.size(); ++i) {
      const auto time_s = CosignedAt(each["cosigned_note"].get<std::string>(), witnesses[i]);
      if (each["timestamps"][i] == 0) {
        EXPECT_FALSE(time_s.ok()) << "no witness answers so";
        continue;
      }
      ASSERT_TRUE(time_s.ok()) << time_s.status();
      EXPECT_EQ(*time_s, each["timestamps"][i].get<std::uint64_t>());
      ++verified;
    }
  }
  EXPECT_GE(verified, 3u);
  for (const json& each : vectors_["reject"]) {
    const std::string note =
        each["note_text"].get<std::string>() + '\n' + each["line"].get<std::string>();
    const auto time_s = CosignedAt(note, witnesses[0]);
    EXPECT_FALSE(time_s.ok() && time_s->has_value()) << each;
  }
}

TEST_F(SharedVectors, Statements) {
  Read("dsse.json");
  if (IsSkipped() || HasFatalFailure()) return;
  const json& spec = vectors_["spec_vector"];
  EXPECT_EQ(PreAuthentication(spec["payload_type"].get<std::string>(),
                              spec["payload"].get<std::string>()),
            spec["pae"]);
  const std::string key = *FromHex(vectors_["ed25519"]["pub_hex"].get<std::string>());
  ASSERT_TRUE(IsFitKey(key));
  for (const json& each : vectors_["ed25519"]["cases"]) {
    const std::string type = each["payload_type"];
    const std::string payload = *FromHex(each["payload_hex"].get<std::string>());
    const std::string signature = *FromHex(each["ed25519_sig_hex"].get<std::string>());
    EXPECT_EQ(Hex(PreAuthentication(type, payload)), each["pae_hex"]) << each;
    EXPECT_TRUE(SignedBy(key, PreAuthentication(type, payload), signature)) << each;
    EXPECT_FALSE(SignedBy(key, PreAuthentication(type + "x", payload), signature)) << each;
    EXPECT_FALSE(SignedBy(key, payload, signature)) << "over the payload alone: " << each;
  }
}

/// Whoever says where they are is not told that all is well without them.
TEST(Vectors, ThatSomebodyNamesAreNotSkipped) {
  const std::string judged = " '" TEARLINE_BINARY_DIR
                             "/bin/clients_test' --gtest_filter='SharedVectors.*' > /dev/null 2>&1";
  EXPECT_NE(std::system(("TEARLINE_VECTORS=/nonexistent" + judged).c_str()), 0);
}

}  // namespace
}  // namespace tearline::verifier
