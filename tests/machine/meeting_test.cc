#include "broker/machine/meeting.h"

#include <gtest/gtest.h>

#include "broker/model/limits.h"
#include "tests/machine/panel_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

MeetingRow WithDocuments(const std::vector<v1::DocumentKind>& kinds) {
  MeetingRow row;
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    MeetingDocumentRow& document = *row.add_documents();
    document.set_kind(kinds[i]);
    document.set_digest(std::string(32, static_cast<char>('a' + i)));
  }
  return row;
}

/// Each kind counts for itself; the newest of a kind is in force.
TEST(Meeting, CountsVersionsByKind) {
  const MeetingRow row = WithDocuments(
      {v1::DOCUMENT_KIND_MINUTES, v1::DOCUMENT_KIND_EXECUTIVE_SUMMARY, v1::DOCUMENT_KIND_MINUTES});
  EXPECT_EQ(VersionOf(row, 0), 1);
  EXPECT_EQ(VersionOf(row, 1), 1);
  EXPECT_EQ(VersionOf(row, 2), 2);
  EXPECT_EQ(NewestOf(row, v1::DOCUMENT_KIND_MINUTES)->digest(), std::string(32, 'c'));
  EXPECT_EQ(NewestOf(row, v1::DOCUMENT_KIND_EXECUTIVE_SUMMARY)->digest(), std::string(32, 'b'));
  EXPECT_EQ(NewestOf(MeetingRow(), v1::DOCUMENT_KIND_MINUTES), nullptr);
}

class MeetingTest : public testing::Test {
 protected:
  const std::string id_ = std::string(16, 'm');

  void Put(v1::MeetingOutcome outcome) {
    MeetingRow row;
    row.set_outcome(outcome);
    state::Batch batch(world_.state);
    batch.PutRow(MeetingKey(world_.case_id, id_), row);
    world_.state.Commit(batch);
  }
  v1::ErrorReason Check(const std::string& case_id, const std::string& meeting_id) {
    return ReasonOf(CheckMeetingOfAction(case_id, meeting_id, world_.state));
  }
  PanelWorld world_;
};

TEST_F(MeetingTest, CountsWhatIsPlanned) {
  EXPECT_EQ(PlannedOf(world_.case_id, world_.state), 0u);
  Put(v1::MEETING_OUTCOME_UNSPECIFIED);
  EXPECT_EQ(PlannedOf(world_.case_id, world_.state), 1u);
  Put(v1::MEETING_OUTCOME_HELD);
  EXPECT_EQ(PlannedOf(world_.case_id, world_.state), 0u);
}

TEST_F(MeetingTest, IsNamedByActionsOfItsCaseUnlessItWasCancelled) {
  EXPECT_EQ(Check(world_.case_id, ""), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(Check(world_.case_id, id_), v1::ERROR_REASON_NOT_FOUND);
  for (const auto outcome : {v1::MEETING_OUTCOME_UNSPECIFIED, v1::MEETING_OUTCOME_HELD}) {
    Put(outcome);
    EXPECT_EQ(Check(world_.case_id, id_), v1::ERROR_REASON_UNSPECIFIED);
    EXPECT_EQ(Check(std::string(16, 'x'), id_), v1::ERROR_REASON_NOT_FOUND) << "another case's";
  }
  Put(v1::MEETING_OUTCOME_CANCELLED);
  EXPECT_EQ(Check(world_.case_id, id_), v1::ERROR_REASON_NOT_FOUND);
}

}  // namespace
}  // namespace tearline::machine
