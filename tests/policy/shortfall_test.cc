#include "broker/policy/shortfall.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/policy/plain_words.h"

namespace tearline::policy {
namespace {

/// The judgements of one policy per nominal, in order. The policies live as long as this does.
struct Judged {
  explicit Judged(const std::vector<std::string>& rules) {
    for (const std::string& one : rules) policies.push_back(Rules(one));
    for (const PolicySet& policy : policies) {
      judgements.push_back(Judge(policy, {event, nobody, recipient}));
    }
  }
  EventFacts event = PlainEvent();
  NominalFacts nobody;
  RecipientFacts recipient = PlainRecipient();
  std::vector<PolicySet> policies;
  std::vector<Judgement> judgements;
};

using Places = std::vector<std::vector<std::size_t>>;

void SetSegments(EventFacts& event, const Places& about) {
  event.segments.clear();
  for (const std::vector<std::size_t>& places : about) {
    event.segments.push_back({{v1::CONTENT_FLAG_WITNESS}, places});
  }
}

struct Row {
  const char* what;
  std::vector<std::string> nominals;
  Places segments;
  v1::Level granted;
  std::vector<std::size_t> unmet;
  v1::RuleReason reason;
};

constexpr v1::RuleReason kNone = v1::RULE_REASON_UNSPECIFIED;
constexpr v1::RuleReason kCapped = v1::RULE_REASON_CLEARANCE;
constexpr v1::RuleReason kControlled = v1::RULE_REASON_ORIGINATOR_CONTROL;
constexpr v1::RuleReason kNoGrant = v1::RULE_REASON_NO_GRANT;
constexpr v1::RuleReason kHidden = v1::RULE_REASON_ALL_HIDDEN;

void ExpectRows(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    Judged judged(row.nominals);
    SetSegments(judged.event, row.segments);
    EXPECT_EQ(GrantedLevel(judged.event, judged.judgements), row.granted) << row.what;
    const Cut cut = CutSegments(judged.event, judged.judgements);
    EXPECT_EQ(v1::RuleReason_Name(ReasonForLess(judged.event, judged.judgements, cut, row.unmet)),
              v1::RuleReason_Name(row.reason))
        << row.what;
  }
}

TEST(Shortfall, NamesTheReasonThatHeldOneNominalDown) {
  ExpectRows({
      {"nothing is less", {"grant G full"}, {{0}}, v1::LEVEL_FULL, {}, kNone},
      {"no grant", {"mask M witness"}, {{0}}, v1::LEVEL_WITHHELD, {}, kNoGrant},
      {"a cap", {"grant G full; cap A pointer"}, {{0}}, v1::LEVEL_FULL, {}, kCapped},
      {"a cap that took nothing",
       {"grant G pointer; cap A tear-line"},
       {{0}},
       v1::LEVEL_POINTER,
       {},
       kNone},
      {"all hidden", {"grant G full; mask M witness"}, {{0}}, v1::LEVEL_FULL, {}, kHidden},

  });
}

TEST(Shortfall, OfSeveralNominalsNamesTheReasonOfTheOneThatHeldTheEventDown) {
  ExpectRows({
      {"two nominals, the lower one's cap",
       {"grant G full; qualified Q tear-line", "grant G full; cap A pointer"},
       {{0, 1}},
       v1::LEVEL_FULL,
       {},
       kCapped},
      {"two as low, the one that has a reason",
       {"grant G pointer", "grant G full; cap A pointer"},
       {{0}, {1}},
       v1::LEVEL_FULL,
       {},
       kCapped},
      {"a nominal that was granted nothing holds the other down",
       {"grant G full; duty D full", "mask M child-identity"},
       {{0, 1}},
       v1::LEVEL_WITHHELD,
       {0},
       kNoGrant},
      {"in full, and one segment cut that was not owed",
       {"grant G full", "grant G full; cap A pointer"},
       {{0}, {1}},
       v1::LEVEL_FULL,
       {},
       kNone},
      {"in full, not reaching a capped nominal it was owed about",
       {"grant G full", "duty D full; cap A pointer"},
       {{0}, {1}},
       v1::LEVEL_FULL,
       {1},
       kCapped},
      {"in full, not reaching one that is capped and shared with one lower still",
       {"duty D full; cap A pointer", "mask M witness", "grant G full"},
       {{0, 1}, {2}},
       v1::LEVEL_FULL,
       {0},
       kCapped},
      {"in full, less a segment that another nominal holds down",
       {"grant G full; duty D full", "grant G full; qualified Q pointer"},
       {{0}, {0, 1}},
       v1::LEVEL_FULL,
       {0},
       kControlled},
      {"in full, and masks hide what was owed about one",
       {"grant G full; duty D full; mask M witness", "grant G full"},
       {{0}, {1}},
       v1::LEVEL_FULL,
       {0},
       kHidden},
  });
}

}  // namespace
}  // namespace tearline::policy
