#include <gmock/gmock.h>
#include <google/protobuf/util/time_util.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <ctime>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/end_to_end/asking.h"
#include "tests/end_to_end/standing_time.h"

// What is asked about times: a broker whose clock stands, and hours and months that pass for it.

namespace tearline::end_to_end {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr std::int64_t kHourMs = 60 * 60 * 1000;
constexpr std::int64_t kDayMs = 24 * kHourMs;
constexpr char kClerk[] = "office/clerk>office/coordinator";
constexpr char kChecker[] = "police/checker>police/checks";
constexpr char kPrison[] = "prison/feeder>prison/security";

/// The tenth of the month after next, at noon: in the middle of a month, and after certificates
/// begin.
std::int64_t ADayToCome() {
  const std::time_t now = std::time(nullptr);
  std::tm day = *std::gmtime(&now);
  day.tm_mon += 2;
  day.tm_mday = 10;
  day.tm_hour = 12;
  day.tm_min = day.tm_sec = 0;
  return 1000 * static_cast<std::int64_t>(::timegm(&day));
}

/// When a fact was so, was published, recorded, let go, acknowledged and read; ms since 1970.
struct Times {
  std::int64_t occurred, published, accepted, released, acknowledged, read;
};

class Inquest : public Asking {
 protected:
  std::vector<std::string> Environment() const override { return StandingAt(begin_ms_); }
  void Pass(std::int64_t ms) { StandAt(now_ms_ += ms, *stage_); }

  static std::string Text(std::int64_t ms) {
    using google::protobuf::util::TimeUtil;
    return TimeUtil::ToString(TimeUtil::MillisecondsToTimestamp(ms));
  }
  /// "2027-03", so many months after the one it began in.
  std::string Month(int after = 0) const {
    const std::time_t begin = begin_ms_ / 1000;
    std::tm day = *std::gmtime(&begin);
    day.tm_mon += after;
    day.tm_mday = 1;
    ::timegm(&day);
    char text[16];
    std::strftime(text, sizeof text, "%Y-%m", &day);
    return text;
  }
  /// An event that occurred and was published then.
  static std::string PublishOf(std::int64_t occurred_ms, std::int64_t published_ms,
                               const char* who = kFeeder,
                               const std::string& type = "intelligence.report.submitted") {
    std::string text = doubles::FileBytes(EventFile("plain.textproto", /*withheld=*/false));
    const auto put = [&text](const std::string& old, const std::string& anew) {
      ASSERT_NE(text.find(old), std::string::npos);
      text.replace(text.find(old), old.size(), anew);
    };
    put("occurred_at { seconds: 1700000000 }",
        "occurred_at { seconds: " + std::to_string(occurred_ms / 1000) +
            " } published_at { seconds: " + std::to_string(published_ms / 1000) + " }");
    put("intelligence.report.submitted", type);
    return DoneJson(who, "event publish --file " + Write("of.textproto", text))["event_id"];
  }

  static void ExpectKnown(const std::string& words, std::int64_t at_ms, const Times& times);

