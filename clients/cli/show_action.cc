#include "clients/cli/show_action.h"

#include <iostream>

#include <nlohmann/json.hpp>

#include "clients/cli/words.h"

namespace tearline::cli {
namespace {

/// "done", "open".
std::string EndWord(const v1::Action& action) {
  return action.end() == v1::ACTION_END_UNSPECIFIED ? "open" : Word(action.end());
}

std::string Hex(const std::string& bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    hex.push_back(kDigits[byte >> 4]);
    hex.push_back(kDigits[byte & 15]);
  }
  return hex;
}

}  // namespace

Table ActionTable() {
  return Table({"ACTION", "WHAT", "OWNER", "DUE", "CARRIED OVER", "STATE", "ENDED", "BY"});
}

void AddAction(const v1::Action& action, Table& table) {
  table.Add({action.action_id(), Word(action.kind()), action.owner_post(),
             TimeText(action.due_at()),
             action.carried_over() == 0 ? "" : std::to_string(action.carried_over()),
             EndWord(action), TimeText(action.ended_at()), action.ended_by()});
}

void PrintAction(const v1::Action& action) {
  const auto line = [](const char* name, const std::string& value) {
    if (!value.empty()) std::cout << "  " << name << value << '\n';
  };
  std::cout << action.action_id() << "  " << Word(action.kind()) << ", " << EndWord(action) << '\n';
  line("case          ", action.case_id());
  line("owner         ", action.owner_post());
  line("agreed        ", TimeText(action.added_at()));
  line("recorded by   ", action.added_by());
  line("due           ", TimeText(action.due_at()));
  if (action.carried_over() > 0) line("carried over  ", std::to_string(action.carried_over()));
  line("about         ", action.about_event_id());
  line("agreed at     ", action.set_at_meeting_id());
  line("went through  ", action.reviewed_at_meeting_id());
  line("obligation    ", action.obligation_id());
  line("ended         ", TimeText(action.ended_at()));
  line("ended by      ", action.ended_by());
  line("evidence      ", action.evidence_event_id());
  line("its digest    ", Hex(action.evidence_digest()));
}

void PrintManagement(const v1::GetCaseResponse& shown) {
  if (shown.has_ended_at()) std::cout << "  ended        " << TimeText(shown.ended_at()) << '\n';
  Table before({"CATEGORY BEFORE", "LEVEL", "LEAD", "AREA", "SUPERVISING", "UNTIL", "CHANGED BY"});
  for (const v1::CaseManagement& each : shown.managed_before()) {
    before.Add({Word(each.category()), Word(each.level()), each.lead_agency(), each.area(),
                each.supervising_post(), TimeText(each.until()), each.changed_by()});
  }
  if (!before.Empty()) before.Print(2);
  Table open = ActionTable();
  for (const v1::Action& action : shown.open_actions()) AddAction(action, open);
  if (!open.Empty()) open.Print(2);
}

std::string CaseJson(const v1::GetCaseResponse& shown) {
  nlohmann::json object = nlohmann::json::parse(JsonText(shown.case_()));
  const nlohmann::json whole = nlohmann::json::parse(JsonText(shown));
  for (const char* key : {"managed_before", "ended_at", "open_actions"}) {
    if (whole.contains(key)) object[key] = whole[key];
  }
  return object.dump();
}

}  // namespace tearline::cli
