#include "clients/cli/case_pack.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
  owed.set_debtor_post("ct-police/accountable");
  owed.set_told_post("board/smb");
  owed.mutable_due_at()->set_seconds(due);
  owed.mutable_opened_at()->set_seconds(opened);
  return owed;
}

TEST(CasePack, SaysWhoHasNotAnswered) {
  const std::string text = PackText(Pack());
  EXPECT_THAT(text, HasSubstr("case_1  category 4, level 3, led by probation\n"));
  EXPECT_THAT(text, HasSubstr("accountable nobody yet"));
  EXPECT_THAT(text, HasSubstr("attend-event, proposed by trust/events: 2 of 4 have not answered"));
  EXPECT_THAT(text, HasSubstr("    police/manager (silent), unit/desk\n"));
  EXPECT_THAT(text, HasSubstr("told of\n  nothing\n"));
}

TEST(CasePack, SaysWhatIsOverdueAndForHowLong) {
  CasePack pack = Pack();
  pack.obligations = {Owed(kNow - 3 * kDay, kNow - 30 * kDay)};
  EXPECT_THAT(PackText(pack), HasSubstr("  sanitise-or-review, by ct-police/accountable, 3 days "
                                        "ago, told board/smb  ob_1\n"));
  pack.obligations = {Owed(kNow - 3600, 1)};
  EXPECT_THAT(PackText(pack), HasSubstr(", 1 hour ago"));
  pack.obligations = {Owed(kNow, 1)};
  EXPECT_THAT(PackText(pack), HasSubstr(", less than an hour ago"));
  pack.obligations = {Owed(kNow + 1, 1)};
  EXPECT_THAT(PackText(pack), HasSubstr("told of\n  nothing\n"));
}

/// In order of time, and nothing from before.
TEST(CasePack, SaysWhatIsNewSince) {
  CasePack pack = Pack();
  pack.obligations = {Owed(kNow + kDay, kNow - kDay), Owed(kNow + kDay, kNow - 8 * kDay)};
  const std::string text = PackText(pack);
  const std::string since = text.substr(text.find("\nSince "));
  EXPECT_EQ(since,
            "\nSince 2024-09-27T00:00:00Z\n"
            "  2024-10-02T00:00:00Z  prison/governor to attend-event: objection\n"
            "  2024-10-03T00:00:00Z  sanitise-or-review is owed by ct-police/accountable\n");
  pack.since_ms = (kNow - 20 * kDay) * 1000;
  EXPECT_THAT(PackText(pack), HasSubstr("trust/events proposed attend-event"));
}

}  // namespace
}  // namespace tearline::cli
