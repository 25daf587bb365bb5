// What an auditor asks when it is over: Stage's words for questions that only a broker with a door
// can answer. A player without one passes over them.
#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <set>
#include <string>

#include "broker/model/ids.h"
#include "tearline/v1/audit_service.pb.h"
#include "tests/scenarios/event_words.h"
#include "tests/scenarios/stage.h"

namespace tearline::scenarios {
namespace {

using google::protobuf::util::TimeUtil;

std::string Text(const std::set<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += (text.empty() ? "" : "; ") + line;
  return text.empty() ? "nothing" : text;
}

/// The lines under a question, each as it must be answered.
std::set<std::string> LinesUnder(const Line& line) {
  std::set<std::string> expected;
  for (const Line& each : line.under) {
    std::string words = each.verb;
    for (const std::string& word : each.words) words += " " + word;
    if (words != "nothing") expected.insert(words);
  }
  return expected;
}

}  // namespace

/// The name of an event by its id's text.
std::string Stage::NameOfText(const std::string& event_id) const {
  const auto id = model::EventId::Parse(event_id);
  return id.ok() ? NameOf(id->Bytes()) : "?";
}

void Stage::Moment(const Line& line) { moments_[line.words.at(0)] = player_.NowMs(); }

/// What a panel had been given at some time: each event, each post that had it and its level.
void Stage::Knew(const Line& line) {
  v1::KnownAtRequest question;
  question.set_nominal_id(model::NominalId::FromBytes(nominals_.at(line.words.at(0)))->Text());
  *question.mutable_at() = TimeUtil::MillisecondsToTimestamp(moments_.at(line.WordAfter("at")));
  question.set_panel(true);
  v1::KnownAtResponse answer;
  if (!player_.Ask(question, answer)) return;
  std::set<std::string> known;
  for (const v1::KnownEvent& event : answer.events()) {
    for (const v1::KnownTo& to : event.known_to()) {
      if (to.level() == v1::LEVEL_UNSPECIFIED) continue;
      known.insert(NameOfText(event.event_id()) + " " + to.post() + " " + Word(to.level()));
    }
  }
  if (known != LinesUnder(line)) Complain(line, "known was " + Text(known));
}

/// Who was owed an event and not told it, why, and who answers for that.
void Stage::NotTold(const Line& line) {
  v1::WhoWasNotToldRequest question;
  question.set_event_id(model::EventId::FromBytes(events_.at(line.words.at(0)))->Text());
  v1::WhoWasNotToldResponse answer;
  if (!player_.Ask(question, answer)) return;
  std::set<std::string> told;
  for (const v1::NotToldRow& row : answer.rows()) {
    std::string words = row.post() + " " + Word(row.level()) + " because " + Word(row.shortfall());
    for (const v1::ExplainedObligation& owed : row.obligations()) {
      words += " " + Word(owed.type()) + " " + owed.debtor_post() + (owed.open() ? "" : " ended");
    }
    told.insert(words);
  }
  if (told != LinesUnder(line)) Complain(line, "not told: " + Text(told));
}

/// What is withheld although owed, and past its review.
void Stage::PastReview(const Line& line) {
  v1::ListWithheldRequest question;
  question.set_past_review(true);
  v1::ListWithheldResponse answer;
  if (!player_.Ask(question, answer)) return;
  std::set<std::string> rows;
  for (const v1::WithheldRow& row : answer.rows()) {
    for (const std::string& event : row.event_ids()) {
      rows.insert(NameOfText(event) + " debtor " + row.debtor_post() + " told " + row.told_post());
    }
  }
  if (rows != LinesUnder(line)) Complain(line, "past review: " + Text(rows));
}

/// Who was told of an event while two were taken for one.
void Stage::Meanwhile(const Line& line) {
  v1::ToldMeanwhileRequest question;
  question.set_removed_id(model::NominalId::FromBytes(nominals_.at(line.words.at(0)))->Text());
  question.set_other_id(model::NominalId::FromBytes(nominals_.at(line.WordAfter("and")))->Text());
  v1::ToldMeanwhileResponse answer;
  if (!player_.Ask(question, answer)) return;
  std::set<std::string> rows;
  for (const v1::ToldMeanwhileRow& row : answer.rows()) {
    if (NameOfText(row.event_id()) != line.WordAfter("of")) continue;
    rows.insert(NameOfText(row.event_id()) + " " + row.post() + " " + Word(row.level()));
  }
  if (rows != LinesUnder(line)) Complain(line, "told meanwhile: " + Text(rows));
}

void Stage::Proved(const Line& line) {
  const std::string fault = player_.Prove(events_.at(line.words.at(0)));
  if (!fault.empty()) Complain(line, fault);
}

}  // namespace tearline::scenarios
