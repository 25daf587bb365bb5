#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "clients/signing/sign_event.h"
#include "clients/verifier/originator.h"
#include "tearline/v1/directory_service.pb.h"
#include "tests/strangers/python.h"

namespace tearline::strangers {
namespace {

/// Deliveries as the client prints them, and keys as the directory lists them.
class PythonDeliveries : public Python {
 protected:
  PythonDeliveries() {
    item_.set_request_id("r1");
    v1::Event& event = *item_.mutable_event();
    event.set_event_type("intelligence.report.submitted");
    event.mutable_occurred_at()->set_seconds(kAccepted - 60);
    event.mutable_occurred_at()->set_nanos(123'000'000);
    event.set_occurred_quality(v1::TIME_QUALITY_ASSUMED);
    v1::Label& label = *event.mutable_label();
    label.mutable_marking()->set_tier(v1::TIER_OFFICIAL);
    label.mutable_marking()->set_sensitive(true);
    label.mutable_marking()->add_descriptors(v1::MARKING_DESCRIPTOR_PERSONAL_DATA);
    label.mutable_grading()->set_source(v1::SOURCE_GRADE_UNTESTED);
    label.set_holder_may_be_named(true);
    label.set_pointer_post("police/desk");
    event.mutable_facts()->set_breach(true);
    v1::Segment& segment = *event.add_segments();
    segment.set_media_type("text/plain; charset=utf-8");
    segment.add_flags(v1::CONTENT_FLAG_VICTIM_ADDRESS);
    segment.set_content("seen near the school");
    event.add_tear_lines()->set_text("ask the desk");
    event.mutable_tear_lines(0)->mutable_marking()->set_tier(v1::TIER_OFFICIAL);
    signing::SignItem(kSpeaker, key_, item_);
    keys_.set_log_origin("log");
    v1::SigningKey& known = *keys_.add_keys();
    known.set_agency("police");
    known.set_public_key(key_.PublicKey());
    known.mutable_valid_from()->set_seconds(kAccepted - 1000);
    known.mutable_valid_until()->set_seconds(kAccepted + 1000);
  }

  static std::string Json(const google::protobuf::Message& message) {
    google::protobuf::util::JsonPrintOptions options;
    options.preserve_proto_field_names = true;
    std::string text;
    EXPECT_TRUE(google::protobuf::util::MessageToJsonString(message, &text, options).ok());
    return text + "\n";
  }
  /// Whether both verifiers say the same of it; and whether that is yes.
  bool Passes(const v1::Delivery& delivery) {
    workplace_.Write("feed.jsonl", Json(delivery));
    const std::string file = workplace_.Path("feed.jsonl");
    const bool passes =
        Says("deliveries '" + file + "' '" + workplace_.Write("keys.jsonl", Json(keys_)) + "'");
    const verifier::OriginatorKeys known{
        keys_.log_origin(), {keys_.keys().begin(), keys_.keys().end()}, /*demanded=*/true};
    const verifier::OriginatorCheck check =
        delivery.has_event() ? verifier::CheckOriginator(delivery.event(), known)
                             : verifier::CheckWithdrawn(delivery.access_withdrawn(), known);
    const bool sound = check.standing == verifier::Signed::kVerified ||
                       (check.standing == verifier::Signed::kNot && check.sentence.empty());
    EXPECT_EQ(passes, sound) << said_ << check.sentence << '\n' << delivery.ShortDebugString();
    return passes;
  }

