#include "clients/verifier/originator.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>

#include "clients/signing/sign_event.h"
#include "clients/signing/signing_key.h"
#include "clients/verifier/statement.h"

namespace tearline::verifier {
namespace {

constexpr std::int64_t kAccepted = 1'800'000'000;

/// An event as police/intel signs it, and as a broker that keeps to the rules delivers it.
class OriginatorTest : public testing::Test {
 protected:
  OriginatorTest() {
    item_.set_request_id("r1");
    v1::Event& event = *item_.mutable_event();
    event.set_event_type("intelligence.report.submitted");
    event.mutable_occurred_at()->set_seconds(kAccepted - 60);
    event.mutable_occurred_at()->set_nanos(123'456'789);
    event.mutable_label()->mutable_marking()->set_tier(v1::TIER_OFFICIAL);
    event.mutable_label()->mutable_marking()->set_sensitive(true);
    event.mutable_label()->set_holder_may_be_named(true);
    event.mutable_label()->set_pointer_post("police/desk");
    for (const char* content : {"seen near the school", "last known address"}) {
      v1::Segment& segment = *event.add_segments();
      segment.set_media_type("text/plain");
      segment.set_content(content);
    }
    event.mutable_segments(1)->add_flags(v1::CONTENT_FLAG_VICTIM_ADDRESS);
    event.add_tear_lines()->set_text("ask the desk");
    event.mutable_tear_lines(0)->mutable_marking()->set_tier(v1::TIER_OFFICIAL);
    signing::SignItem({"log", "police", "police/intel"}, key_, item_);
    known_.log_origin = "log";
    v1::SigningKey& known = known_.keys.emplace_back();
    known.set_agency("police");
    known.set_public_key(key_.PublicKey());
    known.mutable_valid_from()->set_seconds(kAccepted - 1000);
    known.mutable_valid_until()->set_seconds(kAccepted + 1000);
  }

  v1::DeliveredEvent Circumstances(v1::Level level) const {
    v1::DeliveredEvent shown;
    shown.set_event_id("ev_00000000000000000000000000000001");
    shown.set_level(level);
    shown.set_originating_agency("police");
    if (level == v1::LEVEL_POINTER) return shown;
    shown.set_originating_post("police/intel");
    shown.set_event_type(item_.event().event_type());
    shown.mutable_occurred_at()->set_seconds(kAccepted - 60);
    shown.mutable_occurred_at()->set_nanos(123'000'000);
    shown.mutable_accepted_at()->set_seconds(kAccepted);
    return shown;
  }
  v1::DeliveredEvent Full() const {
    v1::DeliveredEvent shown = Circumstances(v1::LEVEL_FULL);
    *shown.mutable_marking() = item_.event().label().marking();
    shown.mutable_facts();
    for (const v1::Segment& segment : item_.event().segments()) {
      v1::DeliveredSegment& delivered = *shown.add_segments();
      delivered.set_media_type(segment.media_type());
      *delivered.mutable_flags() = segment.flags();
      delivered.set_content(segment.content());
      delivered.set_salt(segment.salt());
    }
    *shown.mutable_signature()->mutable_envelope() = item_.event().signature().manifest();
    return shown;
  }
  v1::DeliveredEvent TearLine() const {
    v1::DeliveredEvent shown = Circumstances(v1::LEVEL_TEAR_LINE);
    const v1::TearLine& line = item_.event().tear_lines(0);
    *shown.mutable_marking() = line.marking();
    shown.set_tear_line(line.text());
    *shown.mutable_signature()->mutable_envelope() = line.signature().envelope();
    shown.mutable_signature()->set_salt(line.signature().salt());
    return shown;
  }
  v1::DeliveredEvent Pointer() const {
    v1::DeliveredEvent shown = Circumstances(v1::LEVEL_POINTER);
    shown.set_ask_post("police/desk");
    *shown.mutable_signature()->mutable_envelope() = item_.event().signature().pointer();
    return shown;
  }
  Signed Standing(const v1::DeliveredEvent& event) const {
    return CheckOriginator(event, known_).standing;
  }

