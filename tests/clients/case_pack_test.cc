#include "clients/cli/case_pack.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace tearline::cli {
namespace {

using testing::HasSubstr;

constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kNow = 20'000 * kDay;  // 2024-10-04, in seconds

v1::AskedPost Asked(const std::string& post, v1::ProposalAnswer answer, std::int64_t at = 0) {
  v1::AskedPost asked;
  asked.set_post(post);
  asked.set_answer(answer);
  if (at != 0) asked.mutable_answered_at()->set_seconds(at);
  return asked;
}

/// A case of the chair's, with one proposal that waits for two and what is owed.
CasePack Pack() {
  CasePack pack;
  pack.now_ms = kNow * 1000;
  pack.since_ms = (kNow - 7 * kDay) * 1000;
  pack.about.set_case_id("case_1");
  pack.about.set_category(v1::MAPPA_CATEGORY_4);
  pack.about.set_level(v1::MAPPA_LEVEL_3);
  pack.about.set_lead_agency("probation");
  pack.about.add_seats()->set_post("probation/chair");
  v1::Proposal proposal;
  proposal.set_kind(v1::PROPOSAL_KIND_ATTEND_EVENT);
  proposal.set_proposed_by("trust/events");
  proposal.mutable_made_at()->set_seconds(kNow - 20 * kDay);
  proposal.mutable_answer_by()->set_seconds(kNow - kDay);
  proposal.set_unanswered(2);
  *proposal.add_asked() = Asked("police/manager", v1::PROPOSAL_ANSWER_UNSPECIFIED);
  proposal.mutable_asked(0)->set_silent(true);
  *proposal.add_asked() = Asked("prison/governor", v1::PROPOSAL_ANSWER_OBJECTION, kNow - 2 * kDay);
  *proposal.add_asked() = Asked("unit/desk", v1::PROPOSAL_ANSWER_UNSPECIFIED);
  *proposal.add_asked() =
      Asked("probation/chair", v1::PROPOSAL_ANSWER_NO_OBJECTION, kNow - 9 * kDay);
  pack.proposals.push_back(proposal);
  return pack;
}

v1::Obligation Owed(std::int64_t due, std::int64_t opened) {
  v1::Obligation owed;
  owed.set_obligation_id("ob_1");
  owed.set_type(v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW);
  owed.set_reason(v1::RULE_REASON_ORIGINATOR_CONTROL);
  owed.set_debtor_post("ct-police/accountable");
  owed.set_told_post("board/smb");
  owed.mutable_due_at()->set_seconds(due);
  owed.mutable_opened_at()->set_seconds(opened);
  return owed;
}

v1::CaseFeedEntry Entry(const std::string& id, const std::string& type, std::int64_t at) {
  v1::CaseFeedEntry entry;
  v1::DeliveredEvent& event = *entry.mutable_event();
  event.set_event_id(id);
  event.set_level(v1::LEVEL_FULL);
  event.set_event_type(type);
  event.set_originating_agency("prison");
  event.set_originating_post("prison/security");
  event.mutable_occurred_at()->set_seconds(at);
  event.mutable_accepted_at()->set_seconds(at);
  event.mutable_marking()->set_tier(v1::TIER_OFFICIAL);
  event.mutable_marking()->set_sensitive(true);
  entry.mutable_released_at()->set_seconds(at);
  entry.mutable_changed_at()->set_seconds(at);
  return entry;
}

PackSection Section(const CasePack& pack, const std::string& key) {
  for (PackSection& section : SectionsOf(pack)) {
    if (section.key == key) return section;
  }
  ADD_FAILURE() << "no part `" << key << "`";
  return {};
}

/// The first cells of a part's rows, or those of another column.
std::vector<std::string> Cells(const CasePack& pack, const std::string& key,
                               std::size_t column = 0) {
  std::vector<std::string> cells;
  for (const PackRow& row : Section(pack, key).rows) cells.push_back(row.cells.at(column));
  return cells;
}

using Strings = std::vector<std::string>;

/// A row has a cell for each column, whatever the part.
TEST(CasePack, EveryRowHasItsColumns) {
  CasePack pack = Pack();
  pack.obligations = {Owed(kNow - kDay, kNow - kDay)};
  pack.entries = {Entry("ev_1", "custody.recall.ordered", kNow - kDay),
                  Entry("ev_2", "someone.knows.more", kNow - kDay)};
  pack.entries[1].mutable_event()->set_level(v1::LEVEL_TEAR_LINE);
  pack.actions.emplace_back().mutable_due_at()->set_seconds(kNow - kDay);
  pack.about.add_seats()->set_post("police/manager");
  std::size_t rows = 0;
  for (const PackSection& section : SectionsOf(pack)) {
    for (const PackRow& row : section.rows) {
      EXPECT_EQ(row.cells.size(), section.columns.size()) << section.key;
      ++rows;
    }
  }
  EXPECT_GT(rows, 8u);
}

TEST(CasePack, SaysWhoHasNotAnswered) {
  const std::string text = PackText(Pack());
  EXPECT_THAT(text, HasSubstr("\ncase_1  category 4, level 3, led by probation\n"));
  EXPECT_THAT(text, HasSubstr("accountable nobody yet"));
  EXPECT_THAT(text, HasSubstr("attend-event, proposed by trust/events: 2 of 4 have not answered"));
  EXPECT_THAT(text, HasSubstr("  police/manager (silent), unit/desk\n"));
}

TEST(CasePack, SaysWhatIsOverdueAndForHowLong) {
  CasePack pack = Pack();
  EXPECT_TRUE(Section(pack, "overdue").rows.empty());
  pack.obligations = {Owed(kNow - 3 * kDay, kNow - 30 * kDay)};
  EXPECT_EQ(
      Section(pack, "overdue").rows.at(0).cells,
      (Strings{"sanitise-or-review, by ct-police/accountable", "3 days", "board/smb", "ob_1"}));
  pack.obligations = {Owed(kNow - 3600, 1)};
  EXPECT_EQ(Cells(pack, "overdue", 1), Strings{"1 hour"});
  pack.obligations = {Owed(kNow, 1)};
  EXPECT_EQ(Cells(pack, "overdue", 1), Strings{"less than an hour"});
  pack.obligations = {Owed(kNow + 1, 1)};
  EXPECT_TRUE(Section(pack, "overdue").rows.empty());
  // An action is there once, by its obligation if the post hears of that; the longest overdue
  // first.
  v1::Action action;
  action.set_action_id("act_1");
  action.set_obligation_id("ob_1");
  action.mutable_due_at()->set_seconds(kNow - 5 * kDay);
  pack.actions = {action};
  EXPECT_EQ(Cells(pack, "overdue", 3), Strings{}) << "ob_1 is not overdue";
  pack.actions[0].set_obligation_id("ob_2");
  pack.obligations = {Owed(kNow - kDay, 1)};
  EXPECT_EQ(Cells(pack, "overdue", 3), (Strings{"act_1", "ob_1"}));
}

/// The newest first, and nothing from before.
TEST(CasePack, SaysWhatIsNewSince) {
  CasePack pack = Pack();
  pack.obligations = {Owed(kNow + kDay, kNow - kDay), Owed(kNow + kDay, kNow - 8 * kDay)};
  pack.entries = {Entry("ev_1", "custody.recall.ordered", kNow - 7 * kDay),
                  Entry("ev_2", "custody.recall.ordered", kNow - 7 * kDay - 1)};
  EXPECT_EQ(Cells(pack, "changed", 1),
            (Strings{"sanitise-or-review is owed by ct-police/accountable",
                     "prison/governor to attend-event: objection",
                     "custody.recall.ordered, full, from prison/security"}));
  EXPECT_THAT(PackText(pack), HasSubstr("\nSince 2024-09-27T00:00:00Z\n"));
  pack.since_ms = (kNow - 20 * kDay) * 1000;
  pack.since_what = "the time given";
  EXPECT_THAT(Cells(pack, "changed", 1), testing::Contains("trust/events proposed attend-event"));
  EXPECT_THAT(PackText(pack), HasSubstr("\nSince 2024-09-14T00:00:00Z, the time given\n"));
}

/// Pointers, tear-lines and what is owed about what is withheld; never how much there may be.
TEST(CasePack, SaysWhatIsWithheldAsFarAsThePostMayKnow) {
  CasePack pack = Pack();
  EXPECT_THAT(Section(pack, "withheld").note, HasSubstr("does not mean that nothing is held"));
  EXPECT_TRUE(Section(pack, "withheld").rows.empty());
  v1::CaseFeedEntry pointer;
  pointer.mutable_event()->set_level(v1::LEVEL_POINTER);
  pointer.mutable_event()->set_ask_post("ct-police/intel");
  pack.entries = {pointer, Entry("ev_1", "intelligence.report.submitted", kNow)};
  pack.entries[1].mutable_event()->set_level(v1::LEVEL_TEAR_LINE);
  pack.obligations = {Owed(kNow + 1, kNow)};
  EXPECT_EQ(Cells(pack, "withheld", 1),
            (Strings{"sanitise-or-review, because originator-control",
                     "a tear-line of intelligence.report.submitted", "something is held"}));
  pack.entries[1].mutable_taken_back_at()->set_seconds(kNow);
  EXPECT_EQ(Cells(pack, "withheld", 1).size(), 2u);
}

/// By the words a type begins with, the longest that fit; what fits none stands apart and is there.
TEST(CasePack, PutsEventsUnderTheirPillars) {
  CasePack pack = Pack();
  const auto where = [&pack](const std::string& type) {
    pack.entries = {Entry("ev_1", type, kNow)};
    std::string keys;
    for (const PackSection& section : SectionsOf(pack)) {
      const bool has = !section.rows.empty() && section.columns.back() == "event";
      if (has) keys += section.key;
    }
    return keys;
  };
  EXPECT_EQ(where("probation.contact.recorded"), "supervision");
  EXPECT_EQ(where("probation-case.registration.added"), "supervision");
  EXPECT_EQ(where("custody.recall.ordered"), "monitoring_and_control");
  EXPECT_EQ(where("intelligence.report.submitted"), "monitoring_and_control");
  EXPECT_EQ(where("approved-premises.person.not-arrived"), "monitoring_and_control");
  EXPECT_EQ(where("person.csip-record.created"), "interventions_and_treatment");
  EXPECT_EQ(where("health.assessment.completed"), "interventions_and_treatment");
  EXPECT_EQ(where("victim.contact.recorded"), "victim_safety");
  EXPECT_EQ(where("prison-offender-events.prisoner.cell.move"), "monitoring_and_control");
  EXPECT_EQ(where("prison-offender-events.prisoner.contact-added"), "victim_safety");
  EXPECT_EQ(where("licence-condition.manager.allocated"), "supervision");
  EXPECT_EQ(where("victims.day.held"), "under_no_pillar") << "whole words";
  EXPECT_EQ(where("custodial.thing.done"), "under_no_pillar");
}

TEST(CasePack, ListsOpenActionsTheNextDueFirst) {
  CasePack pack = Pack();
  for (const int day : {3, -1, 2}) {
    v1::Action& action = pack.actions.emplace_back();
    action.set_action_id("act_" + std::to_string(day));
    action.mutable_due_at()->set_seconds(kNow + day * kDay);
  }
  EXPECT_EQ(Cells(pack, "actions", 4), (Strings{"act_-1", "act_2", "act_3"}));
  EXPECT_TRUE(Section(pack, "actions").rows[0].pressing);
  EXPECT_FALSE(Section(pack, "actions").rows[1].pressing);
}

/// Those with a seat of whom nothing came since; whoever never told anything first.
TEST(CasePack, NamesSilentAgencies) {
  CasePack pack = Pack();
  pack.post = "probation/chair";
  pack.about.add_seats()->set_post("police/manager");
  pack.about.add_seats()->set_post("police/sergeant");
  pack.about.add_seats()->set_post("prison/governor");
  pack.entries = {Entry("ev_1", "custody.recall.ordered", kNow - 7 * kDay)};
  EXPECT_EQ(Section(pack, "silent").rows.at(0).cells,
            (Strings{"police", "never", "police/manager, police/sergeant"}));
  EXPECT_EQ(Cells(pack, "silent"), Strings{"police"}) << "and not the post's own agency";
  pack.since_ms += 1;
  EXPECT_EQ(Cells(pack, "silent"), (Strings{"police", "prison"}));
}

TEST(CasePack, NamesWhoHasNoSeatAndSomethingToSay) {
  CasePack pack = Pack();
  pack.entries = {Entry("ev_1", "approved-premises.person.arrived", kNow),
                  Entry("ev_2", "approved-premises.person.departed", kNow)};
  pack.entries[0].mutable_event()->set_originating_agency("premises");
  pack.entries[1].mutable_event()->set_originating_agency("premises");
  pack.entries[0].mutable_event()->set_originating_post("premises/desk");
  pack.entries[1].mutable_event()->set_originating_post("premises/desk");
  v1::CasePost& named = *pack.about.add_named_posts();
  named.set_post("police/home");
  named.set_function(v1::CASE_FUNCTION_POLICE_OF_HOME);
  EXPECT_EQ(Cells(pack, "without_a_seat"), (Strings{"police", "premises", "trust"}));
  EXPECT_EQ(Cells(pack, "without_a_seat", 1), (Strings{"", "2", ""}));
  EXPECT_EQ(Cells(pack, "without_a_seat", 3),
            (Strings{"police-of-home: police/home", "", "proposed: trust/events"}));
  pack.about.add_seats()->set_post("premises/manager");
  pack.about.set_accountable_post("police/accountable");
  EXPECT_EQ(Cells(pack, "without_a_seat"), (Strings{"premises/desk", "trust"}))
      << "another post of theirs sits, and that one does not; the case names police/home";
  v1::AskedForInformation& asked = *pack.requests.emplace_back().add_asked();
  asked.set_post("housing/homes");
  EXPECT_EQ(Cells(pack, "without_a_seat"), (Strings{"housing", "premises/desk", "trust"}));
  EXPECT_EQ(Cells(pack, "without_a_seat", 3)[0], "is asked for information: housing/homes");
}

/// However much there is, the first page is one screen, and all of it follows.
TEST(CasePack, ItsFirstPageIsOneScreen) {
  CasePack pack = Pack();
  for (std::size_t i = 0; i < kFirstPageRows; ++i) {
    pack.entries.push_back(Entry("ev_" + std::to_string(i), "health.visit.missed", kNow - 60));
    pack.obligations.push_back(Owed(kNow - kDay, 1));
  }
  const auto first_page = [&pack] {
    const std::string text = PackText(pack);
    return text.substr(0, text.find("\nSupervision\n"));
  };
  EXPECT_THAT(first_page(), HasSubstr("… and 1 more, below\n")) << "an answer beside the events";
  pack.proposals.clear();
  EXPECT_THAT(first_page(), testing::Not(HasSubstr("more, below")));
  pack.entries.push_back(Entry("ev_new", "health.visit.missed", kNow));
  EXPECT_THAT(first_page(), HasSubstr("… and 1 more, below\n"));
  EXPECT_THAT(first_page(), HasSubstr("2024-10-04T00:00:00Z")) << "the newest";
  pack.proposals.assign(20, Pack().proposals[0]);
  pack.obligations.assign(20, Owed(kNow - kDay, 1));
  std::string page = PackText(pack);
  page = page.substr(0, page.find("below\n", page.find("Withheld, as far as")));
  EXPECT_LE(std::count(page.begin(), page.end(), '\n'), 48);
}

/// The strictest marking of what it shows, top and bottom.
TEST(CasePack, IsMarked) {
  CasePack pack = Pack();
  EXPECT_EQ(MarkingOf(pack), "OFFICIAL-SENSITIVE");
  pack.entries = {Entry("ev_1", "custody.recall.ordered", kNow),
                  Entry("ev_2", "custody.recall.ordered", kNow)};
  pack.entries[1].mutable_event()->mutable_marking()->add_caveats(v1::CAVEAT_POLICE_ONLY);
  const std::string marking = "OFFICIAL-SENSITIVE police-only\n";
  EXPECT_THAT(PackText(pack),
              testing::AllOf(testing::StartsWith(marking), testing::EndsWith(marking)));
}

}  // namespace
}  // namespace tearline::cli
