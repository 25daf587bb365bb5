#include "clients/verifier/log_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <sstream>

#include "clients/verifier/trust.h"
#include "tests/clients/invented_log.h"

namespace tearline::verifier {
namespace {

using doubles::InventedLog;
using testing::HasSubstr;

/// Checks `log` as it stands under `note`.
absl::Status Verify(InventedLog& log, const std::string& note) {
  LogCheck check;
  for (const LeafEntry& entry : log.Entries()) {
    if (const absl::Status status = check.Add(entry); !status.ok()) return status;
  }
  const absl::StatusOr<Checkpoint> checkpoint = OpenCheckpoint(note, log.Key());
  if (!checkpoint.ok()) return checkpoint.status();
  return check.Finish(*checkpoint);
}

TEST(LogCheck, AcceptsAnHonestLogAndCountsIt) {
  InventedLog log;
  LogCheck check;
  for (const LeafEntry& entry : log.Entries()) ASSERT_TRUE(check.Add(entry).ok());
  ASSERT_TRUE(check.Finish(*OpenCheckpoint(log.Note(), log.Key())).ok());
  const LogReport report = check.Report();
  EXPECT_EQ(report.leaves, 4u);
  EXPECT_EQ(report.details, 5u);
  EXPECT_EQ(report.decisions, 3u);
  EXPECT_EQ(report.withheld, 1u);
  EXPECT_EQ(report.releases, 2u);
  EXPECT_EQ(report.outcomes.at(kRefused), 1u);
  EXPECT_EQ(report.first_stamp_ms, 1000);
  EXPECT_EQ(report.last_stamp_ms, 1900);
}

struct Forgery {
  const char* what;
  std::function<void(InventedLog&)> bend;  // After the checkpoint was signed.
  const char* sentence;
};

// Read each row as: "whoever <what> after the checkpoint was signed is told <sentence>".
TEST(LogCheck, CatchesWhoeverBendsItAfterwards) {
  const Forgery kForgeries[] = {
      {"bends a leaf's header digest", [](InventedLog& log) { log.Entries()[1].leaf[40] ^= 1; },
       "root that the checkpoint signs"},
      {"bends a leaf's details root", [](InventedLog& log) { log.Entries()[1].leaf[143] ^= 1; },
       "leaf 1: its details do not give the root"},
      {"bends a fact", [](InventedLog& log) { log.Entries()[0].details[1].back() ^= 1; },
       "leaf 0: its details do not give the root"},
      {"bends a salt", [](InventedLog& log) { log.Entries()[0].details[0].front() ^= 1; },
       "leaf 0: its details do not give the root"},
      {"hides a fact behind padding",
       [](InventedLog& log) {
         log.Entries()[0].details.pop_back();
         log.Entries()[0].padding_hashes.push_back(std::string(32, 'x'));
       },
       "leaf 0: its details do not give the root"},
      {"drops a fact", [](InventedLog& log) { log.Entries()[0].details.pop_back(); },
       "leaf 0: its details must fill a power of two"},
      {"drops the last leaf", [](InventedLog& log) { log.Entries().pop_back(); },
       "the checkpoint counts 4 leaves; here are 3"},
      {"drops a leaf within",
       [](InventedLog& log) { log.Entries().erase(log.Entries().begin() + 1); },
       "leaf 2: it must follow the one before"},
      {"adds a leaf", [](InventedLog& log) { log.Add({}, 2000); },
       "the checkpoint counts 4 leaves; here are 5"},
      {"swaps the magic", [](InventedLog& log) { log.Entries()[3].leaf[0] = 'X'; },
       "leaf 3: it must be 144 bytes and start with TLL1"},
      {"cuts a leaf", [](InventedLog& log) { log.Entries()[3].leaf.pop_back(); },
       "leaf 3: it must be 144 bytes"},
  };
  for (const Forgery& forgery : kForgeries) {
    InventedLog log;
    const std::string note = log.Note();
    forgery.bend(log);
    const absl::Status status = Verify(log, note);
    EXPECT_FALSE(status.ok()) << forgery.what;
    EXPECT_THAT(std::string(status.message()), HasSubstr(forgery.sentence)) << forgery.what;
  }
}

// The same of a leaf whose details stand at drawn places.
TEST(LogCheck, FindsDetailsAtDrawnPlacesAndNowhereElse) {
  const Forgery kForgeries[] = {
      {"swaps two slots",
       [](InventedLog& log) { std::swap(log.Entries()[0].slots[0], log.Entries()[0].slots[1]); },
       "leaf 0: its details do not give the root"},
      {"puts two facts into one slot",
       [](InventedLog& log) { log.Entries()[0].slots[0] = log.Entries()[0].slots[1]; },
       "leaf 0: its details must stand in slots of their own"},
      {"puts one fact into another tree",
       [](InventedLog& log) { log.Entries()[0].slots[0] ^= 1U << 4; },
       "leaf 0: its details must stand in slots of their own"},
      {"puts all outside the tree",
       [](InventedLog& log) {
         for (std::uint32_t& slot : log.Entries()[0].slots) slot |= 1U << 10;
       },
       "leaf 0: its slots must lie within"},
      {"turns a side",
       [](InventedLog& log) {
         for (std::uint32_t& slot : log.Entries()[0].slots) slot ^= 1U << 9;
       },
       "leaf 0: its details do not give the root"},
      {"drops a slot", [](InventedLog& log) { log.Entries()[0].slots.pop_back(); },
       "leaf 0: each of its details must have its slot"},
      {"drops what is beside", [](InventedLog& log) { log.Entries()[0].beside_hashes.clear(); },
       "leaf 0: its slots must lie within"},
      {"bends what is beside",
       [](InventedLog& log) { log.Entries()[0].beside_hashes[6].front() ^= 1; },
       "leaf 0: its details do not give the root"},
  };
  InventedLog good;
  for (const std::size_t index : {0u, 1u, 3u}) good.Scatter(index);
  const std::string note = good.Note();
  ASSERT_TRUE(Verify(good, note).ok()) << Verify(good, note);
  std::istringstream file(good.Export(note));
  std::vector<LeafEntry> read;
  ASSERT_TRUE(ReadExport(file, [&read](const LeafParts& parts) {
                read.push_back(parts.Entry());
                return absl::OkStatus();
              }).ok());
  EXPECT_EQ(read[0].slots, good.Entries()[0].slots);
  EXPECT_EQ(read[0].beside_hashes, good.Entries()[0].beside_hashes);
  EXPECT_TRUE(read[2].slots.empty()) << "that leaf is of behaviour version 1";
  for (const Forgery& forgery : kForgeries) {
    InventedLog log = good;
    forgery.bend(log);
    const absl::Status status = Verify(log, note);
    EXPECT_FALSE(status.ok()) << forgery.what;
    EXPECT_THAT(std::string(status.message()), HasSubstr(forgery.sentence)) << forgery.what;
  }
}

// Read each row as: "a keeper of the log who <what> and signs it is told <sentence>".
TEST(LogCheck, CatchesAKeeperWhoSignsALie) {
  const Forgery kForgeries[] = {
      {"turns time back", [](InventedLog& log) { log.Add({}, 1899); },
       "leaf 4: its time is before"},
      {"leaves a gap in the positions",
       [](InventedLog& log) { log.Entries()[3].leaf[doubles::kPositionAt + 7] = 9; },
       "leaf 3: its position must be its index plus one"},
      {"lets go what was never judged",
       [](InventedLog& log) { log.Add({doubles::LetGo("e9", "p/q", 1, v1::LEVEL_FULL)}, 2000); },
       "never judged for that post"},
      {"lets go to a subscription what was judged for another post",
       [](InventedLog& log) {
         log.Add({doubles::Decided("e9", "p/q", v1::LEVEL_FULL),
                  doubles::LetGo("e9", "p/r/sub_00", 1, v1::LEVEL_FULL)},
                 2000);
       },
       "never judged for that post"},
      {"lets go more to a subscription than was decided for its post",
       [](InventedLog& log) {
         log.Add({doubles::Decided("e9", "p/q", v1::LEVEL_POINTER),
                  doubles::LetGo("e9", "p/q/sub_00", 1, v1::LEVEL_FULL)},
                 2000);
       },
       "another level than was decided"},
      {"lets go more than was decided",
       [](InventedLog& log) {
         log.Add({doubles::Decided("e9", "p/q", v1::LEVEL_POINTER),
                  doubles::LetGo("e9", "p/q", 1, v1::LEVEL_FULL)},
                 2000);
       },
       "another level than was decided"},
      {"lets go what was withheld",
       [](InventedLog& log) {
         log.Add({doubles::LetGo("e1", "college/guest", 1, v1::LEVEL_WITHHELD)}, 2000);
       },
       "another level than was decided"},
      {"skips a number of a feed",
       [](InventedLog& log) {
         log.Add({doubles::Decided("e9", "p/q", v1::LEVEL_FULL),
                  doubles::LetGo("e9", "p/q", 2, v1::LEVEL_FULL)},
                 2000);
       },
       "number is out of turn"},
      {"lets go again what was never let go",
       [](InventedLog& log) {
         log.Add({doubles::LetGoAgain("e2", "probation-north/chair", 3, v1::LEVEL_FULL)}, 2000);
       },
       "never let go before"},
      {"lets go again more than is decided now",
       [](InventedLog& log) {
         log.Add({doubles::Decided("e2", "probation-north/chair", v1::LEVEL_POINTER),
                  doubles::LetGoAgain("e2", "probation-north/chair", 2, v1::LEVEL_FULL)},
                 2000);
       },
       "another level than was decided"},
      {"writes a fact that is none",
       [](InventedLog& log) { log.Add({stored::v1::Detail()}, 2000); }, "does not read as a fact"},
      {"writes an outcome that is none", [](InventedLog& log) { log.Add({}, 2000, 6); },
       "its outcome must be"},
  };
  for (const Forgery& forgery : kForgeries) {
    InventedLog log;
    forgery.bend(log);
    const absl::Status status = Verify(log, log.Note());
    EXPECT_FALSE(status.ok()) << forgery.what;
    EXPECT_THAT(std::string(status.message()), HasSubstr(forgery.sentence)) << forgery.what;
  }
}

/// What was let go and judged again keeps its number, and takes none of a later one's.
TEST(LogCheck, BelievesWhatIsLetGoAgainAtTheLevelDecidedNow) {
  InventedLog log;
  log.Add({doubles::Decided("e2", "probation-north/chair", v1::LEVEL_POINTER),
           doubles::LetGoAgain("e2", "probation-north/chair", 2, v1::LEVEL_POINTER)},
          2000);
  log.Add({doubles::Decided("e3", "probation-north/chair", v1::LEVEL_FULL),
           doubles::LetGo("e3", "probation-north/chair", 3, v1::LEVEL_FULL)},
          2000);
  const absl::Status status = Verify(log, log.Note());
  EXPECT_TRUE(status.ok()) << status.message();
}

constexpr int kManyPosts = 32;
constexpr int kManyEvents = 40;

std::string ManyPost(int post) { return "agency/post-" + std::to_string(post); }

/// Ids of every length, most of them as long as a broker's.
std::string ManyEvent(int event) {
  const std::string name = "event-" + std::to_string(event);
  return name + std::string(event % 5 == 0 ? 300 : 16 - name.size(), 'x');
}

v1::Level ManyLevel(int event, int post) {
  const v1::Level levels[] = {v1::LEVEL_POINTER, v1::LEVEL_TEAR_LINE, v1::LEVEL_FULL};
  return levels[(event * 7 + post * post) % 3];
}

/// Events judged for many posts, then each let go to all, at the levels that `level` gives.
InventedLog ManyLetGo(const std::function<v1::Level(int event, int post)>& level) {
  InventedLog log;
  for (int event = 0; event < kManyEvents; ++event) {
    std::vector<stored::v1::Detail> facts;
    for (int post = 0; post < kManyPosts; ++post) {
      facts.push_back(
          doubles::Decided(ManyEvent(event), ManyPost(post), ManyLevel(event, post)));
    }
    log.Add(facts, 2000);
  }
  for (int event = 0; event < kManyEvents; ++event) {
    std::vector<stored::v1::Detail> facts;
    for (int post = 0; post < kManyPosts; ++post) {
      facts.push_back(doubles::LetGo(ManyEvent(event), ManyPost(post),
                                     static_cast<std::uint64_t>(event) + 1, level(event, post)));
    }
    log.Add(facts, 2000);
  }
  return log;
}

/// What was decided of one event for one post is found again among many, and is that of no other.
TEST(LogCheck, KeepsApartWhatWasDecidedOfManyForMany) {
  InventedLog honest = ManyLetGo(ManyLevel);
  const absl::Status status = Verify(honest, honest.Note());
  EXPECT_TRUE(status.ok()) << status.message();
  for (const auto& [at_event, at_post] : {std::pair{0, 0}, {7, 31}, {39, 16}, {20, 8}}) {
    InventedLog bent = ManyLetGo([&](int event, int post) {
      const v1::Level level = ManyLevel(event, post);
      if (event != at_event || post != at_post) return level;
      return level == v1::LEVEL_FULL ? v1::LEVEL_POINTER : v1::LEVEL_FULL;
    });
    EXPECT_THAT(std::string(Verify(bent, bent.Note()).message()),
                HasSubstr("leaf " + std::to_string(4 + kManyEvents + at_event) +
                          ": it lets an event go at another level than was decided"));
  }
}

/// What is decided last of an event for a post is what it may be told, however many others there
/// are, whatever was decided in between.
TEST(LogCheck, HoldsToTheLastDecision) {
  constexpr int kPosts = 510;  // With two that are judged twice a whole tree of details.
  const auto log_that_tells = [](v1::Level told) {
    InventedLog log;
    std::vector<stored::v1::Detail> facts;
    for (int post = 0; post < kPosts; ++post) {
      facts.push_back(doubles::Decided("e5", ManyPost(post), v1::LEVEL_POINTER));
    }
    for (const int post : {0, kPosts - 1}) {  // At once, and while no other was judged.
      facts.push_back(doubles::Decided("e5", ManyPost(post), v1::LEVEL_TEAR_LINE));
    }
    log.Add(facts, 2000);
    log.Add({doubles::Decided("e6", ManyPost(0), v1::LEVEL_FULL)}, 2000);
    for (const int post : {1, kPosts - 2}) {
      log.Add({doubles::Decided("e5", ManyPost(post), v1::LEVEL_TEAR_LINE)}, 2000);
    }
    for (const int post : {0, 1, kPosts - 2, kPosts - 1}) {
      log.Add({doubles::LetGo("e5", ManyPost(post), 1, told)}, 2000);
    }
    log.Add({doubles::LetGo("e5", ManyPost(2), 1, v1::LEVEL_POINTER)}, 2000);
    return log;
  };
  InventedLog honest = log_that_tells(v1::LEVEL_TEAR_LINE);
  EXPECT_EQ(Verify(honest, honest.Note()).message(), "");
  InventedLog bent = log_that_tells(v1::LEVEL_POINTER);
  EXPECT_THAT(std::string(Verify(bent, bent.Note()).message()),
              HasSubstr("leaf 8: it lets an event go at another level than was decided"));
}

/// A decision is for a post; what is let go by it goes into its inbox or a subscription of it, each
/// with numbers of its own.
TEST(LogCheck, BelievesWhatIsLetGoToASubscriptionOfThePostThatWasJudged) {
  InventedLog log;
  stored::v1::Detail wished = doubles::Decided("e9", "p/q", v1::LEVEL_FULL);
  wished.mutable_decision()->set_feed("p/q/sub_00");
  log.Add({wished, doubles::LetGo("e9", "p/q/sub_00", 1, v1::LEVEL_FULL)}, 2000);
  log.Add({doubles::Decided("e8", "p/q", v1::LEVEL_FULL),
           doubles::LetGo("e8", "p/q", 1, v1::LEVEL_FULL)},
          2000);
  const absl::Status status = Verify(log, log.Note());
  EXPECT_TRUE(status.ok()) << status.message();
}

TEST(LogCheck, CatchesARewrittenHistoryByTheCheckpointSeenBefore) {
  InventedLog first;
  const Checkpoint seen = *OpenCheckpoint(first.Note(2), first.Key());

  LogCheck honest;
  honest.Remember(seen);
  for (const LeafEntry& entry : first.Entries()) EXPECT_TRUE(honest.Add(entry).ok());
  EXPECT_TRUE(honest.Finish(*OpenCheckpoint(first.Note(), first.Key())).ok());

  InventedLog rewritten;
  rewritten.Entries()[1].leaf[40] ^= 1;
  LogCheck check;
  check.Remember(seen);
  EXPECT_TRUE(check.Add(rewritten.Entries()[0]).ok());
  const absl::Status status = check.Add(rewritten.Entries()[1]);
  EXPECT_THAT(std::string(status.message()), HasSubstr("history was rewritten"));
}

TEST(LogCheck, CatchesALogThatBecameShorter) {
  InventedLog log;
  LogCheck check;
  check.Remember(*OpenCheckpoint(log.Note(4), log.Key()));
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(check.Add(log.Entries()[static_cast<std::size_t>(i)]).ok());
  }
  const absl::Status status = check.Finish(*OpenCheckpoint(log.Note(3), log.Key()));
  EXPECT_THAT(std::string(status.message()), HasSubstr("it had 4 when seen before"));
}

TEST(ExportFile, GivesBackTheLogItWasWrittenFrom) {
  InventedLog log;
  std::istringstream file(log.Export(log.Note()));
  LogCheck check;
  const absl::StatusOr<ExportHead> head =
      ReadExport(file, [&check](const LeafParts& parts) { return check.Add(parts); });
  ASSERT_TRUE(head.ok()) << head.status();
  EXPECT_EQ(head->verifier_key, log.VerifierKeyText());
  EXPECT_TRUE(check.Finish(*OpenCheckpoint(head->signed_note, log.Key())).ok());
}

TEST(ExportFile, NamesTheLineThatDoesNotRead) {
  InventedLog log;
  const std::string good = log.Export(log.Note());
  const auto read = [](const std::string& text) {
    std::istringstream file(text);
    return std::string(
        ReadExport(file, [](const LeafParts&) { return absl::OkStatus(); }).status().message());
  };
  EXPECT_THAT(read(""), HasSubstr("empty"));
  EXPECT_THAT(read("{}\n"), HasSubstr("line 1"));
  EXPECT_THAT(read("nonsense\n"), HasSubstr("line 1"));
  EXPECT_THAT(read(good + "{\"index\":4}\n"), HasSubstr("line 6"));
  EXPECT_THAT(read(good.substr(0, good.size() - 9)), HasSubstr("line 5"));
}

TEST(Trust, RemembersTheKeyAndTheNewestCheckpoint) {
  const std::string path =
      (std::filesystem::temp_directory_path() / ("tearline-trust-" + std::to_string(::getpid())))
          .string();
  InventedLog log;
  ASSERT_FALSE(ReadTrust(path)->has_value());
  ASSERT_TRUE(WriteTrust(path, {log.Key(), log.Note(3)}).ok());
  const auto trust = ReadTrust(path);
  ASSERT_TRUE(trust.ok() && trust->has_value());
  EXPECT_EQ((*trust)->key, log.Key());
  EXPECT_EQ((*trust)->Newest()->tree_size, 3u);
  std::filesystem::resize_file(path, 20);
  EXPECT_FALSE(ReadTrust(path).ok());
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace tearline::verifier
