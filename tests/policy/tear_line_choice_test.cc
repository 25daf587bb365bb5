#include "broker/policy/tear_line_choice.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/policy/plain_words.h"

namespace tearline::policy {
namespace {

struct Row {
  const char* audience;
  bool is_of;
};

// The recipient: an offender manager's post of probation, with a guest's seat for one nominal of
// two.
constexpr Row kRows[] = {
    {"", false},
    {"agency_kinds: AGENCY_KIND_PROBATION", true},
    {"agency_kinds: [ AGENCY_KIND_HEALTH, AGENCY_KIND_PROBATION ]", true},
    {"agency_kinds: AGENCY_KIND_HEALTH", false},
    {"post_roles: POST_ROLE_OFFENDER_MANAGER", true},
    {"post_roles: POST_ROLE_CHAIR", false},
    {"posts: 'north-probation/officer'", true},
    {"posts: 'north-probation/other'", false},
    {"posts: ''", false},
    {"panels: true", true},
    {"panels: false", false},
    {"agency_kinds: AGENCY_KIND_HEALTH post_roles: POST_ROLE_OFFENDER_MANAGER", true},
    {"agency_kinds: AGENCY_KIND_HEALTH post_roles: POST_ROLE_CHAIR panels: true", true},
};

TEST(TearLineChoice, AnAudienceIsWhoItNames) {
  NominalFacts seated;
  seated.seat = v1::SEAT_KIND_GUEST;
  const NominalFacts nominals[] = {NominalFacts(), seated};
  for (const Row& row : kRows) {
    EXPECT_EQ(IsOf(Read<v1::Audience>(row.audience), nominals, PlainRecipient()), row.is_of)
        << row.audience;
  }
}

TEST(TearLineChoice, APanelIsSeatedForANominalOfTheEvent) {
  const v1::Audience panels = Read<v1::Audience>("panels: true");
  const NominalFacts unseated[] = {NominalFacts()};
  EXPECT_FALSE(IsOf(panels, unseated, PlainRecipient()));
  EXPECT_FALSE(IsOf(panels, {}, PlainRecipient()));
}

TEST(TearLineChoice, AnUnknownRecipientIsOfNoAudience) {
  const v1::Audience audience =
      Read<v1::Audience>("agency_kinds: [ 0, 1, 2 ] post_roles: [ 0, 5 ] posts: ''");
  EXPECT_FALSE(IsOf(audience, {}, RecipientFacts()));
  RecipientFacts unsaid;
  unsaid.agency_kind = v1::AGENCY_KIND_UNSPECIFIED;
  unsaid.roles = {v1::POST_ROLE_UNSPECIFIED};
  EXPECT_FALSE(IsOf(audience, {}, unsaid));
}

TEST(TearLineChoice, TheFirstThatFitsIsGiven) {
  EventFacts event = PlainEvent();
  const RecipientFacts recipient = PlainRecipient();
  EXPECT_EQ(ChooseTearLine(event, {}, recipient), std::nullopt);
  event.tear_lines.push_back(TearLineFor(v1::AGENCY_KIND_HEALTH));
  EXPECT_EQ(ChooseTearLine(event, {}, recipient), std::nullopt);
  event.tear_lines.push_back(TearLineFor(v1::AGENCY_KIND_PROBATION));
  EXPECT_EQ(ChooseTearLine(event, {}, recipient), 1u);
  event.tear_lines.push_back(TearLineFor(v1::AGENCY_KIND_PROBATION));
  EXPECT_EQ(ChooseTearLine(event, {}, recipient), 1u);
  event.tear_lines[1].marking.set_sensitive(true);  // Above the recipient's clearance.
  EXPECT_EQ(ChooseTearLine(event, {}, recipient), 2u);
  event.tear_lines[2].marking.clear_tier();
  EXPECT_EQ(ChooseTearLine(event, {}, recipient), std::nullopt);
}

}  // namespace
}  // namespace tearline::policy
