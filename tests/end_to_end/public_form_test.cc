#include "tests/end_to_end/public_form.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/time_util.h>
#include <gtest/gtest.h>

#include "broker/model/ids.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/stored/v1/row.pb.h"
#include "tearline/v1/action_service.pb.h"
#include "tearline/v1/case_service.pb.h"
#include "tearline/v1/nominal_service.pb.h"

namespace tearline::end_to_end {
namespace {

using google::protobuf::util::TimeUtil;
using testing::ElementsAre;
using testing::IsEmpty;

const std::string kId = "sixteen bytes of";

TEST(PublicForm, IdsBecomeTextAndTimesBecomeTimestamps) {
  stored::v1::AddAction command;
  command.set_case_id(kId);
  command.set_kind(v1::ACTION_KIND_HOME_VISIT);
  command.set_owner_post("police/desk");
  command.set_due_ms(1'234'567);
  v1::AddActionRequest request;
  EXPECT_THAT(Translate(command, request), IsEmpty());
  EXPECT_EQ(request.case_id(), model::CaseId::FromBytes(kId)->Text());
  EXPECT_EQ(request.kind(), v1::ACTION_KIND_HOME_VISIT);
  EXPECT_EQ(request.owner_post(), "police/desk");
  EXPECT_EQ(TimeUtil::TimestampToMilliseconds(request.due_at()), 1'234'567);
}

TEST(PublicForm, MessagesWithinMessagesAndDurationsAreCarried) {
  stored::v1::SetLevel command;
  command.add_overrides()->set_work_id(kId);
  command.add_overrides()->set_reason(v1::WORK_OVERRIDE_REASON_AGENCY_GOES_ON);
  v1::SetLevelRequest request;
  EXPECT_THAT(Translate(command, request), IsEmpty());
  ASSERT_EQ(request.overrides_size(), 2);
  EXPECT_EQ(request.overrides(0).work_id(), model::ActionId::FromBytes(kId)->Text());
  EXPECT_EQ(request.overrides(1).reason(), v1::WORK_OVERRIDE_REASON_AGENCY_GOES_ON);

  stored::v1::BreakGlass glass;
  glass.set_lasts_ms(5'000);
  v1::BreakGlassRequest broken;
  EXPECT_THAT(Translate(glass, broken), IsEmpty());
  EXPECT_EQ(TimeUtil::DurationToMilliseconds(broken.lasts()), 5'000);
}

TEST(PublicForm, WhatIsShownBecomesARow) {
  v1::Obligation shown;
  shown.set_nominal_id(model::NominalId::FromBytes(kId)->Text());
  shown.add_action_ids(model::ActionId::FromBytes(kId)->Text());
  *shown.mutable_due_at() = TimeUtil::MillisecondsToTimestamp(77);
  shown.set_stage(2);
  stored::v1::ObligationRow row;
  EXPECT_THAT(Translate(shown, row), IsEmpty());
  EXPECT_EQ(row.nominal_id(), kId);
  EXPECT_THAT(row.action_ids(), ElementsAre(kId));
  EXPECT_EQ(row.due_ms(), 77);
  EXPECT_EQ(row.stage(), 2u);
}

TEST(PublicForm, WhatHasNoPlaceIsNamed) {
  stored::v1::ReadItem command;
  command.set_feed("police/desk");
  command.set_sequence(3);
  v1::AddActionRequest request;
  EXPECT_THAT(Translate(command, request), ElementsAre("feed", "sequence"));
}

}  // namespace
}  // namespace tearline::end_to_end
