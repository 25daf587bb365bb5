#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "broker/delivery/build_delivery.h"
#include "broker/machine/signing_key.h"
#include "tearline/v1/manifest.pb.h"

namespace tearline::delivery {
namespace {

using stored::v1::EventRow;

stored::v1::OriginatorSignature Signature(const std::string& payload) {
  stored::v1::OriginatorSignature signature;
  signature.set_payload(payload);
  signature.set_key_id(std::string(32, 'k'));
  signature.set_signature(std::string(64, 's'));
  return signature;
}

/// An event of the police.
EventRow Withdrawable() {
  EventRow row;
  row.mutable_publish()->set_event_id(std::string(16, 'e'));
  row.mutable_publish()->set_originating_agency("police");
  return row;
}

v1::DeliveredEvent PointerTo(const EventRow& event) {
  stored::v1::ItemRow item;
  item.set_level(v1::LEVEL_POINTER);
  return BuildEvent(item, event, {}, {});
}

/// Under terms that were amended, the pointer that was signed for them.
TEST(BuildLater, APointerUnderAmendedTermsIsSignedAnew) {
  EventRow amended = Withdrawable();
  amended.mutable_terms()->set_pointer_post("police/panel");
  amended.mutable_terms()->set_holder_may_be_named(true);
  v1::PointerStatement pointer;
  pointer.set_ask_post("police/panel");
  *amended.mutable_signed_pointer() = Signature(pointer.SerializeAsString());
  const v1::DeliveredEvent shown = PointerTo(amended);
  EXPECT_EQ(shown.signature().envelope().payload(), pointer.SerializeAsString());
  amended.mutable_terms()->set_holder_may_be_named(false);
  EXPECT_FALSE(PointerTo(amended).has_signature());
}

/// P6. Of two withdrawals the one the notice speaks of; and none to whom it would name a holder.
TEST(BuildLater, ANoticeOfWithdrawalCarriesItsOwnStatementToWhomItMay) {
  EventRow event = Withdrawable();
  for (const auto& [reason, payload] : {std::pair(v1::WITHDRAWAL_REASON_INACCURATE, "first"),
                                        std::pair(v1::WITHDRAWAL_REASON_SPILLAGE, "second")}) {
    stored::v1::SignedWithdrawal& withdrawal = *event.add_signed_withdrawals();
    withdrawal.set_reason(reason);
    *withdrawal.mutable_signature() = Signature(payload);
  }
  stored::v1::ItemRow item;
  item.set_kind(stored::v1::ITEM_KIND_ACCESS_WITHDRAWN);
  item.set_event_id(event.publish().event_id());
  item.set_withdrawn_sequence(7);
  item.set_withdrawal_reason(v1::WITHDRAWAL_REASON_INACCURATE);
  EXPECT_FALSE(BuildAccessWithdrawn(item, event).has_signature());
  item.set_originator_may_be_named(true);
  const v1::DeliveredAccessWithdrawn shown = BuildAccessWithdrawn(item, event);
  EXPECT_EQ(shown.signature().payload(), "first");
  EXPECT_EQ(shown.signature().payload_type(), machine::kWithdrawalType);
  EXPECT_EQ(shown.sequence(), 7u);
  item.set_withdrawal_reason(v1::WITHDRAWAL_REASON_SPILLAGE);
  EXPECT_EQ(BuildAccessWithdrawn(item, event).signature().payload(), "second");
  item.set_withdrawal_reason(v1::WITHDRAWAL_REASON_UNSPECIFIED);
  EXPECT_FALSE(BuildAccessWithdrawn(item, event).has_signature());
}

}  // namespace
}  // namespace tearline::delivery
