#include "clients/cli/review_page.h"

#include <algorithm>
#include <map>
#include <vector>

#include "clients/cli/html_text.h"
#include "clients/cli/review_picture.h"
#include "clients/cli/review_records.h"
#include "clients/cli/review_story.h"
#include "clients/cli/words.h"

namespace tearline::cli {
namespace {

constexpr char kHead[] = R"(<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Tearline review</title>
<style>
body{font:16px/1.45 sans-serif;color:#111;background:#fff;margin:0 auto;max-width:76rem;padding:1rem}
h1{font-size:1.5rem;margin:.2rem 0}h2{font-size:1.2rem;margin:1.6rem 0 .4rem}h3{font-size:1rem;margin:1.2rem 0 .3rem}
table{border-collapse:collapse;width:100%;margin:.4rem 0}caption{text-align:left;font-style:italic}
th,td{border:1px solid #767676;padding:.2rem .4rem;text-align:left;vertical-align:top;overflow-wrap:break-word}
main{overflow-x:auto}th{background:#eee}td:first-child{min-width:8em}.bad{font-weight:bold}.id,pre{font-family:monospace;overflow-wrap:anywhere;white-space:pre-wrap}
svg{box-sizing:border-box;width:100%;height:auto;border:1px solid #767676}svg text{font:15px sans-serif}svg .small{font-size:12px}
.lane{stroke:#767676}.tick{stroke:#bbb;stroke-dasharray:3 4}.in{fill:#111}.go{fill:#1d4f91}
.ack{fill:#fff;stroke:#1d4f91;stroke-width:2}.read{fill:#1d4f91}.not{stroke:#a4001d;stroke-width:3;fill:none}
.due{fill:#fff;stroke:#111;stroke-width:2}.owed{stroke:#111;stroke-width:2;fill:none}
.late{stroke:#a4001d;stroke-width:5;stroke-dasharray:7 3;fill:none}
@page{size:A4 landscape;margin:12mm}
@media print{body{font-size:9pt;max-width:none;padding:0}tr,svg,h2,h3{break-inside:avoid}h2,h3{break-after:avoid}thead{display:table-header-group}}
</style>
</head>
<body>
<main>
)";

struct Count {
  std::uint64_t put_in = 0, full = 0, tear_line = 0, pointer = 0, acknowledged = 0, read = 0;
  std::uint64_t too_little = 0, owes = 0, late = 0, late_to_acknowledge = 0;
};

bool IsLate(const StoryDuty& duty, std::int64_t now_ms) {
  const std::int64_t due_ms = LatestDueMs(duty);
  return due_ms != 0 && (duty.ended_ms == 0 ? now_ms : duty.ended_ms) > due_ms;
}

std::map<std::string, Count> CountByAgency(const Story& story, std::int64_t now_ms) {
  std::map<std::string, Count> counts;
  for (const StoryEvent& event : story.events) {
    if (!event.agency.empty()) ++counts[event.agency].put_in;
    for (const StoryTold& told : event.told) {
      Count& count = counts[AgencyOf(told.post)];
      if (told.given == v1::LEVEL_FULL) ++count.full;
      if (told.given == v1::LEVEL_TEAR_LINE) ++count.tear_line;
      if (told.given == v1::LEVEL_POINTER) ++count.pointer;
      if (told.acknowledged_ms != 0) ++count.acknowledged;
      if (told.read_ms != 0) ++count.read;
      if (GotTooLittle(told)) ++count.too_little;
      if (!LateAcknowledgements(told, event.urgency, now_ms).empty()) ++count.late_to_acknowledge;
    }
  }
  for (const StoryDuty& duty : story.duties) {
    if (duty.debtor.empty()) continue;
    ++counts[AgencyOf(duty.debtor)].owes;
    if (IsLate(duty, now_ms)) ++counts[AgencyOf(duty.debtor)].late;
  }
  return counts;
}

std::string Summary(const verifier::Review& review, const verifier::ProvedReview& proved,
                    const Story& story) {
  std::string html = "<header><h1>What was shared about <span class=\"id\">" +
                     HtmlText(review.nominal_id) + "</span></h1>\n<p>As of " +
                     UtcText(review.made_ms) + ", asked by " + HtmlText(review.asked_by) +
                     " for the purpose " + HtmlText(review.purpose) + ". From the audit log " +
                     HtmlText(proved.checkpoint.origin) + ", which held " +
                     std::to_string(proved.checkpoint.tree_size) + " records; " +
                     std::to_string(proved.leaves.size()) +
                     " of them are here. All times are UTC: when this was asked by the clock of "
                     "whoever asked, all others by the clock of the broker. Keep this file as what "
                     "it is: about a person.</p>\n"
                     "</header>\n<h2>Summary</h2>\n";
  Count all;
  std::vector<std::vector<std::string>> rows;
  for (const auto& [agency, count] : CountByAgency(story, review.made_ms)) {
    rows.push_back({HtmlText(agency), Number(count.put_in), Number(count.full),
                    Number(count.tear_line), Number(count.pointer), Number(count.acknowledged),
                    Number(count.late_to_acknowledge, true), Number(count.read),
                    Number(count.too_little, true), Number(count.owes), Number(count.late, true)});
    all.put_in += count.put_in;
    all.full += count.full + count.tear_line + count.pointer;
    all.read += count.read;
    all.too_little += count.too_little;
    all.owes += count.owes;
    all.late += count.late;
  }
  html += "<p>Events put in: " + Number(all.put_in) + ". Given to posts: " + Number(all.full) +
          ". Read by a person: " + Number(all.read) +
          ". Owed to a post and not given: " + Number(all.too_little, true) +
          ". Obligations that came of it: " + Number(all.owes) +
          ", of them done late, or late now: " + Number(all.late, true) + ".</p>\n";
  html += HtmlTable(
      "What each agency put in, got out and owed",
      {"Agency", "Put in", "Got in full", "Got a tear-line", "Got a pointer", "Acknowledged",
       "Late to acknowledge", "Read by a person", "Owed, not given", "Obligations", "Of them late"},
      rows);
  std::string panel;
  for (const std::string& post : review.panel) {
    panel += (panel.empty() ? "" : ", ") + HtmlText(post);
  }
  return html + "<p>The panel as it sat then, as the broker answered: " +
         (panel.empty() ? "there was none" : panel) +
         ".</p>\n<p>What events say is not in this document: the log holds who was told, not "
         "what. Levels: full; tear-line, a text written for that audience; pointer, that something "
         "is held and whom to ask; withheld, nothing.</p>\n";
}

constexpr char kAnswered[] = "<br>(answered)";

/// Beside what is not proved and is there.
std::string Mark(bool is_there, bool is_proved) { return is_there && !is_proved ? kAnswered : ""; }

/// Who did something, if a record says so.
std::string By(const std::string& post) { return post.empty() ? "" : "<br>by " + HtmlText(post); }

/// The record that holds a decision.
std::string DecisionRecord(const StoryTold& told) {
  if (told.decision_proved) return Number(told.decided_leaf);
  return told.decided_ms == 0 ? "" : "(answered)";
}

/// Why the post has less than could be, or than it is owed.
std::string WhyLess(const StoryTold& told) {
  if (told.shortfall != v1::RULE_REASON_UNSPECIFIED) return HtmlText(Word(told.shortfall));
  if (!GotTooLittle(told)) return "";
  const bool waits = told.let_go_ms == 0 && told.decided >= told.duty;
  return waits ? "decided " + Word(told.decided) + ", not let go yet" : "not recorded";
}

std::string NotTold(const Story& story) {
  std::vector<std::vector<std::string>> rows;
  for (const StoryEvent& event : story.events) {
    for (const StoryTold& told : event.told) {
      if (!GotTooLittle(told)) continue;
      rows.push_back(
          {HtmlText(told.post), HtmlText(event.type) + "<br>" + Id(event.id), Word(told.duty),
           (told.given == 0 ? "nothing" : Word(told.given)) +
               (told.taken_back_ms == 0 ? "" : ", taken back"),
           WhyLess(told), HtmlText(told.rules), UtcText(told.decided_ms), DecisionRecord(told)});
    }
  }
  const std::string title = "<h2>Who was not told what they were owed</h2>\n";
  if (rows.empty()) return title + "<p>Nobody, as far as these records show.</p>\n";
  return title + HtmlTable(
                     "Posts that were owed more than they were given. What is not let go yet "
                     "waits for the post's system",
                     {"Post", "Event", "Owed", "Given", "Why", "Rules", "Decided", "Record"}, rows);
}

std::string Duties(const Story& story, std::int64_t now_ms) {
  std::vector<std::vector<std::string>> rows;
  for (const StoryDuty& duty : story.duties) {
    const std::int64_t until_ms = duty.ended_ms == 0 ? now_ms : duty.ended_ms;
    const std::string done = duty.ended_ms != 0 ? UtcText(duty.ended_ms) + By(duty.ended_by) +
                                                      Mark(true, duty.ending_proved)
                             : duty.answered ? std::string("still open") + kAnswered
                                             : "not shown";
    const bool due_anew = duty.answered_due_ms != 0;
    rows.push_back(
        {HtmlText(Word(duty.type)) + "<br>" + Id(duty.id), HtmlText(duty.debtor),
         HtmlText(duty.owed_to), HtmlText(Word(duty.reason)), UtcText(duty.opened_ms),
         UtcText(duty.due_ms) +
             (due_anew ? "<br>" + UtcText(duty.answered_due_ms) + kAnswered : ""),
         done, IsLate(duty, now_ms) ? Bad(LengthText(until_ms - LatestDueMs(duty))) : "no",
         HtmlText(duty.told) + ", step " + Number(duty.stage) + Mark(true, duty.climbing_proved),
         Number(duty.leaf)});
  }
  const std::string title = "<h2>Obligations</h2>\n";
  if (rows.empty()) return title + "<p>None, as far as these records show.</p>\n";
  return title +
         HtmlTable(
             "What had to happen, whom it climbed to, and who ended it. What is marked as answered "
             "is the broker's answer; the rest is proved",
             {"What", "Who must act", "Owed to", "Why", "Opened", "Due", "Done", "Late by",
              "Told last", "Record"},
             rows);
}

std::string Timeline(const Story& story, std::int64_t now_ms) {
  return "<h2>Timeline</h2>\n" + ReviewPicture(story, now_ms) +
         "<p>Triangle: put in. Square: let go to the agency. Ring: acknowledged by its system. "
         "Disc: read by a person. Cross: owed, not given. Thin line: an obligation of the agency, "
         "from when it was opened to the stroke when it was done, or to when this was asked. "
         "Diamond: when it was due. Thick broken line: late, an obligation from when it was due, "
         "an acknowledgement from when it should have come.</p>\n";
}

/// A time, and how long it took from `since_ms` on.
std::string After(std::int64_t ms, std::int64_t since_ms) {
  if (ms == 0) return "no";
  return UtcText(ms) + (since_ms == 0 ? "" : "<br>after " + LengthText(ms - since_ms));
}

/// What was let go before it was let go anew, line by line: when each was let go, acknowledged and
/// read.
struct Earlier {
  std::string let_go, acknowledged, read;
};

Earlier EarlierOf(const StoryTold& told) {
  Earlier earlier;
  for (const StoryBefore& each : told.before) {
    const std::string what = each.given == 0 ? "<br>first: " : "<br>" + Word(each.given) + ": ";
    earlier.let_go += what + UtcText(each.let_go_ms);
    if (each.acknowledged_ms != 0) {
      earlier.acknowledged += what + After(each.acknowledged_ms, each.let_go_ms);
    }
    if (each.read_ms != 0) {
      earlier.read += what + After(each.read_ms, each.let_go_ms) + By(each.reader);
    }
  }
  return earlier;
}

std::string EventTable(const StoryEvent& event, std::int64_t now_ms) {
  std::vector<std::vector<std::string>> rows;
  for (const StoryTold& told : event.told) {
    const Earlier earlier = EarlierOf(told);
    rows.push_back(
        {HtmlText(told.post), Word(told.decided), told.given == 0 ? "nothing" : Word(told.given),
         Word(told.duty), WhyLess(told), HtmlText(told.rules), UtcText(told.decided_ms),
         After(told.let_go_ms, event.put_in_ms) +
             Mark(told.let_go_ms != 0, told.letting_go_proved) + earlier.let_go,
         After(told.acknowledged_ms, told.let_go_ms) +
             Mark(told.acknowledged_ms != 0, told.acknowledgement_proved) + earlier.acknowledged +
             (LateAcknowledgements(told, event.urgency, now_ms).empty() ? ""
                                                                        : "<br>" + Bad("late")),
         After(told.read_ms, told.let_go_ms) + Mark(told.read_ms != 0, told.reading_proved) +
             By(told.reader) + earlier.read +
             (told.taken_back_ms == 0 ? "" : "<br>taken back " + UtcText(told.taken_back_ms)),
         DecisionRecord(told)});
  }
  return "<h3>" + HtmlText(event.type) + " " + Id(event.id) + "</h3>\n<p>Put in by " +
         HtmlText(event.agency) + (event.post.empty() ? "" : " (" + HtmlText(event.post) + ")") +
         ". Occurred " + UtcText(event.occurred_ms) +
         (event.published_ms == 0
              ? ""
              : ", published by its originator " + UtcText(event.published_ms) + " (answered)") +
         ", recorded " + UtcText(event.put_in_ms) +
         (event.answered ? " (the broker's answer: no record here says so)"
                         : " in record " + Number(event.leaf)) +
         (event.of_another_id ? "; the record names another nominal, which is the same person by "
                                "the broker's answer"
                              : "") +
         "; urgency " + Word(event.urgency) +
         (event.withdrawn_ms == 0 ? "" : "; withdrawn " + UtcText(event.withdrawn_ms)) + ".</p>\n" +
         HtmlTable("Who was told",
                   {"Post", "Decided", "Given", "Owed", "Why less", "Rules", "Decided at", "Let go",
                    "Acknowledged", "Read", "Record"},
                   rows);
}

}  // namespace

std::string ReviewPage(const verifier::Review& review, const verifier::ProvedReview& proved) {
  const Story story = Tell(review, proved);
  std::string page = kHead + Summary(review, proved, story) + NotTold(story) +
                     Duties(story, review.made_ms) + Timeline(story, review.made_ms) +
                     "<h2>Every event, and who was told</h2>\n";
  for (const StoryEvent& event : story.events) page += EventTable(event, review.made_ms);
  if (story.events.empty()) page += "<p>None.</p>\n";
  if (!review.cut.empty()) {
    page +=
        "<p class=\"bad\">Of these events and obligations not all records may be here, since "
        "there are more than 64, or since they concern other people: ";
    for (const std::string& id : review.cut) page += Id(id) + " ";
    page += "</p>\n";
  }
  return page + ReviewRecords(proved) + HowToVerify(review);
}

}  // namespace tearline::cli
