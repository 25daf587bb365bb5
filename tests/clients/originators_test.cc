#include "clients/cli/originators.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include <nlohmann/json.hpp>

#include "clients/signing/sign_event.h"
#include "clients/verifier/base64.h"
#include "tests/clients/run_tearline.h"

namespace tearline::cli {
namespace {

using testing::HasSubstr;

/// What a reader is told who has the keys of the police from the police, or has none.
class OriginatorsTest : public testing::Test {
 protected:
  OriginatorsTest() {
    item_.set_request_id("one");
    v1::Event& event = *item_.mutable_event();
    event.set_event_type("intelligence.report.submitted");
    event.mutable_occurred_at()->set_seconds(1'800'000'000);
    event.mutable_label()->set_holder_may_be_named(true);
    event.mutable_label()->set_pointer_post("police/desk");
    signing::SignItem({"log", "police", "police/intel"}, key_, item_);
  }

  /// Ends when it is told, as in `directory keys --json`.
  std::string KeysUntil(const std::string& until) const {
    const nlohmann::json key = {{"agency", "police"},
                                {"public_key", verifier::Base64(key_.PublicKey())},
                                {"valid_from", "2020-01-01T00:00:00Z"},
                                {"valid_until", until}};
    return place_.Write("keys.jsonl",
                        nlohmann::json{{"keys", {key}}, {"log_origin", "log"}}.dump() + "\n\n");
  }
  v1::Delivery Full() const {
    v1::Delivery delivery;
    v1::DeliveredEvent& shown = *delivery.mutable_event();
    shown.set_level(v1::LEVEL_FULL);
    shown.set_originating_agency("police");
    shown.set_originating_post("police/intel");
    shown.set_event_type(item_.event().event_type());
    *shown.mutable_occurred_at() = item_.event().occurred_at();
    shown.mutable_accepted_at()->set_seconds(1'800'000'060);
    shown.mutable_marking();
    *shown.mutable_signature()->mutable_envelope() = item_.event().signature().manifest();
    return delivery;
  }
  v1::Delivery Pointer() const {
    v1::Delivery delivery;
    delivery.mutable_event()->set_level(v1::LEVEL_POINTER);
    delivery.mutable_event()->set_originating_agency("police");
    delivery.mutable_event()->set_ask_post("police/desk");
    *delivery.mutable_event()->mutable_signature()->mutable_envelope() =
        item_.event().signature().pointer();
    return delivery;
  }

  const Invocation invocation_;  // No broker: none is to be asked.
  doubles::Workplace place_;
  signing::SigningKey key_ = signing::SigningKey::FromSeed(std::string(32, 'k'));
  v1::PublishItem item_;
};

TEST_F(OriginatorsTest, WhatIsSignedIsVerifiedByTheFile) {
  Originators originators(invocation_, KeysUntil("2030-01-01T00:00:00Z"));
  const verifier::OriginatorCheck check = originators.Check(Full());
  EXPECT_TRUE(IsSound(check)) << check.sentence;
  EXPECT_THAT(originators.Text(check), HasSubstr("signed by  police, verified"));
  const nlohmann::json json = DeliveryJson(Full(), originators, check)["originator_check"];
  EXPECT_EQ(json["standing"], "verified");
  EXPECT_EQ(json["sound"], true);
  EXPECT_EQ(json["time_told"], true);
}

/// Whoever strips a signature must not thereby be believed.
TEST_F(OriginatorsTest, ASignatureThatIsTakenAwayIsMissed) {
  Originators originators(invocation_, KeysUntil("2030-01-01T00:00:00Z"));
  for (const v1::Level level : {v1::LEVEL_FULL, v1::LEVEL_TEAR_LINE, v1::LEVEL_UNSPECIFIED}) {
    v1::Delivery delivery = Full();
    delivery.mutable_event()->clear_signature();
    delivery.mutable_event()->set_level(level);
    const verifier::OriginatorCheck check = originators.Check(delivery);
    EXPECT_FALSE(IsSound(check)) << level;
    EXPECT_THAT(originators.Text(check), HasSubstr("NOT VERIFIED: it carries no signature"));
    const nlohmann::json json = DeliveryJson(delivery, originators, check)["originator_check"];
    EXPECT_EQ(json["standing"], "not-signed");
    EXPECT_EQ(json["sound"], false);
  }
  v1::Delivery pointer = Pointer();
  pointer.mutable_event()->clear_signature();
  EXPECT_TRUE(IsSound(originators.Check(pointer))) << "a pointer may have none";
  EXPECT_EQ(originators.Text(originators.Check(pointer)), "    not signed\n");
  pointer.mutable_event()->set_tear_line("forged");
  EXPECT_FALSE(IsSound(originators.Check(pointer))) << "but then it is no more than a pointer";
}

TEST_F(OriginatorsTest, WhatNeedNotBeSignedIsSaidNotToBe) {
  v1::Delivery delivery = Full();
  delivery.mutable_event()->clear_signature();
  Originators unpinned(invocation_, "");
  verifier::OriginatorCheck check = unpinned.Check(delivery);
  EXPECT_TRUE(IsSound(check));
  EXPECT_EQ(unpinned.Text(check), "    not signed\n");
  EXPECT_EQ(DeliveryJson(delivery, unpinned, check)["originator_check"]["standing"], "not-signed");
  delivery.mutable_event()->set_originating_agency("probation");
  Originators pinned(invocation_, KeysUntil("2030-01-01T00:00:00Z"));
  check = pinned.Check(delivery);
  EXPECT_TRUE(IsSound(check)) << "nobody gave its keys";
  EXPECT_EQ(DeliveryJson(delivery, pinned, check)["originator_check"]["sound"], true);
  delivery.clear_event();
  delivery.mutable_obligation();
  EXPECT_TRUE(IsSound(pinned.Check(delivery)));
  EXPECT_EQ(DeliveryJson(delivery, pinned, check).count("originator_check"), 0u);
}

TEST_F(OriginatorsTest, AnAgencyThatIsNotInTheFileIsNotAccused) {
  Originators originators(invocation_, KeysUntil("2030-01-01T00:00:00Z"));
  v1::Delivery delivery = Full();
  delivery.mutable_event()->set_originating_agency("probation");
  const verifier::OriginatorCheck check = originators.Check(delivery);
  EXPECT_EQ(check.standing, verifier::Signed::kKeyUnknown);
  EXPECT_FALSE(IsSound(check));
  EXPECT_EQ(originators.Text(check), "    NOT VERIFIED: no key known of probation signed it\n");
}

TEST_F(OriginatorsTest, WhoeverReadsAPointerIsToldThatItsKeyEnded) {
  Originators ended(invocation_, KeysUntil("2021-01-01T00:00:00Z"));
  EXPECT_FALSE(IsSound(ended.Check(Full()))) << "it was accepted since";
  const verifier::OriginatorCheck check = ended.Check(Pointer());
  EXPECT_TRUE(IsSound(check)) << check.sentence;
  EXPECT_THAT(ended.Text(check), HasSubstr("this key ended 2021-01-01T00:00:00Z: nothing here"));
  EXPECT_EQ(ended.Json(check)["key_until"], "2021-01-01T00:00:00Z");
  EXPECT_EQ(ended.Json(check)["time_told"], false);
  Originators in_force(invocation_, KeysUntil("2999-01-01T00:00:00Z"));
  EXPECT_THAT(in_force.Text(in_force.Check(Pointer())), testing::Not(HasSubstr("ended")));
}

/// A broker may write any time: it is shown to be none.
TEST_F(OriginatorsTest, ATimeThatIsNoneIsShownAsSuch) {
  Originators originators(invocation_, KeysUntil("2030-01-01T00:00:00Z"));
  v1::Delivery delivery = Full();
  delivery.mutable_event()->mutable_accepted_at()->set_seconds(1'000'000'000'000);
  const verifier::OriginatorCheck check = originators.Check(delivery);
  EXPECT_FALSE(IsSound(check));
  EXPECT_EQ(DeliveryJson(delivery, originators, check)["originator_check"]["standing"],
            "otherwise");
}

}  // namespace
}  // namespace tearline::cli
