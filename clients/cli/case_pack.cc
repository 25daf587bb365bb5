#include "clients/cli/case_pack.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <utility>

#include "clients/cli/output.h"
#include "clients/cli/show_proposal.h"
#include "clients/cli/words.h"

namespace tearline::cli {
namespace {

std::int64_t Ms(const google::protobuf::Timestamp& time) {
  return google::protobuf::util::TimeUtil::TimestampToMilliseconds(time);
}

/// "3 days", "5 hours", "less than an hour".
std::string LongText(std::int64_t ms) {
  constexpr std::int64_t kHourMs = 3'600'000;
  const std::int64_t hours = ms / kHourMs;
  if (hours < 1) return "less than an hour";
  const std::int64_t count = hours < 48 ? hours : hours / 24;
  return std::to_string(count) + (hours < 48 ? " hour" : " day") + (count == 1 ? "" : "s");
}

std::string HeadText(const v1::Case& about) {
  std::string text = about.case_id() + "  category " + Word(about.category()) + ", level " +
                     Word(about.level()) + ", led by " + about.lead_agency() + '\n';
  const auto post = [](const std::string& name) { return name.empty() ? "nobody yet" : name; };
  text += "  accountable " + post(about.accountable_post()) + ", supervising " +
          post(about.supervising_post()) + ", " + std::to_string(about.seats_size()) +
          (about.seats_size() == 1 ? " seat\n" : " seats\n");
  return text;
}

std::string UnansweredText(const v1::Proposal& proposal) {
  std::string text = "  " + Word(proposal.kind()) + ", proposed by " + proposal.proposed_by() +
                     ": " + HowManyText(proposal) + ", by " + TimeText(proposal.answer_by()) +
                     "\n    ";
  std::string posts;
  for (const v1::AskedPost& asked : proposal.asked()) {
    if (asked.has_left_at() || asked.answer() != v1::PROPOSAL_ANSWER_UNSPECIFIED) continue;
    posts += (posts.empty() ? "" : ", ") + asked.post() + (asked.silent() ? " (silent)" : "");
  }
  return text + posts + "\n";
}

std::string OverdueText(const v1::Obligation& owed, std::int64_t now_ms) {
  return "  " + Word(owed.type()) + ", by " + owed.debtor_post() + ", " +
         LongText(now_ms - Ms(owed.due_at())) + " ago, told " + owed.told_post() + "  " +
         owed.obligation_id() + '\n';
}

/// What came of a proposal since: that it was made, and answers, those that changed among them.
void AddSince(const v1::Proposal& proposal, std::int64_t since_ms,
              std::vector<std::string>& lines) {
  if (Ms(proposal.made_at()) >= since_ms) {
    lines.push_back("  " + TimeText(proposal.made_at()) + "  " + proposal.proposed_by() +
                    " proposed " + Word(proposal.kind()) + '\n');
  }
  for (const v1::AskedPost& asked : proposal.asked()) {
    if (!asked.has_answered_at() || Ms(asked.answered_at()) < since_ms) continue;
    lines.push_back("  " + TimeText(asked.answered_at()) + "  " + asked.post() + " to " +
                    Word(proposal.kind()) + ": " + AnswerText(asked) + '\n');
  }
}

std::string Joined(std::vector<std::string> lines) {
  std::sort(lines.begin(), lines.end());  // each begins with its time
  std::string text;
  for (const std::string& line : lines) text += line;
  return text;
}

std::string Section(const std::string& head, const std::string& lines) {
  return '\n' + head + '\n' + (lines.empty() ? "  nothing\n" : lines);
}

}  // namespace

std::string PackText(const CasePack& pack) {
  std::string unanswered;
  std::string overdue;
  std::vector<std::string> since;
  for (const v1::Proposal& proposal : pack.proposals) {
    if (proposal.unanswered() > 0) unanswered += UnansweredText(proposal);
    AddSince(proposal, pack.since_ms, since);
  }
  for (const v1::Obligation& owed : pack.obligations) {
    if (Ms(owed.due_at()) <= pack.now_ms) overdue += OverdueText(owed, pack.now_ms);
    if (Ms(owed.opened_at()) >= pack.since_ms) {
      since.push_back("  " + TimeText(owed.opened_at()) + "  " + Word(owed.type()) +
                      " is owed by " + owed.debtor_post() + '\n');
    }
  }
  return HeadText(pack.about) + Section("Who has not answered", unanswered) +
         Section("Overdue, of what this post owes or was told of", overdue) +
         Section("Since " + TimeText(pack.since_ms), Joined(std::move(since)));
}

}  // namespace tearline::cli
