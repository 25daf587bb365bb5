#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/end_to_end/command_line.h"

namespace tearline::end_to_end {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr char kClerk[] = "office/clerk>office/coordinator";
constexpr char kFeeder[] = "police/feeder>police/intelligence";

/// What the prison and probation services say of who is who.
class Identity : public CommandLine {
 protected:
  static std::string Message(const std::string& type, const std::string& further) {
    return R"({"eventType":")" + type + R"(","version":1,"occurredAt":"2026-02-17T15:20:11Z",)" +
           R"("additionalInformation":)" + further + "}\n";
  }
  /// What publishes a file, or a directory, of messages.
  static std::string PublishAll(const std::string& path) {
    return "event publish --format hmpps --purpose correction --quarantine " +
           (directory_->path() / "quarantine").string() + " --file " + path;
  }
  static std::string Publish(const std::string& name, const std::string& message) {
    return PublishAll(Write(name, message));
  }
  static std::string WhoHas(const std::string& number) {
    return DoneJson(kClerk, "nominal resolve --purpose correction --identifier " +
                                number)["recorded"]["made_id"];
  }
};

/// A merge arrives as a message, and is one here; it is said of two numbers, and the reference and
/// the description are not believed. It comes twice, and is parted again by another message.
TEST_F(Identity, MergesAndPartsArriveAsMessages) {
  const std::string merged =
      Message("prison-offender-events.prisoner.merged",
              R"({"nomsNumber":"A7777FG","removedNomsNumber":"A7777FF","reason":"MERGE"})");
  const std::string left = Done(kClerk, Publish("merged.json", merged));
  EXPECT_THAT(left, HasSubstr("MERGED  left to a person"));
  EXPECT_NE(WhoHas("noms:A7777FF"), WhoHas("noms:A7777FG"));

  const std::string done = Done(kClerk, Publish("merged.json", merged) + " --merges");
  EXPECT_THAT(done, HasSubstr("MERGED  merged  request hmpps-"));
  EXPECT_THAT(done, HasSubstr("who is who   merged 1"));
  EXPECT_EQ(WhoHas("noms:A7777FF"), WhoHas("noms:A7777FG"));
  EXPECT_THAT(Done(kClerk, Publish("merged.json", merged) + " --merges"),
              HasSubstr("who is who   one person already 1"));

  const std::string of_probation =
      Message("probation-case.merge.completed", R"({"targetCRN":"X777771","sourceCRN":"X777772"})");
  Done(kClerk, Publish("probation.json", of_probation) + " --merges");
  EXPECT_EQ(WhoHas("crn:X777771"), WhoHas("crn:X777772"));
  const std::string parted = Message("probation-case.unmerge.completed",
                                     R"({"unmergedCRN":"X777771","reactivatedCRN":"X777772"})");
  EXPECT_THAT(Done(kClerk, Publish("parted.json", parted) + " --merges"),
              HasSubstr("UNMERGED  parted"));
  EXPECT_NE(WhoHas("crn:X777771"), WhoHas("crn:X777772"));

  // Parted is for good: said anew, it is refused, and told; the rest of the batch goes on.
  const std::filesystem::path batch = directory_->path() / "batch";
  std::filesystem::create_directory(batch);
  Write("batch/1.json", of_probation);
  Write("batch/2.json", merged);
  const doubles::Ended again = Say(kClerk, PublishAll(batch.string()) + " --merges");
  EXPECT_EQ(again.code, 1);
  EXPECT_THAT(again.out, HasSubstr("refused NOT_ONE_PERSON"));
  EXPECT_THAT(again.out, HasSubstr("one person already 1, refused 1  (NOT_ONE_PERSON 1)"));
  EXPECT_THAT(again.out, testing::Not(HasSubstr("X77777"))) << "no number is said";
}

/// A booking that moved takes what was told of it along; said again, there is nothing to move. Who
/// has which number stays.
TEST_F(Identity, AMovedBookingArrivesAsAMessage) {
  const std::string told = R"({"eventType":"prison-offender-events.prisoner.released","version":1,)"
                           R"("occurredAt":"2026-02-16T10:00:00Z","additionalInformation":)"
                           R"({"nomsNumber":"A7777GF","reason":"RELEASED"}})"
                           "\n";
  Done(kClerk, Publish("told.json", told));
  const std::string moved =
      Message("prison-offender-events.prisoner.booking.moved",
              R"({"movedToNomsNumber":"A7777GG","movedFromNomsNumber":"A7777GF",)"
              R"("bookingStartDateTime":"2026-02-01T09:00:00"})");
  EXPECT_THAT(Done(kClerk, Publish("moved.json", moved)),
              HasSubstr("BOOKING_MOVED  left to a person"));
  EXPECT_THAT(Done(kClerk, Publish("moved.json", moved) + " --merges"),
              HasSubstr("who is who   moved 1"));
  EXPECT_THAT(Done(kClerk, Publish("moved.json", moved) + " --merges"),
              HasSubstr("who is who   nothing to move 1"));
  EXPECT_NE(WhoHas("noms:A7777GF"), WhoHas("noms:A7777GG"));
  EXPECT_THAT(Done(kClerk,
                   "nominal move-booking --purpose correction --from noms:A7777GG "
                   "--to noms:A7777GF --until 2026-02-17T15:20:00Z --reason moved-wrongly"),
              HasSubstr("moved booking"));
}

/// The numbers of a person, and how each stands, for the agency that asserted them.
TEST_F(Identity, NumbersAreShownAndCorrected) {
  const std::string why = " --purpose correction";
  const std::string nominal =
      DoneJson(kClerk, "nominal register --identifier crn:xy722222 --identifier cro:85227/65G" +
                           why)["recorded"]["made_id"];
  const std::string show = "nominal show " + nominal + why;
  const std::string shown = Done(kClerk, show);
  EXPECT_THAT(shown, StartsWith(nominal));
  EXPECT_THAT(shown, HasSubstr("xy722222"));
  EXPECT_THAT(shown, HasSubstr("XY722222"));
  EXPECT_THAT(shown, HasSubstr("upper-cased, two-letters"));
  EXPECT_THAT(shown, HasSubstr("unverified")) << "kept, though no rule verifies it";
  Refused(kFeeder, show, "NOT_FOUND");
  Refused(kClerk, "nominal show " + nominal, "PURPOSE_REQUIRED");

  const std::string correct = "nominal identifier --identifier crn:XY722222 --status ";
  Refused(kFeeder, correct + "in-error --because mistyped" + why, "NOT_FOUND");
  EXPECT_THAT(Done(kClerk, correct + "superseded --because replaced" + why),
              StartsWith("correction: recorded"));
  EXPECT_THAT(Done(kClerk, show), HasSubstr("superseded (replaced, "));
  EXPECT_THAT(Done(kClerk, "nominal resolve --identifier crn:XY722222" + why),
              HasSubstr("possible: "));
  Done(kClerk, correct + "in-error --because mistyped" + why);
  EXPECT_EQ(DoneJson(kClerk, show)["identifiers"].size(), 2u);
  EXPECT_THAT(Done(kClerk, "nominal resolve --identifier crn:XY722222" + why),
              StartsWith("nobody here has that number"));
}

/// Numbers that an adapter gives for one person lead to two whom its agency knows: it is warned.
TEST_F(Identity, NumbersThatDisagreeAreSaid) {
  const std::string why = " --purpose correction";
  const auto registered = [&](const std::string& number) {
    Done(kClerk, "nominal register --identifier " + number + why);
  };
  registered("noms:A7777HF");
  registered("crn:X777781");
  const std::string told =
      R"({"eventType":"prison-offender-events.prisoner.released","version":1,)"
      R"("occurredAt":"2026-02-16T10:00:00Z","additionalInformation":{"nomsNumber":"A7777HF",)"
      R"("reason":"RELEASED"},"personReference":{"identifiers":[)"
      R"({"type":"NOMS","value":"A7777HF"},{"type":"CRN","value":"X777781"}]}})"
      "\n";
  EXPECT_THAT(Done(kClerk, Publish("disagree.json", told)),
              HasSubstr("warning numbers-disagree"));
}

TEST_F(Identity, ActingOnMergesNeedsAPurpose) {
  const doubles::Ended ended =
      Say(kClerk, "event publish --format hmpps --merges --file " + Write("none.json", "{}\n"));
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, HasSubstr("--purpose"));
}

}  // namespace
}  // namespace tearline::end_to_end