  static v1::Delivery At(v1::Level level) {
    v1::Delivery delivery;
    delivery.set_sequence(1);
    delivery.mutable_event()->set_event_id(kEventId);
    delivery.mutable_event()->set_level(level);
    delivery.mutable_event()->set_originating_agency("police");
    return delivery;
  }
  void ShowCircumstances(v1::DeliveredEvent& shown) const {
    shown.set_originating_post("police/intel");
    shown.set_event_type(item_.event().event_type());
    *shown.mutable_occurred_at() = item_.event().occurred_at();
    shown.set_occurred_quality(item_.event().occurred_quality());
    shown.mutable_accepted_at()->set_seconds(kAccepted);
  }
  v1::Delivery Full() const {
    v1::Delivery delivery = At(v1::LEVEL_FULL);
    v1::DeliveredEvent& shown = *delivery.mutable_event();
    ShowCircumstances(shown);
    const v1::Event& event = item_.event();
    *shown.mutable_marking() = event.label().marking();
    *shown.mutable_grading() = event.label().grading();
    *shown.mutable_facts() = event.facts();
    v1::DeliveredSegment& segment = *shown.add_segments();
    segment.set_media_type(event.segments(0).media_type());
    *segment.mutable_flags() = event.segments(0).flags();
    segment.set_content(event.segments(0).content());
    segment.set_salt(event.segments(0).salt());
    *shown.mutable_signature()->mutable_envelope() = event.signature().manifest();
    return delivery;
  }
  v1::Delivery TearLine() const {
    v1::Delivery delivery = At(v1::LEVEL_TEAR_LINE);
    v1::DeliveredEvent& shown = *delivery.mutable_event();
    ShowCircumstances(shown);
    const v1::TearLine& line = item_.event().tear_lines(0);
    *shown.mutable_marking() = line.marking();
    shown.set_tear_line(line.text());
    *shown.mutable_signature()->mutable_envelope() = line.signature().envelope();
    shown.mutable_signature()->set_salt(line.signature().salt());
    return delivery;
  }
  v1::Delivery Pointer() const {
    v1::Delivery delivery = At(v1::LEVEL_POINTER);
    delivery.mutable_event()->set_ask_post("police/desk");
    *delivery.mutable_event()->mutable_signature()->mutable_envelope() =
        item_.event().signature().pointer();
    return delivery;
  }
  v1::Delivery Withdrawn() const {
    v1::Delivery delivery;
    delivery.set_sequence(2);
    v1::DeliveredAccessWithdrawn& notice = *delivery.mutable_access_withdrawn();
    notice.set_event_id(kEventId);
    notice.set_sequence(1);
    notice.set_reason(v1::WITHDRAWAL_REASON_WRONG_PERSON);
    *notice.mutable_signature() =
        signing::SignWithdrawal(kSpeaker, key_, kEventId, notice.reason(), kAccepted * 1000);
    return delivery;
  }

  static constexpr std::int64_t kAccepted = 1'800'000'000;
  static inline const std::string kEventId = "ev_" + std::string(32, '1');
  static inline const signing::Speaker kSpeaker{"log", "police", "police/intel"};

