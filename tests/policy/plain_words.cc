#include "tests/policy/plain_words.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <sstream>
#include <stdexcept>
#include <vector>

namespace tearline::policy {
namespace {

std::string Upper(std::string word) {
  for (char& c : word) c = c == '-' ? '_' : static_cast<char>(std::toupper(c));
  return word;
}

std::string RuleText(const std::string& rule) {
  struct Kind {
    const char* name;
    const char* reason;
  };
  static const std::map<std::string, Kind> kKinds = {
      {"grant", {"GRANT", "NEED_TO_KNOW"}},
      {"cap", {"CAP_ABSOLUTE", "CLEARANCE"}},
      {"qualified", {"CAP_QUALIFIED", "ORIGINATOR_CONTROL"}},
      {"duty", {"DUTY", "PANEL_MUST_KNOW"}},
      {"mask", {"MASK", "SOURCE_PROTECTION"}},
  };
  std::istringstream words(rule);
  std::string kind, id, object, condition;
  words >> kind >> id >> object;
  if (!kKinds.contains(kind)) throw std::invalid_argument("no such kind of rule: " + rule);
  std::string text = "rules { id: '" + id + "' kind: RULE_KIND_" + kKinds.at(kind).name +
                     " reason: RULE_REASON_" + kKinds.at(kind).reason;
  text += (kind == "mask" ? " hides: CONTENT_FLAG_" : " level: LEVEL_") + Upper(object);
  if (kind == "duty") {
    text += " oblige_if_unmet { type: OBLIGATION_TYPE_SANITISE_OR_REVIEW within: '4h' }";
  }
  if (const std::size_t at = rule.find(" if "); at != std::string::npos) {
    text += " when { " + rule.substr(at + 4) + " }";
  }
  return text + " }\n";
}

template <typename Numbers>
std::string Joined(const Numbers& numbers) {
  std::string text;
  for (const auto& number : numbers) text += (text.empty() ? "" : ",") + std::to_string(number);
  return text;
}

std::string HoursWord(std::int64_t ms) { return std::to_string(ms / 3'600'000) + "h"; }

}  // namespace

std::string LevelWord(v1::Level level) {
  switch (level) {
    case v1::LEVEL_FULL:
      return "full";
    case v1::LEVEL_TEAR_LINE:
      return "tear-line";
    case v1::LEVEL_POINTER:
      return "pointer";
    case v1::LEVEL_WITHHELD:
      return "withheld";
    default:
      return "nothing";
  }
}

std::string PolicyText(const std::string& rules) {
  std::string text = "id: 'test' version: 1\n";
  std::size_t begin = 0;
  while (begin < rules.size()) {
    const std::size_t end = std::min(rules.find("; ", begin), rules.size());
    text += RuleText(rules.substr(begin, end - begin));
    begin = end + 2;
  }
  return text;
}

PolicySet Rules(const std::string& rules) {
  Result<PolicySet> policy = PolicySet::Parse(PolicyText(rules));
  if (!policy.ok()) throw std::invalid_argument(SentenceOf(policy.status()) + " in: " + rules);
  return *std::move(policy);
}

std::string Words(const Decision& decision) {
  std::string text = LevelWord(decision.level);
  if (!decision.segments.empty()) text += " " + Joined(decision.segments);
  if (decision.tear_line) text += " " + std::to_string(*decision.tear_line);
  text += " by";
  if (decision.rules.empty()) text += " none";
  for (const std::string& rule : decision.rules) text += " " + rule;
  if (decision.duty != v1::LEVEL_UNSPECIFIED) text += ", owed " + LevelWord(decision.duty);
  if (decision.duty_unmet) text += " unmet";
  if (!decision.unmet_nominals.empty()) text += " of " + Joined(decision.unmet_nominals);
  if (decision.shortfall != v1::RULE_REASON_UNSPECIFIED) {
    text += ": " + v1::RuleReason_Name(decision.shortfall).substr(sizeof("RULE_REASON_") - 1);
  }
  for (const OpenedObligation& opened : decision.obligations) {
    text += "; " + v1::ObligationType_Name(opened.type).substr(sizeof("OBLIGATION_TYPE_") - 1) +
            " " + HoursWord(opened.within_ms) + "/" + HoursWord(opened.escalate_every_ms);
  }
  return text;
}

EventFacts PlainEvent() {
  EventFacts event;
  event.event_type = "intelligence.report.submitted";
  event.originating_agency = "north-police";
  event.originator_kind = v1::AGENCY_KIND_POLICE;
  event.urgency = v1::URGENCY_ROUTINE;
  event.label.mutable_marking()->set_tier(v1::TIER_OFFICIAL);
  event.label.set_existence_may_be_told(true);
  event.label.set_pointer_post("north-police/desk");
  event.segments.resize(1);
  return event;
}

EventFacts::TearLine TearLineFor(v1::AgencyKind kind) {
  EventFacts::TearLine tear_line;
  tear_line.marking.set_tier(v1::TIER_OFFICIAL);
  tear_line.audience.add_agency_kinds(kind);
  return tear_line;
}

RecipientFacts PlainRecipient() {
  RecipientFacts recipient;
  recipient.post = "north-probation/officer";
  recipient.agency = "north-probation";
  recipient.agency_kind = v1::AGENCY_KIND_PROBATION;
  recipient.roles = {v1::POST_ROLE_OFFENDER_MANAGER};
  recipient.clearance.set_tier(v1::TIER_OFFICIAL);
  return recipient;
}

}  // namespace tearline::policy
