#include "broker/policy/words.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/text_format.h>

#include <string_view>
#include <utility>

#include "broker/status/invariant.h"

namespace tearline::policy {
namespace {

/// The value's name behind `prefix`, in small letters.
std::string SmallWords(std::string_view name, std::string_view prefix) {
  if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
  std::string words(name);
  for (char& c : words) {
    if (c == '_') c = ' ';
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return words;
}

std::string HiddenWords(const v1::Rule& rule) {
  std::vector<std::string> words;
  for (const int flag : rule.hides()) {
    words.push_back(FlagWords(static_cast<v1::ContentFlag>(flag)));
  }
  return Listed(words);
}

std::string Counted(std::int64_t number, std::string_view unit) {
  return std::to_string(number) + " " + std::string(unit) + (number == 1 ? "" : "s");
}

}  // namespace

std::string LevelWords(v1::Level level) {
  switch (level) {
    case v1::LEVEL_FULL:
      return "everything";
    case v1::LEVEL_TEAR_LINE:
      return "the tear-line";
    case v1::LEVEL_POINTER:
      return "a pointer";
    default:
      return "nothing";
  }
}

std::string FlagWords(v1::ContentFlag flag) {
  return SmallWords(v1::ContentFlag_Name(flag), "CONTENT_FLAG_");
}

std::string ReasonWords(v1::RuleReason reason) {
  return SmallWords(v1::RuleReason_Name(reason), "RULE_REASON_");
}

std::string BecauseWords(v1::RuleReason reason) {
  constexpr std::pair<v1::RuleReason, std::string_view> kWords[] = {
      {v1::RULE_REASON_NEED_TO_KNOW, "its work needs it"},
      {v1::RULE_REASON_PANEL_MUST_KNOW, "the panel must know"},
      {v1::RULE_REASON_ACCOUNTABLE_OFFICER_MUST_KNOW, "the accountable officer must know"},
      {v1::RULE_REASON_SUPERVISOR_MUST_KNOW, "whoever supervises must know"},
      {v1::RULE_REASON_CLEARANCE, "its clearance does not reach"},
      {v1::RULE_REASON_ORIGINATOR_CONTROL, "the originator controls it"},
      {v1::RULE_REASON_HANDLING_CONDITIONS, "it may be shared only under conditions"},
      {v1::RULE_REASON_PRIVILEGE, "it is legally privileged"},
      {v1::RULE_REASON_SOURCE_PROTECTION, "a source must be protected"},
      {v1::RULE_REASON_VICTIM_PROTECTION, "a victim, witness or child must be protected"},
      {v1::RULE_REASON_HEALTH_CONFIDENTIALITY, "health is confidential"},
      {v1::RULE_REASON_GUEST, "it is a guest at the table"},
      {v1::RULE_REASON_BREACH_MUST_BE_TOLD, "a breach must be told"},
      {v1::RULE_REASON_OWN_EVENT, "its own agency published it"},
      {v1::RULE_REASON_ACCESS_LIMITED, "access to the person is limited, and it is kept out"},
      {v1::RULE_REASON_CONFLICT_OF_INTEREST, "it is in conflict with the person"},
      {v1::RULE_REASON_LEGAL_BASIS, "the legal basis does not cover it"},
      {v1::RULE_REASON_NO_TEAR_LINE,
       "no tear-line was written for it, or none that it is cleared for"},
      {v1::RULE_REASON_EXISTENCE_NOT_TOLD,
       "its originator does not let anybody be told that it is held"},
      {v1::RULE_REASON_EVALUATION_FAILED, "its facts contradict themselves and cannot be judged"},
      {v1::RULE_REASON_NO_GRANT, "no rule grants more"},
      {v1::RULE_REASON_RECIPIENT_SUSPENDED, "its agency is suspended, or all who act for it"},
      {v1::RULE_REASON_RECIPIENT_UNCERTIFIED, "its agency's authority has expired"},
      {v1::RULE_REASON_ALL_HIDDEN, "masks hide all that would have been given"},
      {v1::RULE_REASON_GLASS_BROKEN, "a post broke the glass"},
      {v1::RULE_REASON_UNMERGED, "two people were taken for one"},
      {v1::RULE_REASON_ACTION_AGREED, "the panel agreed it"},
      {v1::RULE_REASON_BOOKING_MOVED, "it was recorded of somebody else, and moved"},
      {v1::RULE_REASON_CASE_JOINED, "another case of the same person was joined into this one"},
      {v1::RULE_REASON_NUMBERS_DISAGREE, "numbers given for one person lead to two"},
      {v1::RULE_REASON_WORK_LEFT_OPEN, "the case was managed at less while work was open"},
      {v1::RULE_REASON_HANDED_OVER, "the post has another holder"},
      {v1::RULE_REASON_TOO_FEW_WITNESSES, "too few witnesses cosign the audit log"},
      {v1::RULE_REASON_WITHDRAWN, "its originator withdrew it"},
      {v1::RULE_REASON_PANEL_ASKED, "the panel was asked"},
      {v1::RULE_REASON_INFORMATION_ASKED, "the post was asked for information"},
      {v1::RULE_REASON_INFORMATION_REFUSED, "the post declined to give information"},
      {v1::RULE_REASON_MEETING_HELD, "a meeting was held"},
      {v1::RULE_REASON_TOO_FEW_MEMBERS,
       "of what it is made of, fewer may be told to it than make one"},
  };
  for (const auto& [each, words] : kWords) {
    if (each == reason) return std::string(words);
  }
  return {};
}

std::string WantWords(const v1::Rule& rule) {
  switch (rule.kind()) {
    case v1::RULE_KIND_GRANT:
      return "allows " + LevelWords(rule.level());
    case v1::RULE_KIND_CAP_ABSOLUTE:
      return "allows never more than " + LevelWords(rule.level());
    case v1::RULE_KIND_CAP_QUALIFIED:
      return "allows no more than " + LevelWords(rule.level()) + " unless more is owed";
    case v1::RULE_KIND_DUTY:
      return "owes it at least " + LevelWords(rule.level());
    case v1::RULE_KIND_MASK:
      return "hides " + HiddenWords(rule);
    default:
      return "says nothing";
  }
}

std::string DurationWords(std::int64_t milliseconds) {
  constexpr std::pair<std::int64_t, std::string_view> kUnits[] = {
      {86'400'000, "day"}, {3'600'000, "hour"}, {60'000, "minute"}, {1'000, "second"}};
  for (const auto& [unit, word] : kUnits) {
    if (milliseconds % unit == 0) return Counted(milliseconds / unit, word);
  }
  return Counted(milliseconds, "millisecond");
}

std::string Listed(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " and " : ", ";
    text += words[i];
  }
  return text;
}

std::string ConditionWords(const v1::Condition& condition) {
  google::protobuf::TextFormat::Printer printer;
  printer.SetSingleLineMode(true);
  printer.SetUseShortRepeatedPrimitives(true);
  std::string text;
  const bool printed = printer.PrintToString(condition, &text);
  TEARLINE_INVARIANT(printed, "a condition can be written as text");
  while (text.ends_with(' ')) text.pop_back();
  return text.empty() ? "always" : text;
}

}  // namespace tearline::policy
