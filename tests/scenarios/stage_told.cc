// What those in a story can read: Stage's own book, for comparing one run with another.
#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "broker/machine/proposal.h"
#include "tearline/stored/v1/row.pb.h"
#include "tests/scenarios/event_words.h"
#include "tests/scenarios/stage.h"

namespace tearline::scenarios {

using namespace stored::v1;

namespace {

template <typename Words>
std::string Joined(const Words& words) {
  std::string joined;
  for (const auto& word : words) joined += (joined.empty() ? "" : ",") + word;
  return joined;
}

/// By which content a decision shows itself.
std::string WordsOf(const DecisionDetail& decision) {
  if (decision.level() == v1::LEVEL_TEAR_LINE) {
    return "tear-line " + std::to_string(decision.tear_line());
  }
  std::string words;
  if (decision.level() != v1::LEVEL_FULL) return words;
  for (const std::uint32_t segment : decision.segments()) {
    words += (words.empty() ? "" : ", ") + ("segment " + std::to_string(segment));
  }
  return words;
}

std::string Told(const DecisionDetail& decision) {
  std::string told = decision.post() + " " + Word(decision.level()) + " of " +
                     Word(decision.duty()) + " rules " + Joined(decision.rules());
  if (decision.shortfall() != v1::RULE_REASON_UNSPECIFIED) {
    told += " because " + Word(decision.shortfall());
  }
  if (const std::string words = WordsOf(decision); !words.empty()) told += ": " + words;
  if (decision.late()) told += ", late";
  return told;
}

std::string Told(const AskedRow& asked) {
  return asked.post() + " " + Word(asked.answer()) + (asked.silent() ? " silent" : "") +
         (asked.left_ms() != 0 ? " left" : "") + " before " + std::to_string(asked.earlier_size());
}

}  // namespace

void Stage::CheckWords(const HeldItem& held, const std::string& post, const Line& line) {
  if (held.words.empty() || held.item.level() == v1::LEVEL_POINTER) return;
  const auto decision = DecisionOf(NameOf(held.item.event_id()), post);
  const std::string decided = decision ? WordsOf(*decision) : "nothing";
  if (held.words != decided) Complain(line, "delivered is " + held.words + ", not " + decided);
}

std::string Stage::Told() {
  std::vector<std::string> lines;
  const auto sorted_from = [&lines](std::size_t first) {
    std::sort(lines.begin() + static_cast<std::ptrdiff_t>(first), lines.end());
  };
  for (const auto& [name, id] : events_) {
    // What was judged again and stayed as it was: a feed was looked at, no more.
    std::map<std::string, std::string> last;  // By post.
    for (const Detail& detail : player_.Log()) {
      if (!detail.has_decision() || detail.decision().event_id() != id) continue;
      std::string decided = scenarios::Told(detail.decision());
      if (last[detail.decision().post()] == decided) continue;
      lines.push_back("decided " + name + " for " + decided);
      last[detail.decision().post()] = std::move(decided);
    }
  }
  for (const auto& [post, held] : posts_) {
    if (held.services().empty() && held.holder().empty()) continue;
    for (const HeldItem& each : player_.HeldBy(ListenerOf(post))) {
      const ItemRow& item = each.item;
      std::string line = "held by " + post + " " + Word(each.lane) + " " +
                         std::to_string(each.sequence) + " " + Word(item.kind());
      // A notice of an obligation does not say of which event it came.
      const bool names_event = item.kind() != ITEM_KIND_OBLIGATION && !item.event_id().empty();
      if (names_event) line += " " + NameOf(item.event_id());
      if (item.kind() == ITEM_KIND_EVENT) line += " " + Word(item.level());
      lines.push_back(line + (item.superseding() ? " superseding" : ""));
    }
  }
  const std::size_t first_owed = lines.size();
  for (const auto& [id, row] : player_.OpenObligations()) {
    lines.push_back("owed " + Word(row.type()) + " because " + Word(row.reason()) + " by " +
                    row.debtor_post() + " answerable " + row.accountable_post() + " to " +
                    Joined(row.owed_posts()) + " told " + row.told_post() + " stage " +
                    std::to_string(row.stage()) + " events " + std::to_string(row.count()) +
                    " actions " + std::to_string(row.action_ids_size()) + " opened " +
                    std::to_string(row.opened_ms() - began_ms_) + " due " +
                    std::to_string(row.due_ms() - began_ms_));
  }
  sorted_from(first_owed);
  for (const auto& [name, ids] : proposals_) {
    const ProposalRow row = player_.Proposal(ids.first, ids.second);
    lines.push_back("proposed " + name + " " + Word(row.kind()) + " unanswered " +
                    std::to_string(machine::Unanswered(row)));
    for (const AskedRow& asked : row.asked()) lines.push_back("  " + scenarios::Told(asked));
  }
  for (const auto& [name, id] : requests_) {
    lines.push_back("asked for " + name);
    const InformationRequestRow row = player_.InformationRequest(id);
    for (const AskedForInformationRow& asked : row.asked()) {
      lines.push_back("  " + asked.post() + " " + Word(asked.outcome()));
    }
  }
  std::string told;
  for (const std::string& line : lines) told += line + "\n";
  return told;
}

}  // namespace tearline::scenarios
