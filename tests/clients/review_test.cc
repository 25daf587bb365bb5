#include "clients/verifier/review.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/time_util.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "clients/verifier/review_file.h"
#include "tests/clients/invented_receipt.h"
#include "tests/clients/invented_review.h"
#include "tests/clients/run_tearline.h"

namespace tearline::verifier {
namespace {

using doubles::InventedReview;
using testing::HasSubstr;

std::vector<std::string> Split(const std::string& lines) {
  std::vector<std::string> list;
  for (std::size_t at = 0; at < lines.size();) {
    const std::size_t end = lines.find('\n', at) + 1;
    list.push_back(lines.substr(at, end - at));
    at = end;
  }
  return list;
}

std::string Join(const std::vector<std::string>& list) {
  std::string lines;
  for (const std::string& line : list) lines += line;
  return lines;
}

/// What reading and checking lines refuses; "" if it does not.
std::string Refusal(const std::string& lines, const VerifierKey& key) {
  const absl::StatusOr<Review> review = ReadReviewLines(lines);
  if (!review.ok()) return std::string(review.status().message());
  const absl::StatusOr<ProvedReview> proved = CheckReview(*review, key);
  return proved.ok() ? "" : std::string(proved.status().message());
}

TEST(Review, IsReadAsItWasWrittenAndProvesItsLeaves) {
  InventedReview invented;
  const Review review = invented.Review();
  const std::string lines = ReviewLines(review);
  EXPECT_EQ(lines, ReviewLines(invented.Review())) << "the same review, the same bytes";
  const absl::StatusOr<Review> again = ReadReviewLines(lines);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(ReviewLines(*again), lines);
  const absl::StatusOr<ProvedReview> proved = CheckReview(*again, invented.Log().Key());
  ASSERT_TRUE(proved.ok()) << proved.status();
  ASSERT_EQ(proved->leaves.size(), 4u);
  EXPECT_EQ(proved->leaves[0].facts.size(), 6u);
  EXPECT_EQ(proved->checkpoint.tree_size, 8u);
}

TEST(Review, EachLineThatIsChangedIsNamed) {
  InventedReview invented;
  const std::vector<std::string> good = Split(ReviewLines(invented.Review()));
  ASSERT_EQ(good.size(), 7u);
  ASSERT_EQ(Refusal(Join(good), invented.Log().Key()), "");
  for (std::size_t line = 0; line < good.size(); ++line) {
    for (std::size_t at = 0; at + 1 < good[line].size(); at += 17) {
      std::vector<std::string> bent = good;
      bent[line][at] = bent[line][at] == 'x' ? 'y' : 'x';
      const std::string refusal = Refusal(Join(bent), invented.Log().Key());
      // What only the head says of itself, and an answer's further words, the manifest holds.
      if (refusal.empty()) {
        EXPECT_TRUE(line == 0 || line > 4) << line << " at " << at << '\n' << bent[line];
      } else {
        EXPECT_THAT(refusal, HasSubstr("line ")) << bent[line];
      }
    }
  }
}

TEST(Review, WhatALineSaysInWordsMustBeWhatItOpens) {
  InventedReview invented;
  std::vector<std::string> bent = Split(ReviewLines(invented.Review()));
  const std::string level = "\"level\":\"LEVEL_WITHHELD\"";
  const std::size_t at = bent[1].find(level);
  ASSERT_NE(at, std::string::npos) << bent[1];
  bent[1].replace(at, level.size(), "\"level\":\"LEVEL_FULL\"");
  EXPECT_EQ(Refusal(Join(bent), invented.Log().Key()),
            "line 2 of the data: it says something else than what it opens; it was changed");
}

TEST(Review, LinesAddedRemovedAndReorderedAreRefused) {
  InventedReview invented;
  const VerifierKey key = invented.Log().Key();
  const std::vector<std::string> good = Split(ReviewLines(invented.Review()));
  for (std::size_t line = 0; line < good.size(); ++line) {
    std::vector<std::string> bent = good;
    bent.erase(bent.begin() + static_cast<std::ptrdiff_t>(line));
    EXPECT_THAT(Refusal(Join(bent), key), HasSubstr("line 1 ")) << "removed " << line;
    bent = good;
    bent.insert(bent.begin() + static_cast<std::ptrdiff_t>(line), good[line]);
    EXPECT_THAT(Refusal(Join(bent), key), HasSubstr("line ")) << "twice " << line;
    if (line < 1 || line + 1 == good.size()) continue;
    bent = good;
    std::swap(bent[line], bent[line + 1]);
    EXPECT_THAT(Refusal(Join(bent), key), HasSubstr("line ")) << "swapped " << line;
  }
  EXPECT_NE(Refusal("", key), "");
  EXPECT_NE(Refusal(Join(good) + "{", key), "");
}

/// Whatever is written again by recursion must not go as deep as somebody likes.
TEST(Review, NoLineIsNestedDeep) {
  InventedReview invented;
  const std::string head = Split(ReviewLines(invented.Review()))[0];
  const auto said = [&head](std::size_t depth) {
    const std::string line = R"({"answered":"event","said":)" + std::string(depth, '[') +
                             std::string(depth, ']') + "}\n";
    return std::string(ReadReviewLines(head + line).status().message());
  };
  EXPECT_EQ(said(16), "line 2 of the data: it is nested deeper than 16");
  EXPECT_EQ(said(10'000'000), "line 2 of the data: it is nested deeper than 16");
  EXPECT_THAT(said(15), HasSubstr("it says something else than what it opens"));
}

/// The same with the counts in the head adjusted: then the order, the proofs and the answers speak.
TEST(Review, ACheckedReviewIsInOrderAndAgreesWithItself) {
  InventedReview invented;
  const Review good = invented.Review();
  const auto refusal = [&](const std::function<void(Review&)>& bend) {
    Review bent = good;
    bend(bent);
    const auto proved = CheckReview(bent, invented.Log().Key());
    return proved.ok() ? std::string() : std::string(proved.status().message());
  };
  EXPECT_EQ(refusal([](Review&) {}), "");
  EXPECT_EQ(refusal([](Review& r) { std::swap(r.leaves[0], r.leaves[1]); }),
            "line 3 of the data: leaves must follow in order of index, each once");
  EXPECT_EQ(refusal([](Review& r) { r.leaves.push_back(r.leaves[3]); }),
            "line 6 of the data: leaves must follow in order of index, each once");
  EXPECT_EQ(refusal([](Review& r) { std::swap(r.leaves[0].proof, r.leaves[1].proof); }),
            "line 2 of the data: its leaf does not lie under the checkpoint at index 4");
  EXPECT_EQ(refusal([](Review& r) { r.leaves[2].proof.pop_back(); }),
            "line 4 of the data: its leaf does not lie under the checkpoint at index 6");
  EXPECT_EQ(refusal([](Review& r) {
              *r.leaves[1].opening.mutable_details(0) = r.leaves[0].opening.details(0);
            }),
            "line 3 of the data: one of its details does not lie under its leaf");
  EXPECT_THAT(refusal([](Review& r) {
                *r.leaves[1].opening.add_details() = r.leaves[1].opening.details(0);
              }),
              HasSubstr("line 3 of the data"))
      << "one detail twice";
  EXPECT_EQ(refusal([](Review& r) { r.leaves.erase(r.leaves.begin() + 3); }),
            "line 5 of the data: no leaf here holds a reading that it names");
  EXPECT_EQ(refusal([](Review& r) { r.leaves.erase(r.leaves.begin() + 1); }),
            "line 5 of the data: no leaf here holds a letting-go that it names");
  EXPECT_THAT(refusal([](Review& r) { r.events[0].set_event_type("other"); }),
              HasSubstr("line 6 of the data: no leaf here says that the event was put in"));
  EXPECT_THAT(refusal([](Review& r) { r.events.push_back(r.events[0]); }),
              HasSubstr("line 7 of the data: answers must follow in order"));
  EXPECT_THAT(refusal([](Review& r) { r.obligations[0].set_obligation_id("ob_00"); }),
              HasSubstr("line 7 of the data: no leaf here speaks of the obligation"));
  EXPECT_THAT(
      refusal([](Review& r) { r.obligations[0].set_type(v1::OBLIGATION_TYPE_REVIEW_BREAK_GLASS); }),
      HasSubstr("line 7 of the data: the leaves say otherwise"));
}

constexpr std::int64_t kPutInMs = 1'772'618'400'000;  // as InventedReview has it
constexpr std::int64_t kMinuteMs = 60'000;

google::protobuf::Timestamp At(std::int64_t ms) {
  return google::protobuf::util::TimeUtil::MillisecondsToTimestamp(ms);
}

/// What is refused of a review that was bent: "" if nothing is.
std::string RefusalOf(InventedReview& invented, const std::function<void(Review&)>& bend) {
  Review bent = invented.Review();
  bend(bent);
  const auto proved = CheckReview(bent, invented.Log().Key());
  return proved.ok() ? std::string() : std::string(proved.status().message());
}

/// What was let go anew, at which level, and what was read before: each is held by a leaf.
TEST(Review, WhatWasLetGoAnewIsHeldByTheLeaves) {
  InventedReview invented;
  invented.LetGoAnew();
  const auto refusal = [&invented](const std::function<void(v1::KnownTo&)>& bend) {
    return RefusalOf(invented, [&](Review& r) { bend(*r.events[0].mutable_known_to(0)); });
  };
  EXPECT_EQ(refusal([](v1::KnownTo&) {}), "");
  const std::string let_go = "line 8 of the data: no leaf here holds a letting-go that it names";
  EXPECT_EQ(refusal([](v1::KnownTo& k) { *k.mutable_released_anew_at() = At(kPutInMs); }), let_go);
  EXPECT_EQ(refusal([](v1::KnownTo& k) { k.set_level(v1::LEVEL_TEAR_LINE); }), let_go);
  EXPECT_EQ(refusal([](v1::KnownTo& k) { *k.mutable_read_before_at() = At(kPutInMs); }),
            "line 8 of the data: no leaf here holds a reading that it names");
}

/// A page of another form would be written otherwise: it is not taken for one that was changed.
TEST(Review, AnotherFormIsNamed) {
  InventedReview invented;
  std::string lines = ReviewLines(invented.Review());
  const std::string form = "\"tearline_review\":4";
  ASSERT_NE(lines.find(form), std::string::npos);
  lines.replace(lines.find(form), form.size(), "\"tearline_review\":3");
  EXPECT_THAT(Refusal(lines, invented.Log().Key()),
              HasSubstr("it must say tearline_review 4: this program reads no other form"));
}

/// Records of one person under another's name.
TEST(Review, IsAboutThePersonThatItsRecordsName) {
  InventedReview invented;
  EXPECT_THAT(RefusalOf(invented, [](Review& r) { r.nominal_id = "nom_" + std::string(32, '0'); }),
              HasSubstr("line 1 of the data: no leaf here is about the person it names"));
  EXPECT_EQ(RefusalOf(invented, [](Review& r) { r.events.clear(); }),
            "line 2 of the data: it puts in an event that no answer names");
  // Where no record names anybody, all of it is answered, and said to be.
  EXPECT_EQ(RefusalOf(invented,
                      [](Review& r) {
                        r.nominal_id = "nom_" + std::string(32, '0');
                        r.leaves.clear();
                        r.obligations.clear();
                        r.cut = {r.events[0].event_id()};
                      }),
            "");
}

TEST(Review, NoAnswerSaysOtherwiseOfWhenAnObligationWasDueAndEnded) {
  const std::string otherwise = "line 7 of the data: the leaves say otherwise of when it ended";
  InventedReview invented;
  const auto ends = [](std::int64_t ms) {
    return [ms](Review& r) { *r.obligations[0].mutable_ended_at() = At(ms); };
  };
  EXPECT_EQ(RefusalOf(invented,
                      [](Review& r) {
                        *r.obligations[0].mutable_due_at() = At(kPutInMs + 24 * 60 * kMinuteMs);
                      }),
            "line 7 of the data: the leaves say that it was due earlier");
  EXPECT_EQ(RefusalOf(invented, ends(kPutInMs - 1)), otherwise) << "before it was opened";
  EXPECT_EQ(RefusalOf(invented, ends(kPutInMs + kMinuteMs)), "") << "no record shows its end";

  stored::v1::Detail ended;
  ended.mutable_obligation()->set_obligation_id(std::string(16, 'O'));
  ended.mutable_obligation()->set_change(stored::v1::OBLIGATION_CHANGE_DISCHARGED);
  ended.mutable_obligation()->set_type(v1::OBLIGATION_TYPE_READ);
  ended.mutable_obligation()->set_due_ms(kPutInMs + 60 * kMinuteMs);
  invented.Log().Add({ended}, kPutInMs + 185 * kMinuteMs);
  const std::string later = "line 8" + otherwise.substr(6);
  EXPECT_EQ(RefusalOf(invented, [](Review&) {}), "") << "a record shows that very end";
  EXPECT_EQ(RefusalOf(invented, ends(kPutInMs + 30 * kMinuteMs)), later) << "in time, it would be";
  EXPECT_EQ(RefusalOf(invented, [](Review& r) { r.obligations[0].clear_ended_at(); }), later);
}

/// Opened, climbed, ended: each is held by an opened detail, or the answer is refused.
TEST(Review, WhatBecameOfAnObligationIsHeldByItsRecords) {
  InventedReview invented;
  invented.AddTrail();
  ASSERT_EQ(RefusalOf(invented, [](Review&) {}), "");
  ASSERT_TRUE(invented.Review().cut.empty());
  const std::string end = "the leaves say otherwise of when it ended";
  const std::string stood = "the leaves say otherwise of whom it was told, its step or its time";
  const auto row = [&invented](const std::function<void(v1::OpenAtRow&)>& bend) {
    return RefusalOf(invented, [&bend](Review& r) { bend(r.obligations[0]); });
  };
  EXPECT_EQ(row([](auto& r) { *r.mutable_ended_at() = At(kPutInMs + 30 * kMinuteMs); }),
            "line 9 of the data: " + end)
      << "in time, it would be";
  EXPECT_EQ(row([](auto& r) { r.clear_ended_at(); }), "line 9 of the data: " + end);
  EXPECT_EQ(row([](auto& r) { *r.mutable_opened_at() = At(kPutInMs + 1); }),
            "line 9 of the data: no leaf here holds that it was opened then");
  EXPECT_EQ(row([](auto& r) { r.set_told_post("police-north/chief"); }),
            "line 9 of the data: " + stood);
  EXPECT_EQ(row([](auto& r) { r.set_stage(2); }), "line 9 of the data: " + stood);
  EXPECT_EQ(row([](auto& r) { *r.mutable_due_at() = At(kPutInMs + 61 * kMinuteMs); }),
            "line 9 of the data: " + stood);

  EXPECT_EQ(RefusalOf(invented, [](Review& r) { r.leaves.pop_back(); }),
            "line 8 of the data: " + end)
      << "the record of its end is not here";
  EXPECT_EQ(RefusalOf(invented, [](Review& r) { r.leaves.erase(r.leaves.begin() + 4); }), "")
      << "of one that has ended the last step is also the end's";
  // Nor can the record of its end be of another.
  EXPECT_THAT(
      RefusalOf(invented,
                [](Review& r) {
                  v1::OpenedDetail& opened = *r.leaves[5].opening.mutable_details(1);
                  stored::v1::Detail other;
                  EXPECT_TRUE(other.ParseFromString(opened.salted().substr(16)));
                  other.mutable_obligation()->set_obligation_id(std::string(16, 'P'));
                  opened.set_salted(opened.salted().substr(0, 16) + other.SerializeAsString());
                }),
      HasSubstr("line 7 of the data: one of its details does not lie under its leaf"));
}

/// Of one that was open when it was asked about, the last record up to then says how it stood.
TEST(Review, AnOpenObligationStandsAsItsLastRecordSays) {
  InventedReview invented;
  invented.AddTrail();
  const auto open_at = [](std::int64_t ms, std::uint32_t stage, const std::string& told) {
    return [ms, stage, told](Review& r) {
      r.made_ms = ms;
      r.leaves.pop_back();
      r.obligations[0].clear_ended_at();
      r.obligations[0].set_stage(stage);
      r.obligations[0].set_told_post(told);
    };
  };
  const std::string officer = "police-north/officer";
  const std::string deputy = "police-north/deputy";
  EXPECT_EQ(RefusalOf(invented, open_at(kPutInMs + 60 * kMinuteMs, 1, deputy)), "");
  EXPECT_NE(RefusalOf(invented, open_at(kPutInMs + 60 * kMinuteMs, 0, officer)), "");
  EXPECT_EQ(RefusalOf(invented, open_at(kPutInMs + 60 * kMinuteMs - 1, 0, officer)), "");
  EXPECT_NE(RefusalOf(invented, open_at(kPutInMs + 60 * kMinuteMs - 1, 1, deputy)), "");
}

TEST(Review, SomeObligationsMayBeDueAnew) {
  EXPECT_TRUE(MayBeDueAnew(v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW));
  EXPECT_TRUE(MayBeDueAnew(v1::OBLIGATION_TYPE_COMPLETE_ACTION));
  EXPECT_FALSE(MayBeDueAnew(v1::OBLIGATION_TYPE_READ));
  EXPECT_FALSE(MayBeDueAnew(v1::OBLIGATION_TYPE_REVIEW_BREAK_GLASS));
}

TEST(Review, NoAnswerSaysOtherwiseOfADecision) {
  InventedReview invented;
  const auto decided = [](std::int64_t ms, v1::Level level) {
    return [ms, level](Review& r) {
      v1::KnownTo& known = *r.events[0].add_known_to();
      known.set_post("health-north/nurse");
      known.set_decided(level);
      known.set_duty(v1::LEVEL_TEAR_LINE);
      *known.mutable_decided_at() = At(ms);
    };
  };
  const std::string otherwise = "line 6 of the data: the leaves say otherwise of what was decided";
  EXPECT_EQ(RefusalOf(invented, decided(kPutInMs, v1::LEVEL_WITHHELD)), "");
  EXPECT_EQ(RefusalOf(invented, decided(kPutInMs, v1::LEVEL_FULL)), otherwise);
  EXPECT_EQ(RefusalOf(invented, decided(kPutInMs + 1, v1::LEVEL_WITHHELD)), otherwise);
}

TEST(Review, TheCheckpointMustBeTheLogsOwnAndOfThisSize) {
  InventedReview invented;
  const VerifierKey key = invented.Log().Key();
  Review bent = invented.Review();
  bent.signed_note = invented.Log().Note(7);
  EXPECT_FALSE(CheckReview(bent, key).ok()) << "an older checkpoint";
  bent.signed_note = doubles::InventedLog().Note();
  EXPECT_FALSE(CheckReview(bent, key).ok()) << "of another past";
  VerifierKey other =
      MakeVerifierKey(KeyType::kNote, "other.example.org/audit", std::string(32, 'k'));
  EXPECT_FALSE(CheckReview(invented.Review(), other).ok()) << "of another log";
}

TEST(Review, OfWhichRecordsWereCutAnEventNeedNotShowItself) {
  InventedReview invented;
  Review review = invented.Review();
  review.leaves.pop_back();
  review.cut.insert(review.cut.begin(), review.events[0].event_id());
  EXPECT_TRUE(CheckReview(review, invented.Log().Key()).ok());
}

}  // namespace
}  // namespace tearline::verifier
