// The house looks at itself. Rules that people keep by remembering are not kept.
#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <string>
#include <vector>

#include "tests/house/floors.h"
#include "tests/house/source_file.h"

namespace tearline::house {
namespace {

/// The floors of ARCHITECTURE.md.
const std::map<std::string, int>& FloorOf() {
  static const std::map<std::string, int> floors = {{"proto", 0},      {"proto_services", 0},
                                                    {"proto_grpc", 0}, {"status", 0},
                                                    {"model", 1},      {"clock", 1},
                                                    {"crypto", 1},     {"concurrency", 1},
                                                    {"telemetry", 1},  {"policy", 2},
                                                    {"merkle", 2},     {"identity", 2},
                                                    {"ledger", 3},     {"state", 3},
                                                    {"vault", 3},      {"audit", 4},
                                                    {"machine", 4},    {"sequencer", 5},
                                                    {"delivery", 5},   {"cosign", 5},
                                                    {"config", 6},     {"rpc", 6},
                                                    {"disk", 3}};
  return floors;
}

const Floors& TheFloors() {
  static const Floors floors = Floors::Read(TEARLINE_BINARY_DIR "/floors.txt");
  return floors;
}

/// The room, or generated library, that a header comes from; "" if it is foreign.
std::string RoomOfHeader(const std::string& name) {
  if (name.starts_with("broker/")) {
    const std::size_t end = name.find('/', 7);
    return end == std::string::npos ? "assembly" : name.substr(7, end - 7);
  }
  if (!name.starts_with("tearline/")) return "";
  if (name.ends_with(".grpc.pb.h")) return "proto_grpc";
  return name.ends_with("_service.pb.h") ? "proto_services" : "proto";
}

/// Generated code leans on generated code: what gives services gives messages too.
bool MayInclude(const std::string& room, const std::string& other) {
  const Floors& floors = TheFloors();
  if (floors.Allows(room, other)) return true;
  const bool services = floors.Allows(room, "proto_services");
  const bool grpc = floors.Allows(room, "proto_grpc");
  if (other == "proto") return services || grpc;
  return other == "proto_services" && grpc;
}

TEST(House, KnowsItsFloors) {
  ASSERT_GE(TheFloors().rooms().size(), 10U) << "CMake wrote no floors.txt";
  for (const std::string& room : RoomsOf("broker")) {
    EXPECT_TRUE(FloorOf().contains(room))
        << "broker/" << room << " has no floor: give it one here and in ARCHITECTURE.md";
    // Without gRPC (the tsan preset) the door is not built.
    EXPECT_TRUE(TheFloors().rooms().contains(room) || room == "rpc" ||
                SourceFiles("broker/" + room).empty())
        << "broker/" << room << "/CMakeLists.txt does not call tearline_module";
  }
}

TEST(House, EveryRoomLeansOnlyDownOrSideways) {
  for (const auto& [room, deps] : TheFloors().rooms()) {
    const auto floor = FloorOf().find(room);
    if (floor == FloorOf().end()) continue;  // Said above.
    for (const std::string& dep : deps) {
      const auto other = FloorOf().find(dep);
      if (other == FloorOf().end()) continue;
      EXPECT_LE(other->second, floor->second)
          << "room `" << room << "` leans up on `" << dep << "`; turn the dependency round";
    }
  }
}

TEST(House, EveryIncludeGoesDown) {
  for (const SourceFile& file : SourceFiles("broker")) {
    const std::string room = file.Room();
    // Assembly knows everyone; a room that is not built was told of above.
    if (room.empty() || !TheFloors().rooms().contains(room)) continue;
    for (const Include& include : file.Includes()) {
      const std::string other = RoomOfHeader(include.name);
      if (other.empty()) continue;
      EXPECT_TRUE(MayInclude(room, other))
          << file.path << ':' << include.line << ": room `" << room << "` may not include `"
          << other << "`; its DEPS are " << TheFloors().Of(room) << "; add it to DEPS in broker/"
          << room << "/CMakeLists.txt if it stands on a lower floor, or move the code";
    }
  }
}

TEST(House, ClientsShareOnlyTheSpokenWord) {
  for (const SourceFile& file : SourceFiles("clients")) {
    for (const Include& include : file.Includes()) {
      EXPECT_FALSE(include.name.starts_with("broker/"))
          << file.path << ':' << include.line
          << ": a verifier that shares code with the prover proves nothing; use proto/ only";
    }
  }
}

/// A foreign library, by how its headers are named, and the only places that may meet it.
struct Seam {
  const char* library;
  const char* headers;              // A regular expression on the include.
  std::vector<const char*> places;  // Directories.
};

TEST(House, EveryForeignLibraryHasItsSeam) {
  const std::vector<Seam> seams = {
      {"RocksDB",
       "^rocksdb/",
       {"broker/disk/", "broker/ledger/", "broker/state/", "broker/vault/"}},
      {"librdkafka", "^librdkafka/", {"broker/ledger/"}},
      {"OpenSSL", "^openssl/", {"broker/crypto/", "broker/identity/", "clients/"}},
      {"gRPC", "^grpc(pp)?/|\\.grpc\\.pb\\.h$", {"broker/rpc/", "clients/"}},
      {"CLI11", "^CLI/", {"clients/cli/"}},
      {"cpp-httplib", "^httplib", {"broker/cosign/", "clients/witness/"}},
      {"nlohmann-json", "^nlohmann/", {"clients/"}},
  };
  for (const char* top : {"broker", "clients"}) {
    for (const SourceFile& file : SourceFiles(top)) {
      for (const Include& include : file.Includes()) {
        for (const Seam& seam : seams) {
          if (!std::regex_search(include.name, std::regex(seam.headers))) continue;
          bool at_home = false;
          for (const char* place : seam.places) at_home |= file.path.starts_with(place);
          EXPECT_TRUE(at_home) << file.path << ':' << include.line << ": " << seam.library
                               << " is met elsewhere only; ask its room for what you need";
        }
      }
    }
  }
}

/// A header that shows a foreign library is its room's own affair: nobody else may include it.
TEST(House, ForeignLibrariesDoNotLeakUpward) {
  static const std::regex kForeign("^(rocksdb|librdkafka|openssl)/");
  std::map<std::string, std::string> shows;  // Header, and the library it shows.
  for (const SourceFile& file : SourceFiles("broker", {".h"})) {
    for (const Include& include : file.Includes()) {
      if (std::regex_search(include.name, kForeign)) shows[file.path] = include.name;
    }
  }
  for (const SourceFile& file : SourceFiles("broker")) {
    for (const Include& include : file.Includes()) {
      const auto shown = shows.find(include.name);
      if (shown == shows.end()) continue;
      EXPECT_EQ(RoomOfHeader(include.name), file.Room())
          << file.path << ':' << include.line << ": " << include.name << " shows " << shown->second
          << "; keep the library in the .cc, or name its types forward";
    }
  }
}

/// Law 4. Facts in, decisions out: the same ledger, the same state, on every machine and build.
TEST(House, DeterministicRoomsKnowNoTimeNoChanceNoOrderOfHashing) {
  const std::vector<const char*> words = {"system_clock",
                                          "steady_clock",
                                          "high_resolution_clock",
                                          "<ctime>",
                                          "<random>",
                                          "rand",
                                          "random_device",
                                          "<thread>",
                                          "<mutex>",
                                          "<atomic>",
                                          "<future>",
                                          "thread_local",
                                          "<filesystem>",
                                          "<fstream>",
                                          "<iostream>",
                                          "getenv",
                                          "environ",
                                          "unordered_map",
                                          "unordered_set",
                                          "flat_hash_map",
                                          "flat_hash_set",
                                          "node_hash_map",
                                          "node_hash_set",
                                          "locale",
                                          "<cctype>",
                                          "tolower",
                                          "toupper",
                                          "isalpha",
                                          "isdigit",
                                          "isspace",
                                          "float",
                                          "double",
                                          "strtod",
                                          "stod",
                                          "reinterpret_cast<std::uintptr_t>"};
  for (const char* room : {"model", "policy", "merkle", "audit", "machine"}) {
    for (const SourceFile& file : SourceFiles("broker/" + std::string(room))) {
      for (const char* word : words) {
        EXPECT_EQ(file.FirstLineWithWord(word), 0)
            << file.path << " mentions " << word << " on that line; room `" << room
            << "` is replayed on other machines: take it from the record, or move it up";
      }
      for (const Include& include : file.Includes()) {
        EXPECT_FALSE(include.name.starts_with("broker/vault/"))
            << file.path << ':' << include.line
            << ": deterministic rooms never open the vault (a replay after erasure must agree)";
      }
    }
  }
}

/// Law 12. A map has no order and a float no single form: neither may lie in a digest.
TEST(House, WhatLiesOnDiskHasNoMapAndNoFloat) {
  for (const SourceFile& file : SourceFiles("proto/tearline/stored", {".proto"})) {
    for (const char* word : {"map<", "float", "double"}) {
      EXPECT_EQ(file.FirstLineWithWord(word), 0)
          << file.path << " has `" << word << "`; use repeated messages and integers";
    }
  }
}

}  // namespace
}  // namespace tearline::house
