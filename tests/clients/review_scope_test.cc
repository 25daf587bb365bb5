#include "clients/cli/review_scope.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/clients/invented_log.h"

namespace tearline::cli {
namespace {

using stored::v1::Detail;

const std::string kOurs(16, 'E');
const std::string kTheirs(16, 'T');
const std::string kOurEvent = "ev_45454545454545454545454545454545";

/// A record as a receipt opens all of it to an auditor: the facts in slots 0, 1, 2 …
void Add(ReviewScope& scope, std::uint64_t index, std::int64_t stamp_ms,
         const std::vector<Detail>& facts) {
  verifier::Receipt receipt;
  receipt.index = index;
  receipt.leaf.stamp_ms = stamp_ms;
  receipt.facts = facts;
  v1::Opening opening;
  opening.set_leaf("leaf " + std::to_string(index));
  for (const Detail& fact : facts) {
    v1::OpenedDetail& opened = *opening.add_details();
    opened.set_slot(static_cast<std::uint32_t>(opening.details_size() - 1));
    opened.set_salted(std::string(16, 's') + fact.SerializeAsString());
  }
  scope.Add(kOurEvent, receipt, opening);
}

Detail Owed(const std::string& id, const std::string& event, stored::v1::ObligationChange change) {
  Detail detail;
  detail.mutable_obligation()->set_obligation_id(std::string(16, id[0]));
  detail.mutable_obligation()->set_event_id(event);
  detail.mutable_obligation()->set_change(change);
  return detail;
}

Detail Acknowledged(std::uint64_t number) {
  Detail detail;
  detail.mutable_settled()->set_feed("probation-north/chair");
  detail.mutable_settled()->set_lane(v1::URGENCY_URGENT);
  detail.mutable_settled()->add_sequences(number);
  return detail;
}

/// The slots of a leaf that are shown.
std::vector<std::uint32_t> Slots(const verifier::ReviewLeaf& leaf) {
  std::vector<std::uint32_t> slots;
  for (const v1::OpenedDetail& opened : leaf.opening.details()) slots.push_back(opened.slot());
  return slots;
}

TEST(ReviewScope, LeavesOutWhatARecordSaysOfOthers) {
  ReviewScope scope("nom_4e");
  Detail actor;
  actor.mutable_actor()->set_agency("police-north");
  Detail glass, other_glass, refused;
  glass.mutable_break_glass()->set_nominal_id("N");
  other_glass.mutable_break_glass()->set_nominal_id("M");
  refused.mutable_refusals()->set_count(1);
  Detail disclosed, other_disclosed;
  disclosed.mutable_disclosure()->add_event_ids(kOurs);
  other_disclosed.mutable_disclosure()->add_event_ids(kTheirs);
  Add(scope, 9, 1000,
      {actor, doubles::Decided(kOurs, "a/b", v1::LEVEL_FULL),
       doubles::Decided(kTheirs, "a/b", v1::LEVEL_FULL),
       Owed("O", kOurs, stored::v1::OBLIGATION_CHANGE_OPENED),
       Owed("P", kTheirs, stored::v1::OBLIGATION_CHANGE_OPENED), glass, other_glass, refused,
       disclosed, other_disclosed, Detail()});
  const auto leaves = scope.Leaves();
  ASSERT_EQ(leaves.size(), 1u);
  EXPECT_EQ(leaves[0].index, 9u);
  EXPECT_EQ(leaves[0].opening.leaf(), "leaf 9");
  EXPECT_EQ(Slots(leaves[0]), (std::vector<std::uint32_t>{0, 1, 3, 5, 8}));
}

TEST(ReviewScope, KeepsAcknowledgementsOfWhatWasLetGoAndOrdersByIndex) {
  ReviewScope scope("nom_4e");
  Add(scope, 12, 1200, {Acknowledged(8), Acknowledged(7)});
  Add(scope, 10, 1000,
      {doubles::LetGo(kOurs, "probation-north/chair", 7, v1::LEVEL_FULL),
       doubles::LetGo(kTheirs, "probation-north/chair", 8, v1::LEVEL_FULL)});
  const auto leaves = scope.Leaves();
  ASSERT_EQ(leaves.size(), 2u);
  EXPECT_EQ(Slots(leaves[0]), (std::vector<std::uint32_t>{0}));
  EXPECT_EQ(Slots(leaves[1]), (std::vector<std::uint32_t>{1}));
}

TEST(ReviewScope, KnowsWhenObligationsWereOpen) {
  ReviewScope scope("nom_4e");
  Add(scope, 3, 1000, {Owed("O", kOurs, stored::v1::OBLIGATION_CHANGE_OPENED)});
  Add(scope, 4, 2000, {Owed("O", kOurs, stored::v1::OBLIGATION_CHANGE_JOINED)});
  Add(scope, 5, 3000, {Owed("O", kOurs, stored::v1::OBLIGATION_CHANGE_LEFT)});
  Add(scope, 6, 4000, {Owed("O", "", stored::v1::OBLIGATION_CHANGE_DISCHARGED)});
  EXPECT_EQ(scope.Obligations(),
            (std::map<std::string, std::int64_t>{{"ob_4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f", 2000}}));
  EXPECT_EQ(Slots(scope.Leaves()[3]).size(), 1u) << "what became of it is shown";
}

/// Obligations about another person keep their own records to themselves.
TEST(ReviewScope, AsksForTheRecordsOfThePersonsObligationsAlone) {
  ReviewScope scope("nom_" + std::string(32, '4'));
  Detail ours = Owed("O", kOurs, stored::v1::OBLIGATION_CHANGE_OPENED);
  ours.mutable_obligation()->set_nominal_id(std::string(16, 'D'));
  Detail others = Owed("P", kOurs, stored::v1::OBLIGATION_CHANGE_OPENED);
  others.mutable_obligation()->set_nominal_id(std::string(16, 'M'));
  Add(scope, 3, 1000, {ours, others});
  EXPECT_EQ(scope.Trails(), std::set<std::string>{"ob_4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f"});

  Detail actor;
  actor.mutable_actor()->set_agency("police-north");
  verifier::Receipt receipt;
  receipt.index = 5;
  receipt.leaf.stamp_ms = 3000;
  v1::Opening opening;
  opening.set_leaf("leaf 5");
  Detail ended = Owed("O", "", stored::v1::OBLIGATION_CHANGE_DISCHARGED);
  for (const Detail& fact : {actor, ended}) {
    v1::OpenedDetail& opened = *opening.add_details();
    opened.set_slot(static_cast<std::uint32_t>(opening.details_size() - 1));
    opened.set_salted(std::string(16, 's') + fact.SerializeAsString());
  }
  scope.AddOfTrail(receipt, opening);
  ASSERT_EQ(scope.Leaves().size(), 2u);
  EXPECT_EQ(Slots(scope.Leaves()[1]), (std::vector<std::uint32_t>{0, 1}));
}

}  // namespace
}  // namespace tearline::cli
