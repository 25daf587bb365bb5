#include "broker/delivery/build_delivery.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "tearline/v1/manifest.pb.h"

namespace tearline::delivery {
namespace {

using stored::v1::EventRow;
using stored::v1::ItemRow;
using v1::DeliveredEvent;

constexpr std::int64_t kOccurredMs = 1'800'000'000'123;

const std::string& NominalA() {
  static const std::string id(16, 'a');
  return id;
}
const std::string& NominalB() {
  static const std::string id(16, 'b');
  return id;
}

std::string TextOf(const std::string& nominal) {
  return model::NominalId::FromBytes(nominal)->Text();
}

/// An event with everything a recipient could be shown.
EventRow Event(bool holder_may_be_named) {
  EventRow row;
  row.set_accepted_ms(kOccurredMs + 5000);
  row.add_nominal_ids(NominalA());
  row.add_nominal_ids(NominalB());
  stored::v1::Publish& publish = *row.mutable_publish();
  publish.set_event_id(std::string(16, 'e'));
  publish.set_event_type("custody.recall.ordered");
  publish.set_originating_agency("ct-police");
  publish.set_originating_post("ct-police/intel");
  publish.set_occurred_ms(kOccurredMs);
  publish.set_occurred_quality(v1::TIME_QUALITY_ASSUMED);
  v1::Label& label = *publish.mutable_label();
  label.mutable_marking()->set_tier(v1::TIER_OFFICIAL);
  label.mutable_marking()->set_sensitive(true);
  label.mutable_grading()->set_source(v1::SOURCE_GRADE_RELIABLE);
  label.set_existence_may_be_told(true);
  label.set_pointer_post("police/desk");
  label.set_holder_may_be_named(holder_may_be_named);
  publish.mutable_facts()->set_breach(true);
  publish.add_segments()->set_media_type("text/plain");
  publish.add_tear_lines()->mutable_marking()->set_tier(v1::TIER_OFFICIAL);
  return row;
}

ItemRow ItemAt(v1::Level level) {
  ItemRow item;
  item.set_kind(stored::v1::ITEM_KIND_EVENT);
  item.set_event_id(std::string(16, 'e'));
  item.set_level(level);
  if (level == v1::LEVEL_FULL) item.add_segments(0);
  if (level == v1::LEVEL_TEAR_LINE) item.set_tear_line(0);
  return item;
}

sequencer::OpenedContent ContentAt(v1::Level level) {
  sequencer::OpenedContent content;
  if (level == v1::LEVEL_FULL) {
    content.segments.push_back({"text/plain", {v1::CONTENT_FLAG_WITNESS}, "what happened"});
    content.segments[0].grading.emplace().set_source(v1::SOURCE_GRADE_UNTESTED);
  }
  if (level == v1::LEVEL_TEAR_LINE) content.tear_line = "recalled; ask the supervisor";
  return content;
}

DeliveredEvent ShownAt(v1::Level level, bool holder_may_be_named = false) {
  return BuildEvent(ItemAt(level), Event(holder_may_be_named), ContentAt(level),
                    {TextOf(NominalA())});
}

struct Row {
  const char* part;
  std::function<bool(const DeliveredEvent&)> is_shown;
  bool pointer;
  bool pointer_naming_holder;
  bool tear_line;
  bool full;
};

// Read each row as: "<part> is shown at pointer, at pointer where the originator lets the holder be
// named, at tear-line, at full".
TEST(BuildDelivery, EachLevelShowsWhatTheTableSaysAndNothingElse) {
  const Row rows[] = {
      {"event id", [](auto& e) { return !e.event_id().empty(); }, true, true, true, true},
      {"nominals", [](auto& e) { return e.nominal_ids_size() == 1; }, true, true, true, true},
      {"event type", [](auto& e) { return !e.event_type().empty(); }, false, false, true, true},
      {"originating agency", [](auto& e) { return !e.originating_agency().empty(); }, false, true,
       true, true},
      {"originating post", [](auto& e) { return !e.originating_post().empty(); }, false, false,
       true, true},
      {"occurred at", [](auto& e) { return e.has_occurred_at(); }, false, false, true, true},
      {"quality of time", [](auto& e) { return e.occurred_quality() != 0; }, false, false, true,
       true},
      {"accepted at", [](auto& e) { return e.has_accepted_at(); }, false, false, true, true},
      {"marking", [](auto& e) { return e.has_marking(); }, false, false, true, true},
      {"grading", [](auto& e) { return e.has_grading(); }, false, false, false, true},
      {"a segment's own grading",
       [](auto& e) {
         return e.segments_size() == 1 &&
                e.segments(0).grading().source() == v1::SOURCE_GRADE_UNTESTED;
       },
       false, false, false, true},
      {"facts", [](auto& e) { return e.has_facts(); }, false, false, false, true},
      {"segments", [](auto& e) { return e.segments_size() == 1; }, false, false, false, true},
      {"tear-line", [](auto& e) { return !e.tear_line().empty(); }, false, false, true, false},
      {"whom to ask", [](auto& e) { return !e.ask_post().empty(); }, true, true, false, false},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(row.is_shown(ShownAt(v1::LEVEL_POINTER)), row.pointer) << row.part;
    EXPECT_EQ(row.is_shown(ShownAt(v1::LEVEL_POINTER, true)), row.pointer_naming_holder)
        << row.part;
    EXPECT_EQ(row.is_shown(ShownAt(v1::LEVEL_TEAR_LINE)), row.tear_line) << row.part;
    EXPECT_EQ(row.is_shown(ShownAt(v1::LEVEL_FULL)), row.full) << row.part;
  }
}

TEST(BuildDelivery, AtFullTheMarkingIsTheEventsAtTearLineTheTearLines) {
  EXPECT_TRUE(ShownAt(v1::LEVEL_FULL).marking().sensitive());
  EXPECT_FALSE(ShownAt(v1::LEVEL_TEAR_LINE).marking().sensitive());
  EXPECT_EQ(ShownAt(v1::LEVEL_TEAR_LINE).marking().tier(), v1::TIER_OFFICIAL);
}

TEST(BuildDelivery, KeepsWhatWasSaidByteForByte) {
  const DeliveredEvent full = ShownAt(v1::LEVEL_FULL);
  EXPECT_EQ(full.segments(0).content(), "what happened");
  EXPECT_EQ(full.segments(0).media_type(), "text/plain");
  EXPECT_EQ(full.segments(0).flags(0), v1::CONTENT_FLAG_WITNESS);
  EXPECT_EQ(full.occurred_at().seconds(), 1'800'000'000);
  EXPECT_EQ(full.occurred_at().nanos(), 123'000'000);
  EXPECT_EQ(ShownAt(v1::LEVEL_TEAR_LINE).tear_line(), "recalled; ask the supervisor");
}

TEST(BuildDelivery, WhatIsErasedSaysSoAndOnlyWhereThereWasContent) {
  sequencer::OpenedContent erased;
  erased.erased = true;
  for (const v1::Level level : {v1::LEVEL_FULL, v1::LEVEL_TEAR_LINE}) {
    const DeliveredEvent shown = BuildEvent(ItemAt(level), Event(false), erased, {});
    EXPECT_TRUE(shown.erased());
    EXPECT_EQ(shown.segments_size(), 0);
    EXPECT_EQ(shown.tear_line(), "");
    EXPECT_EQ(shown.event_type(), "custody.recall.ordered");
  }
  EXPECT_FALSE(BuildEvent(ItemAt(v1::LEVEL_POINTER), Event(false), erased, {}).erased());
  EXPECT_FALSE(ShownAt(v1::LEVEL_FULL).erased());
}

TEST(BuildDelivery, AnObligationIsShownAsItStoodWhenItsNoticeWasLetGo) {
  ItemRow item;
  item.set_obligation_id(std::string(16, 'o'));
  item.set_stage(1);
  item.set_obligation_events(3);
  item.set_obligation_due_ms(kOccurredMs);
  stored::v1::ObligationRow row;
  row.set_type(v1::OBLIGATION_TYPE_READ);
  row.set_reason(v1::RULE_REASON_PANEL_MUST_KNOW);
  row.set_nominal_id(NominalA());
  row.set_count(4);
  row.set_due_ms(kOccurredMs + 1000);
  row.set_stage(2);
  row.set_debtor_post("police/panel");
  const v1::DeliveredObligation shown = BuildObligation(item, row);
  EXPECT_EQ(shown.obligation_id(), model::ObligationId::FromBytes(std::string(16, 'o'))->Text());
  EXPECT_EQ(shown.type(), v1::OBLIGATION_TYPE_READ);
  EXPECT_EQ(shown.reason(), v1::RULE_REASON_PANEL_MUST_KNOW);
  EXPECT_EQ(shown.nominal_id(), TextOf(NominalA()));
  EXPECT_EQ(shown.events(), 3u);
  EXPECT_EQ(shown.due_at().seconds(), 1'800'000'000);
  EXPECT_EQ(shown.stage(), 1u);
  EXPECT_EQ(shown.debtor_post(), "police/panel");

  row.clear_nominal_id();
  EXPECT_EQ(BuildObligation(item, row).nominal_id(), "");
}

TEST(BuildDelivery, AnAccessChangeSaysWhoseAndAboutWhom) {
  ItemRow item;
  item.set_other_post("housing/desk");
  item.set_nominal_id(NominalB());
  EXPECT_EQ(BuildAccessChange(item).post(), "housing/desk");
  EXPECT_EQ(BuildAccessChange(item).agency(), "");
  EXPECT_EQ(BuildAccessChange(item).nominal_id(), TextOf(NominalB()));

  item.clear_other_post();
  item.set_other_agency("housing");
  EXPECT_EQ(BuildAccessChange(item).post(), "");
  EXPECT_EQ(BuildAccessChange(item).agency(), "housing");
}

TEST(BuildDelivery, TheEnvelopeCitesLaneNumberRulesAndPolicy) {
  ItemRow item = ItemAt(v1::LEVEL_FULL);
  item.add_rules("D1");
  item.add_rules("G2");
  item.set_policy_digest(std::string(32, 'p'));
  item.set_queued_ms(kOccurredMs);
  const v1::Delivery delivery = BuildEnvelope(v1::URGENCY_URGENT, 7, 2, item);
  EXPECT_EQ(delivery.lane(), v1::URGENCY_URGENT);
  EXPECT_EQ(delivery.sequence(), 7u);
  EXPECT_EQ(delivery.attempt(), 2u);
  EXPECT_EQ(delivery.rules_size(), 2);
  EXPECT_EQ(delivery.rules(1), "G2");
  EXPECT_EQ(delivery.policy_digest(), std::string(32, 'p'));
  EXPECT_EQ(delivery.queued_at().nanos(), 123'000'000);
}

TEST(BuildDelivery, APendingEndSaysWhatBecameOfIt) {
  ItemRow item;
  item.set_pending_id(std::string(16, 'p'));
  item.set_pending_command(stored::v1::COMMAND_NUMBER_SEAT_POST);
  item.set_pending_end(stored::v1::PENDING_END_CONFIRMED);
  v1::DeliveredPendingEnd shown = BuildPendingEnd(item);
  EXPECT_EQ(shown.pending_id(), model::PendingId::FromBytes(std::string(16, 'p'))->Text());
  EXPECT_EQ(shown.command(), "seat-post");
  EXPECT_EQ(shown.outcome(), v1::PENDING_OUTCOME_CONFIRMED);
  item.set_pending_end(stored::v1::PENDING_END_LAPSED);
  EXPECT_EQ(BuildPendingEnd(item).outcome(), v1::PENDING_OUTCOME_LAPSED);
}

TEST(BuildDelivery, ADisclosureSaysByWhichEventAndToWhom) {
  ItemRow item;
  item.set_event_id(std::string(16, 'e'));
  item.set_nominal_id(NominalA());
  item.set_third_party(v1::THIRD_PARTY_EMPLOYER);
  item.set_other_post("probation/chair");
  const v1::DeliveredDisclosure shown = BuildDisclosure(item);
  EXPECT_EQ(shown.event_id(), model::EventId::FromBytes(item.event_id())->Text());
  EXPECT_EQ(shown.nominal_id(), TextOf(NominalA()));
  EXPECT_EQ(shown.third_party(), v1::THIRD_PARTY_EMPLOYER);
  EXPECT_EQ(shown.decided_by(), "probation/chair");
}

TEST(BuildDelivery, ControlPassedBySaysOfWhichEventAndToWhom) {
  ItemRow item;
  item.set_event_id(std::string(16, 'e'));
  item.set_other_post("probation/chair");
  const v1::DeliveredControlPassed shown = BuildControlPassed(item);
  EXPECT_EQ(shown.event_id(), model::EventId::FromBytes(item.event_id())->Text());
  EXPECT_EQ(shown.told_post(), "probation/chair");
}

TEST(BuildDelivery, AnErasureSaysWhose) {
  ItemRow item;
  item.set_nominal_id(NominalA());
  EXPECT_EQ(BuildErasure(item).nominal_id(), TextOf(NominalA()));
}

stored::v1::OriginatorSignature Signature(const std::string& payload) {
  stored::v1::OriginatorSignature signature;
  signature.set_payload(payload);
  signature.set_key_id(std::string(32, 'k'));
  signature.set_signature(std::string(64, 's'));
  return signature;
}

/// The same event, all of it signed. The pointer is as the label says.
EventRow SignedEvent(bool holder_may_be_named) {
  EventRow row = Event(holder_may_be_named);
  stored::v1::Publish& publish = *row.mutable_publish();
  *publish.mutable_signed_event()->mutable_manifest() = Signature("manifest");
  publish.mutable_signed_event()->set_salt("salt of the event");
  v1::PointerStatement pointer;
  pointer.set_ask_post("police/desk");
  *publish.mutable_signed_event()->mutable_pointer() = Signature(pointer.SerializeAsString());
  *publish.mutable_tear_lines(0)->mutable_signature() = Signature("tear-line");
  return row;
}

DeliveredEvent SignedAt(v1::Level level, const EventRow& event) {
  sequencer::OpenedContent content = ContentAt(level);
  if (level == v1::LEVEL_FULL) content.segments[0].salt = "salt of a segment";
  if (level == v1::LEVEL_TEAR_LINE) content.tear_line_salt = "salt of the text";
  return BuildEvent(ItemAt(level), event, content, {});
}

/// P6. Each level carries the statement that was written for it, by which its reader checks exactly
/// what they are told, and nothing by which they could learn of another.
TEST(BuildDelivery, EachLevelCarriesItsOwnStatementAndNoOther) {
  const EventRow event = SignedEvent(/*holder_may_be_named=*/true);
  const DeliveredEvent full = SignedAt(v1::LEVEL_FULL, event);
  EXPECT_EQ(full.signature().envelope().payload(), "manifest");
  EXPECT_EQ(full.signature().envelope().signatures(0).sig(), std::string(64, 's'));
  EXPECT_EQ(full.signature().envelope().signatures(0).keyid().substr(0, 4), "6b6b");
  EXPECT_EQ(full.segments(0).salt(), "salt of a segment");
  EXPECT_EQ(full.signature().salt(), "");

  const DeliveredEvent tear_line = SignedAt(v1::LEVEL_TEAR_LINE, event);
  EXPECT_EQ(tear_line.signature().envelope().payload(), "tear-line");
  EXPECT_EQ(tear_line.signature().salt(), "salt of the text");

  const DeliveredEvent pointer = SignedAt(v1::LEVEL_POINTER, event);
  EXPECT_EQ(pointer.signature().envelope().payload(),
            event.publish().signed_event().pointer().payload());
  for (const DeliveredEvent* lower : {&tear_line, &pointer}) {
    const std::string bytes = lower->SerializeAsString();
    for (const char* higher : {"manifest", "salt of the event", "salt of a segment"}) {
      EXPECT_EQ(bytes.find(higher), std::string::npos) << higher;
    }
  }
}

/// A signature names its signer: where the holder may not be named there is none.
TEST(BuildDelivery, APointerIsSignedOnlyWhileItIsAsItWasSigned) {
  EXPECT_FALSE(SignedAt(v1::LEVEL_POINTER, SignedEvent(false)).has_signature());
  EventRow amended = SignedEvent(true);
  amended.mutable_terms()->set_pointer_post("police/panel");
  amended.mutable_terms()->set_holder_may_be_named(true);
  EXPECT_FALSE(SignedAt(v1::LEVEL_POINTER, amended).has_signature()) << "another post is named now";
  amended.mutable_terms()->set_pointer_post("police/desk");
  amended.mutable_terms()->set_holder_may_be_named(false);
  EXPECT_FALSE(SignedAt(v1::LEVEL_POINTER, amended).has_signature());
}

TEST(BuildDelivery, WhatIsNotSignedLooksAsItEverDid) {
  for (const v1::Level level : {v1::LEVEL_FULL, v1::LEVEL_TEAR_LINE, v1::LEVEL_POINTER}) {
    const DeliveredEvent shown = SignedAt(level, Event(true));
    EXPECT_FALSE(shown.has_signature());
    for (const v1::DeliveredSegment& segment : shown.segments()) EXPECT_EQ(segment.salt(), "");
  }
}

}  // namespace
}  // namespace tearline::delivery