  signing::SigningKey key_ = signing::SigningKey::FromSeed(std::string(32, 'k'));
  v1::PublishItem item_;
  OriginatorKeys known_;
};

TEST_F(OriginatorTest, WhatIsToldAtEachLevelIsWhatWasSigned) {
  for (const v1::DeliveredEvent& event : {Full(), TearLine(), Pointer()}) {
    const OriginatorCheck check = CheckOriginator(event, known_);
    EXPECT_EQ(check.standing, Signed::kVerified) << event.level() << ": " << check.sentence;
    EXPECT_EQ(check.agency, "police");
    EXPECT_EQ(check.key_id, key_.KeyId());
    EXPECT_FALSE(check.compromised);
  }
}

/// Whoever is shown less of an event can still check what they are shown.
TEST_F(OriginatorTest, AMaskedReaderChecksWhatTheMaskLeaves) {
  v1::DeliveredEvent masked = Full();
  masked.mutable_segments()->DeleteSubrange(1, 1);
  EXPECT_EQ(Standing(masked), Signed::kVerified);
  v1::DeliveredEvent erased = Full();
  erased.clear_segments();
  erased.set_erased(true);
  EXPECT_EQ(Standing(erased), Signed::kVerified);
  erased = TearLine();
  erased.clear_tear_line();
  erased.mutable_signature()->clear_salt();
  EXPECT_EQ(Standing(erased), Signed::kOtherwise) << "an empty text was never signed";
  erased.set_erased(true);
  EXPECT_EQ(Standing(erased), Signed::kVerified);
}

/// P6. A tear-line and a pointer carry nothing of what was said in full but that they belong
/// together.
TEST_F(OriginatorTest, ALowerLevelCarriesNothingOfAHigherOne) {
  v1::EventManifest manifest;
  ASSERT_TRUE(manifest.ParseFromString(item_.event().signature().manifest().payload()));
  for (const v1::DeliveredEvent& lower : {TearLine(), Pointer()}) {
    const std::string bytes = lower.SerializeAsString();
    for (const std::string& digest : manifest.segments()) {
      EXPECT_EQ(bytes.find(digest), std::string::npos);
    }
    for (const std::string& higher :
         {manifest.handling_digest(), manifest.about_digest(), item_.event().signature().salt(),
          item_.event().signature().about_salt(), item_.event().segments(0).salt(),
          item_.event().segments(0).content()}) {
      EXPECT_EQ(bytes.find(higher), std::string::npos);
    }
    EXPECT_NE(bytes.find(manifest.publication()), std::string::npos);
  }
  const std::string pointer = Pointer().SerializeAsString();
  for (const std::string& above :
       {item_.event().event_type(), std::string("police/intel"), std::string("ask the desk")}) {
    EXPECT_EQ(pointer.find(above), std::string::npos) << above;
  }
}

/// The same event with another tear-line, or none, gives the same manifest but for its digests: its
/// length tells nothing.
TEST_F(OriginatorTest, AManifestIsOfOneLengthWhateverIsHeldBack) {
  const std::size_t length = item_.event().signature().manifest().payload().size();
  v1::Event& event = *item_.mutable_event();
  event.mutable_segments()->RemoveLast();
  event.clear_tear_lines();
  event.add_nominals()->mutable_identifier()->set_value("A1234BC");
  signing::SignItem({"log", "police", "police/intel"}, key_, item_);
  EXPECT_EQ(item_.event().signature().manifest().payload().size(), length);
}

struct Row {
  const char* what;
  void (*change)(v1::DeliveredEvent& event);
};

const Row kChanges[] = {
    {"type", [](v1::DeliveredEvent& event) { event.set_event_type("other.kind.sent"); }},
    {"post", [](v1::DeliveredEvent& event) { event.set_originating_post("police/desk"); }},
    {"time", [](v1::DeliveredEvent& event) { event.mutable_occurred_at()->set_seconds(1); }},
    {"quality",
     [](v1::DeliveredEvent& event) { event.set_occurred_quality(v1::TIME_QUALITY_ASSUMED); }},
    {"marking",
     [](v1::DeliveredEvent& event) { event.mutable_marking()->set_tier(v1::TIER_SECRET); }},
    {"signature",
     [](v1::DeliveredEvent& event) {
       event.mutable_signature()->mutable_envelope()->add_signatures();
     }},
    {"kind",
     [](v1::DeliveredEvent& event) {
       event.mutable_signature()->mutable_envelope()->set_payload_type(std::string(kPointerType));
     }},
    {"level", [](v1::DeliveredEvent& event) { event.set_level(v1::LEVEL_POINTER); }},
};

TEST_F(OriginatorTest, WhateverIsShownOtherwiseIsFound) {
  for (const Row& row : kChanges) {
    for (v1::DeliveredEvent event : {Full(), TearLine()}) {
      row.change(event);
      EXPECT_EQ(Standing(event), Signed::kOtherwise) << row.what;
    }
  }
  v1::DeliveredEvent event = Full();
  event.mutable_segments(0)->set_content("seen near the station");
  EXPECT_EQ(Standing(event), Signed::kOtherwise);
  event = Full();
  event.mutable_segments(1)->clear_flags();
  EXPECT_EQ(Standing(event), Signed::kOtherwise);
  event = Full();
  event.mutable_facts()->set_breach(true);
  EXPECT_EQ(Standing(event), Signed::kOtherwise);
  event = Full();
  event.mutable_grading()->set_source(v1::SOURCE_GRADE_RELIABLE);
  EXPECT_EQ(Standing(event), Signed::kOtherwise);
  event = TearLine();
  event.set_tear_line("ask nobody");
  EXPECT_EQ(Standing(event), Signed::kOtherwise);
  event = Pointer();
  event.set_ask_post("police/intel");
  EXPECT_EQ(Standing(event), Signed::kOtherwise);
  known_.log_origin = "another log";
  EXPECT_EQ(Standing(Full()), Signed::kOtherwise);
}

struct Misplaced {
  v1::Level level;
  const char* field;
  void (*set)(v1::DeliveredEvent& event);
};

void SetType(v1::DeliveredEvent& event) { event.set_event_type("other.kind.sent"); }
void SetPost(v1::DeliveredEvent& event) { event.set_originating_post("police/intel"); }
void SetTime(v1::DeliveredEvent& event) { event.mutable_occurred_at()->set_seconds(1); }
void SetQuality(v1::DeliveredEvent& event) { event.set_occurred_quality(v1::TIME_QUALITY_ASSUMED); }
void SetMarking(v1::DeliveredEvent& event) { event.mutable_marking()->set_tier(v1::TIER_SECRET); }
void SetGrading(v1::DeliveredEvent& event) { event.mutable_grading(); }
void SetFacts(v1::DeliveredEvent& event) { event.mutable_facts()->set_breach(true); }
void SetSegment(v1::DeliveredEvent& event) { event.add_segments()->set_content("forged"); }
void SetTearLine(v1::DeliveredEvent& event) { event.set_tear_line("forged"); }
void SetAskPost(v1::DeliveredEvent& event) { event.set_ask_post("police/desk"); }
void SetMade(v1::DeliveredEvent& event) { event.mutable_composite()->set_agencies(4); }
void SetSalt(v1::DeliveredEvent& event) { event.mutable_signature()->set_salt("16 bytes of salt"); }

/// Every field that a level is not told, by the comments of DeliveredEvent.
const Misplaced kMisplaced[] = {
    {v1::LEVEL_FULL, "tear_line", SetTearLine},
    {v1::LEVEL_FULL, "ask_post", SetAskPost},
    {v1::LEVEL_FULL, "signature.salt", SetSalt},
    {v1::LEVEL_FULL, "composite", SetMade},
    {v1::LEVEL_TEAR_LINE, "grading", SetGrading},
    {v1::LEVEL_TEAR_LINE, "facts", SetFacts},
    {v1::LEVEL_TEAR_LINE, "segments", SetSegment},
    {v1::LEVEL_TEAR_LINE, "ask_post", SetAskPost},
    {v1::LEVEL_POINTER, "event_type", SetType},
    {v1::LEVEL_POINTER, "originating_post", SetPost},
    {v1::LEVEL_POINTER, "occurred_at", SetTime},
    {v1::LEVEL_POINTER, "occurred_quality", SetQuality},
    {v1::LEVEL_POINTER, "marking", SetMarking},
    {v1::LEVEL_POINTER, "grading", SetGrading},
    {v1::LEVEL_POINTER, "facts", SetFacts},
    {v1::LEVEL_POINTER, "segments", SetSegment},
    {v1::LEVEL_POINTER, "tear_line", SetTearLine},
    {v1::LEVEL_POINTER, "signature.salt", SetSalt},
};

/// A true statement does not cover for what is shown beside it.
TEST_F(OriginatorTest, NothingIsShownBesideWhatWasSigned) {
  for (const Misplaced& row : kMisplaced) {
    v1::DeliveredEvent event = row.level == v1::LEVEL_FULL        ? Full()
                               : row.level == v1::LEVEL_TEAR_LINE ? TearLine()
                                                                  : Pointer();
    ASSERT_EQ(Standing(event), Signed::kVerified);
    row.set(event);
    const OriginatorCheck check = CheckOriginator(event, known_);
    EXPECT_EQ(check.standing, Signed::kOtherwise) << row.level << ' ' << row.field;
    EXPECT_NE(check.sentence.find(row.field), std::string::npos) << check.sentence;
    event.mutable_signature()->clear_envelope();
    if (event.signature().salt().empty()) event.clear_signature();
    EXPECT_EQ(Standing(event), Signed::kOtherwise) << "nor where nothing is signed";
  }
  v1::DeliveredEvent erased = TearLine();
  erased.set_erased(true);
  erased.mutable_signature()->clear_salt();
  erased.set_tear_line("forged");
  EXPECT_EQ(Standing(erased), Signed::kOtherwise) << "its digest is not compared";
}

/// A digest does not tell where its salt ends: words must not slip from the text into the salt.
TEST_F(OriginatorTest, ASaltIsAsLongAsSaltsAre) {
  v1::DeliveredEvent event = TearLine();
  event.mutable_signature()->mutable_salt()->append("ask ");
  event.set_tear_line("the desk");
  EXPECT_EQ(Standing(event), Signed::kOtherwise);
  event = TearLine();
  event.set_tear_line(event.signature().salt().back() + event.tear_line());
  event.mutable_signature()->mutable_salt()->pop_back();
  EXPECT_EQ(Standing(event), Signed::kOtherwise);
}

TEST_F(OriginatorTest, AStatementHoldsNothingThatIsNotToldOf) {
  for (v1::DeliveredEvent event : {Full(), TearLine(), Pointer()}) {
    v1::Envelope& envelope = *event.mutable_signature()->mutable_envelope();
    envelope = key_.Sign(envelope.payload_type(), envelope.payload() + "\xfa\x01\x01x");
    EXPECT_EQ(Standing(event), Signed::kOtherwise) << event.level();
  }
}

TEST_F(OriginatorTest, TimesAreToldAndReadable) {
  for (const v1::DeliveredEvent& good : {Full(), TearLine()}) {
    v1::DeliveredEvent event = good;
    event.clear_accepted_at();
    EXPECT_EQ(Standing(event), Signed::kOtherwise) << "no key could be held against its time";
    for (const std::int64_t seconds :
         {std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min(),
          std::int64_t{253'402'300'800}, std::int64_t{-62'135'596'801}}) {
      event = good;
      event.mutable_accepted_at()->set_seconds(seconds);
      EXPECT_EQ(Standing(event), Signed::kOtherwise);
      event = good;
      event.mutable_occurred_at()->set_seconds(seconds);
      EXPECT_EQ(Standing(event), Signed::kOtherwise);
    }
    event = good;
    event.mutable_occurred_at()->set_nanos(123'000'001);
    EXPECT_EQ(Standing(event), Signed::kOtherwise) << "what is less than a ms nobody signed";
    event = good;
    event.mutable_accepted_at()->set_nanos(1'000'000'000);
    EXPECT_EQ(Standing(event), Signed::kOtherwise);
  }
  known_.keys[0].mutable_valid_until()->set_seconds(std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(Standing(Full()), Signed::kOtherwise);
}

/// Of an agency of which nothing is known nothing can be compared: it is not called tampered with.
TEST_F(OriginatorTest, WithoutAnyKeyNothingIsHeldAgainstIt) {
  const OriginatorCheck check = CheckOriginator(Full(), {});
  EXPECT_EQ(check.standing, Signed::kKeyUnknown);
  EXPECT_EQ(check.sentence, "no key known of police signed it");
}

/// A broker that says it in another agency's name, or in that of nobody, is found out.
TEST_F(OriginatorTest, NobodyElseCanHaveSaidIt) {
  v1::DeliveredEvent event = Full();
  event.set_originating_agency("probation");
  EXPECT_EQ(Standing(event), Signed::kOtherwise);
  event = Full();
  event.mutable_signature()->mutable_envelope()->mutable_signatures(0)->mutable_sig()->front() ^= 1;
  EXPECT_EQ(Standing(event), Signed::kKeyUnknown);
  known_.keys[0].set_agency("probation");
  EXPECT_EQ(Standing(Full()), Signed::kKeyUnknown);
  known_.keys.clear();
  EXPECT_EQ(Standing(Full()), Signed::kKeyUnknown);
  event = Full();
  event.clear_signature();
  EXPECT_EQ(Standing(event), Signed::kNot);
}

TEST_F(OriginatorTest, AKeyCountsWhileItWasInForce) {
  v1::SigningKey& key = known_.keys[0];
  key.mutable_valid_from()->set_seconds(kAccepted);
  EXPECT_EQ(Standing(Full()), Signed::kVerified);
  key.mutable_valid_from()->set_seconds(kAccepted + 1);
  EXPECT_EQ(Standing(Full()), Signed::kOtherwise);
  key.mutable_valid_from()->set_seconds(0);
  key.mutable_valid_until()->set_seconds(kAccepted);
  EXPECT_EQ(Standing(Full()), Signed::kOtherwise);
  key.mutable_valid_until()->set_seconds(kAccepted + 1);
  key.mutable_revoked_at()->set_seconds(kAccepted);
  EXPECT_EQ(Standing(Full()), Signed::kVerified) << "within a millisecond the log's order decides";
  key.mutable_revoked_at()->set_seconds(kAccepted - 1);
  key.mutable_revoked_at()->set_nanos(999'000'000);
  EXPECT_EQ(Standing(Full()), Signed::kOtherwise);
  key.mutable_revoked_at()->set_seconds(kAccepted + 1);
  key.set_revoked_because(v1::SIGNING_KEY_END_COMPROMISED);
  const OriginatorCheck check = CheckOriginator(Full(), known_);
  EXPECT_EQ(check.standing, Signed::kVerified);
  EXPECT_TRUE(check.compromised) << "it counts, and its reader is told";
  EXPECT_TRUE(check.time_told);
  EXPECT_EQ(check.key_until_ms, (kAccepted + 1) * 1000);
}

/// Where it is not told when it was signed, a key that has ended may have signed it since.
TEST_F(OriginatorTest, WhetherTheKeyHadEndedIsForItsReaderToJudge) {
  v1::SigningKey& key = known_.keys[0];
  key.mutable_revoked_at()->set_seconds(kAccepted - 500);
  key.set_revoked_because(v1::SIGNING_KEY_END_SUPERSEDED);
  EXPECT_EQ(Standing(TearLine()), Signed::kOtherwise);
  const OriginatorCheck check = CheckOriginator(Pointer(), known_);
  EXPECT_EQ(check.standing, Signed::kVerified);
  EXPECT_FALSE(check.time_told);
  EXPECT_EQ(check.key_until_ms, (kAccepted - 500) * 1000);
}

TEST_F(OriginatorTest, ATearLineWrittenLaterBelongsToItsEvent) {
  v1::DeliveredEvent event = TearLine();
  v1::TearLine later = item_.event().tear_lines(0);
  signing::SignLaterTearLine({"log", "police", "police/intel"}, key_, item_.event(),
                             event.event_id(), 0, later);
  *event.mutable_signature()->mutable_envelope() = later.signature().envelope();
  event.mutable_signature()->set_salt(later.signature().salt());
  known_.keys[0].mutable_valid_from()->set_seconds(kAccepted + 1);
  EXPECT_EQ(Standing(event), Signed::kVerified) << "by a key that has begun since";
  EXPECT_FALSE(CheckOriginator(event, known_).time_told);
  event.set_event_id("ev_00000000000000000000000000000002");
  EXPECT_EQ(Standing(event), Signed::kOtherwise);
}

}  // namespace
}  // namespace tearline::verifier