  signing::SigningKey key_ = signing::SigningKey::FromSeed(std::string(32, 'k'));
  v1::PublishItem item_;
  v1::ListSigningKeysResponse keys_;
};

TEST_F(PythonDeliveries, AgreesOnWhatIsGood) {
  for (const v1::Delivery& delivery : {Full(), TearLine(), Pointer(), Withdrawn()}) {
    EXPECT_TRUE(Passes(delivery));
    EXPECT_EQ(said_, "verified 1 deliveries, 1 of them signed\n");
  }
  v1::Delivery plain = Pointer();
  plain.mutable_event()->clear_signature();
  EXPECT_TRUE(Passes(plain)) << "a pointer may have none";
  plain = Withdrawn();
  plain.mutable_access_withdrawn()->clear_signature();
  EXPECT_TRUE(Passes(plain));
}

TEST_F(PythonDeliveries, AgreesOnWhatIsBent) {
  using Bend = void (*)(v1::DeliveredEvent&);
  const Bend of_full[] = {
      [](v1::DeliveredEvent& e) { e.set_event_type("other"); },
      [](v1::DeliveredEvent& e) { e.set_originating_post("police/other"); },
      [](v1::DeliveredEvent& e) { e.set_originating_agency("probation"); },
      [](v1::DeliveredEvent& e) { e.mutable_occurred_at()->set_nanos(124'000'000); },
      [](v1::DeliveredEvent& e) { e.mutable_occurred_at()->set_nanos(123'000'001); },
      [](v1::DeliveredEvent& e) { e.clear_accepted_at(); },
      [](v1::DeliveredEvent& e) { e.mutable_accepted_at()->set_seconds(kAccepted + 1000); },
      [](v1::DeliveredEvent& e) { e.mutable_accepted_at()->set_seconds(kAccepted - 1001); },
      [](v1::DeliveredEvent& e) { e.mutable_marking()->set_sensitive(false); },
      [](v1::DeliveredEvent& e) { e.clear_grading(); },
      [](v1::DeliveredEvent& e) { e.mutable_facts()->set_breach(false); },
      [](v1::DeliveredEvent& e) { e.mutable_segments(0)->set_content("another"); },
      [](v1::DeliveredEvent& e) { e.mutable_segments(0)->clear_flags(); },
      [](v1::DeliveredEvent& e) { e.mutable_segments(0)->set_salt("short"); },
      [](v1::DeliveredEvent& e) { e.set_ask_post("police/desk"); },
      [](v1::DeliveredEvent& e) { e.set_tear_line("words"); },
      [](v1::DeliveredEvent& e) { e.mutable_signature()->set_salt(std::string(16, 's')); },
      [](v1::DeliveredEvent& e) { e.clear_signature(); },
      [](v1::DeliveredEvent& e) {
        e.mutable_signature()->mutable_envelope()->mutable_payload()->append("\xf8\x01\x01", 3);
      },
      [](v1::DeliveredEvent& e) {
        e.mutable_signature()->mutable_envelope()->mutable_signatures(0)->mutable_sig()->back() ^=
            1;
      }};
  int number = 0;
  for (const Bend bend : of_full) {
    v1::Delivery bent = Full();
    bend(*bent.mutable_event());
    EXPECT_FALSE(Passes(bent)) << number++;
  }
  v1::Delivery bent = TearLine();
  bent.mutable_event()->set_tear_line("ask nobody");
  EXPECT_FALSE(Passes(bent));
  bent = TearLine();
  bent.mutable_event()->mutable_facts()->set_breach(true);
  EXPECT_FALSE(Passes(bent)) << "told at full only";
  bent = TearLine();
  bent.mutable_event()->set_erased(true);
  EXPECT_FALSE(Passes(bent)) << "what was erased has no text";
  bent = Pointer();
  bent.mutable_event()->set_ask_post("police/other");
  EXPECT_FALSE(Passes(bent));
  bent = Withdrawn();
  bent.mutable_access_withdrawn()->set_reason(v1::WITHDRAWAL_REASON_SPILLAGE);
  EXPECT_FALSE(Passes(bent));
  bent = Withdrawn();
  bent.mutable_access_withdrawn()->set_event_id("ev_" + std::string(32, '2'));
  EXPECT_FALSE(Passes(bent));
}

TEST_F(PythonDeliveries, AgreesOnWhichKeysCount) {
  keys_.set_log_origin("another");
  EXPECT_FALSE(Passes(Full()));
  EXPECT_FALSE(Passes(Withdrawn()));
  keys_.set_log_origin("log");
  keys_.mutable_keys(0)->mutable_revoked_at()->set_seconds(kAccepted);
  EXPECT_TRUE(Passes(Full())) << "in that very millisecond";
  keys_.mutable_keys(0)->mutable_revoked_at()->set_seconds(kAccepted - 1);
  EXPECT_FALSE(Passes(Full()));
  keys_.mutable_keys(0)->clear_revoked_at();
  std::string low(32, '\0');
  low[0] = 1;
  keys_.mutable_keys(0)->set_public_key(low);
  EXPECT_FALSE(Passes(Full())) << "a key that fits everything";
}

}  // namespace
}  // namespace tearline::strangers