  const std::int64_t begin_ms_ = ADayToCome();
  std::int64_t now_ms_ = begin_ms_;
};

/// To programs and to people: as much of these times as had passed, and no more. It was recorded.
void Inquest::ExpectKnown(const std::string& words, std::int64_t at_ms, const Times& times) {
  const json said = DoneJson(kAuditor, words);
  EXPECT_EQ(said["occurred_at"], Text(times.occurred));
  EXPECT_EQ(said["published_at"], Text(times.published));
  EXPECT_EQ(said["accepted_at"], Text(times.accepted));
  ASSERT_EQ(said["known_to"].size(), 1U);
  const json& known = said["known_to"][0];
  const auto at = [&known](const char* field) { return known.value(field, ""); };
  const auto once = [at_ms](std::int64_t ms) { return at_ms < ms ? std::string() : Text(ms); };
  EXPECT_EQ(at("decided_at"), Text(times.accepted));
  EXPECT_EQ(known["level"], at_ms < times.released ? "LEVEL_UNSPECIFIED" : "LEVEL_FULL");
  EXPECT_EQ(at("released_at"), once(times.released));
  EXPECT_EQ(at("acknowledged_at"), once(times.acknowledged));
  EXPECT_EQ(at("read_at"), once(times.read));

  const std::string text = Done(kAuditor, words);
  EXPECT_THAT(text,
              HasSubstr("occurred " + Text(times.occurred) + ", was published " +
                        Text(times.published) + " and was recorded " + Text(times.accepted) + "."));
  const auto says = [&text](const std::string& part) {
    return text.find(part) != std::string::npos;
  };
  EXPECT_EQ(says("first let go " + Text(times.released)), at_ms >= times.released);
  EXPECT_EQ(says("it had not been let go yet"), at_ms < times.released);
  EXPECT_EQ(says("acknowledged " + Text(times.acknowledged)), at_ms >= times.acknowledged);
  EXPECT_EQ(says("had read it " + Text(times.read)), at_ms >= times.read);
}

/// A fact has six times: when it was so, was published, recorded, let go, acknowledged and read.
/// What was known at each instant between two of them is asked afterwards, and told as it stood.
TEST_F(Inquest, WhatWasKnownIsToldByEachOfItsSixTimes) {
  const std::string why = " --purpose public-protection";
  const std::string its_case =
      DoneJson(kClerk, "case show --nominal " + stage_->nominal_id() + why)["case_id"];
  Done(kClerk, "case seat --kind member --post police/checks --case " + its_case + why);
  Pass(kDayMs);
  const std::int64_t occurred = now_ms_ - 3 * kHourMs, published = now_ms_ - 2 * kHourMs;
  const std::int64_t accepted = now_ms_;
  const std::string event = PublishOf(occurred, published);
  Pass(kHourMs);
  const std::int64_t released = now_ms_;
  std::string sequence;
  for (const json& delivery : Lines(kChecker, "feed pull")) {
    if (delivery.contains("event")) sequence = delivery["sequence"];
  }
  Pass(kHourMs);
  const std::int64_t acknowledged = now_ms_;
  Done(kChecker, "feed acknowledge --lane urgent --sequence " + sequence);
  Pass(kHourMs);
  const std::int64_t read = now_ms_;
  Done(kChecker, "feed read --lane urgent --sequence " + sequence);
  Pass(kHourMs);

  const auto asked = [&](const std::string& whom, std::int64_t at_ms) {
    return "audit known-at " + whom + " --nominal " + stage_->nominal_id() + " --at " +
           Text(at_ms) + kWhy;
  };
  const std::string post = "--post police/checks";
  EXPECT_TRUE(Lines(kAuditor, asked(post, occurred - 1)).empty()) << "it was not so yet";
  for (const std::int64_t at_ms : {occurred, published - 1, published, accepted - 1}) {
    const json nobody = DoneJson(kAuditor, asked(post, at_ms));
    EXPECT_EQ(nobody["event_id"], event);
    EXPECT_TRUE(nobody["known_to"].empty());
    EXPECT_THAT(Done(kAuditor, asked(post, at_ms)), HasSubstr("nobody had been told of it."));
  }
  const Times times = {occurred, published, accepted, released, acknowledged, read};
  for (const std::int64_t at_ms : {accepted, released - 1, released, acknowledged - 1, acknowledged,
                                   read - 1, read, now_ms_}) {
    ExpectKnown(asked(post, at_ms), at_ms, times);
  }
  const json of_post = DoneJson(kAuditor, asked(post, now_ms_))["known_to"][0];
  for (const std::string whom : {"--agency police", "--panel"}) {
    const json said = DoneJson(kAuditor, asked(whom, now_ms_));
    EXPECT_FALSE(said.contains("read_at")) << "a time of reading is a post's";
    int found = 0;
    for (const json& known : said["known_to"]) {
      if (known["post"] != "police/checks") continue;
      EXPECT_EQ(known, of_post) << whom;
      ++found;
    }
    EXPECT_EQ(found, 1) << whom;
  }
}

/// What is withheld is past its review once its time has passed, and what was owed is told as it
/// stood then: open and in time, whatever has become of it since.
TEST_F(Inquest, WhatIsPastReviewIsListedAndWhatWasOwedIsToldAsItStood) {
  const std::string past = std::string("audit withheld --past-review") + kWhy;
  const std::string event = Publish(true);
  EXPECT_TRUE(Lines(kAuditor, past).empty());
  Pass(10 * kDayMs);
  const std::vector<json> rows = Lines(kAuditor, past);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_THAT(rows[0]["event_ids"], ElementsAre(event));
  EXPECT_EQ(rows[0]["past_review"], true);
  EXPECT_LT(rows[0]["due_at"], Text(now_ms_));
  const std::string id = rows[0]["obligation_id"];
  const std::string text = Done(kAuditor, past);
  EXPECT_THAT(text, HasSubstr(id));
  EXPECT_THAT(text, HasSubstr(rows[0]["told_post"].get<std::string>() + "  yes\n"));

  const auto stood = [&](std::int64_t at_ms) {
    const std::string words = "audit obligations --open-at " + Text(at_ms) + kWhy;
    json found;
    for (const json& row : Lines(kAuditor, words)) {
      if (row["obligation_id"] == id) found = row;
    }
    EXPECT_THAT(Done(kAuditor, words),
                HasSubstr(id + "  " + found.value("sentence", "no such row") + "\n"));
    return found;
  };
  const json then = stood(begin_ms_);
  EXPECT_EQ(then["past_due"], false);
  EXPECT_EQ(then["opened_at"], Text(begin_ms_));
  EXPECT_EQ(then["due_at"], rows[0]["due_at"]);
  const json now = stood(now_ms_);
  EXPECT_EQ(now["past_due"], true);
  EXPECT_EQ(now["told_post"], rows[0]["told_post"]);
  EXPECT_THAT(now["sentence"].get<std::string>(), HasSubstr("Its time had passed."));
  EXPECT_FALSE(now.contains("ended_at"));

  Done("police/officer>police/accountable",
       "obligation discharge --how told-otherwise --obligation " + id);
  EXPECT_TRUE(Lines(kAuditor, past).empty());
  EXPECT_EQ(stood(begin_ms_)["past_due"], false) << "it was open then";
  EXPECT_EQ(stood(begin_ms_)["ended_at"], Text(now_ms_)) << "when it ended is told beside it";
}

/// How people read a count.
std::string Shown(const json& count) {
  if (count["few"] == true) return "<5";
  return count["hidden"] == true ? "hidden" : count["count"].get<std::string>();
}

constexpr const char* kThemes[] = {"unmet_duties", "late_acknowledgements", "never_acknowledged",
                                   "past_review", "unread_urgent"};

/// A month's counts are the same whenever they are asked for, to people and to programs; numbers
/// that are few are not told, nor left for a total to tell.
TEST_F(Inquest, WhatGoesWrongIsCountedByAreaAndMonth) {
  for (int i = 1; i <= 6; ++i) PublishOf(begin_ms_ - i * kHourMs, begin_ms_);
  Publish(true);
  Done(kChair, "feed pull");  // six are let go; nobody acknowledges them
  Refused(kAuditor, "audit themes --from " + Month() + " --to " + Month() + kWhy, "FIELD_INVALID");
  Pass(10 * kDayMs);  // whose times have passed, passed within the month
  Pass(25 * kDayMs);
  const std::string one = "audit themes --from " + Month() + " --to " + Month() + kWhy;
  const std::vector<json> month = Lines(kAuditor, one);
  ASSERT_EQ(month.size(), 2U) << "the month, and its total";
  EXPECT_EQ(month[0]["area"], "north");
  EXPECT_EQ(month[0]["month"], Month());
  EXPECT_EQ(month[0]["never_acknowledged"]["count"], "6");
  EXPECT_EQ(month[0]["late_acknowledgements"]["count"], "0");
  EXPECT_EQ(month[0]["unread_urgent"]["count"], "7") << "by the accountable officer";
  for (const char* few : {"unmet_duties", "past_review"}) {
    EXPECT_EQ(month[0][few]["few"], true) << few;
    EXPECT_EQ(month[0][few]["count"], "0") << few;
    EXPECT_EQ(month[1][few]["hidden"], true) << "a total of one month is that month's number";
  }
  EXPECT_EQ(month[1]["month"], "");
  EXPECT_EQ(month[1]["never_acknowledged"]["count"], "6");
  const std::string text = Done(kAuditor, one);
  for (const json& row : month) {
    std::string line = "\nnorth  +" + (row["month"] == "" ? std::string("all") : Month());
    for (const char* theme : kThemes) line += "  +" + Shown(row[theme]);
    EXPECT_THAT(text, testing::ContainsRegex(line + "\n"));
  }
  EXPECT_THAT(text, Not(HasSubstr(stage_->nominal_id()))) << "nobody is named";
  EXPECT_TRUE(Lines(kAuditor, one + " --area south").empty());

  Done(kChair, "feed pull --acknowledge");
  EXPECT_EQ(Lines(kAuditor, one), month) << "acknowledged since, and still what it was";
  Pass(31 * kDayMs);
  EXPECT_EQ(Lines(kAuditor, one), month);
  std::map<std::string, json> by_month;
  for (const json& row :
       Lines(kAuditor, "audit themes --from " + Month() + " --to " + Month(1) + kWhy)) {
    by_month[row["month"]] = row;
  }
  EXPECT_EQ(by_month[Month()], month[0]);
  EXPECT_EQ(by_month[Month(1)]["late_acknowledgements"]["count"], "6");
  EXPECT_EQ(by_month[""]["late_acknowledgements"]["count"], "6");
  EXPECT_EQ(by_month[""]["never_acknowledged"]["count"], "6");
  EXPECT_EQ(by_month[""]["unmet_duties"]["hidden"], true);
}

/// From an instant on, itself included, and up to another, itself not; by agency, type and person.
TEST_F(Inquest, DecisionsAreReplayedOfAPeriodAnAgencyATypeAndAPerson) {
  const std::string first = PublishOf(begin_ms_ - kDayMs, begin_ms_ - kDayMs);
  Pass(kDayMs);
  const std::int64_t later = now_ms_;
  const std::string second =
      PublishOf(later - kHourMs, later - kHourMs, kPrison, "custody.recall.ordered");
  const auto events = [](const std::string& filters) {
    std::vector<std::string> told;
    const std::vector<json> lines = Lines(kAuditor, "audit replay" + filters + kWhy);
    for (const json& line : lines) {
      if (!line.contains("event_id")) continue;
      if (told.empty() || told.back() != line["event_id"]) told.push_back(line["event_id"]);
    }
    EXPECT_EQ(lines.back()["summary"]["decisions"], std::to_string(lines.size() - 1)) << filters;
    return told;
  };
  using Events = std::vector<std::string>;
  const Events both = {first, second}, none;
  EXPECT_EQ(events(" --from " + Text(begin_ms_) + " --to " + Text(later + 1)), both);
  EXPECT_EQ(events(" --from " + Text(begin_ms_ + 1)), Events{second});
  EXPECT_EQ(events(" --from " + Text(later)), Events{second});
  EXPECT_EQ(events(" --from " + Text(later + 1)), none);
  EXPECT_EQ(events(" --to " + Text(later)), Events{first});
  // The same instant in other words.
  const std::string day = Text(later).substr(0, 10);
  for (const std::string time :
       {"T12:00:00Z", "T12:00:00.000Z", "T13:00:00+01:00", "T07:30:00-04:30"}) {
    EXPECT_EQ(events(" --from " + day + time), Events{second}) << time;
    EXPECT_EQ(events(" --to " + day + time), Events{first}) << time;
  }
  EXPECT_EQ(events(" --nominal " + stage_->nominal_id()), both);
  EXPECT_EQ(events(" --agency prison"), Events{second});
  EXPECT_EQ(events(" --agency probation"), both) << "for posts of it";
  EXPECT_EQ(events(" --type intelligence"), Events{first});
  EXPECT_EQ(events(" --type custody.recall.ordered"), Events{second});
  EXPECT_EQ(events(" --agency prison --type intelligence"), none);
  EXPECT_EQ(events(" --as-policy-then --to " + Text(later)), Events{first});
  EXPECT_EQ(events(" --as-policy-now --agency prison --from " + Text(later)), Events{second});

  Refused(kAuditor, "audit replay --from " + Text(later) + " --to " + Text(later) + kWhy,
          "TIME_INVALID");
  for (const std::string wrong : {"12", "0", "yesterday", "2026-03-01", "12:00"}) {
    for (const char* option : {"--from", "--to"}) {
      const doubles::Ended ended =
          Say(kAuditor, std::string("audit replay ") + option + " " + wrong + kWhy);
      EXPECT_EQ(ended.code, 2) << wrong;
      EXPECT_THAT(ended.err,
                  HasSubstr(option + std::string(" must be a time such as 2026-03-04T10:00:00Z")));
    }
  }
  EXPECT_THAT(Say(kAuditor, "audit replay --first 3 --agency prison" + std::string(kWhy)).err,
              HasSubstr("--first is for leaves; --from is for decisions"));
  EXPECT_EQ(Lines(kAuditor, "audit replay --first 3" + std::string(kWhy))[0]["index"], 3);
}

}  // namespace
}  // namespace tearline::end_to_end
