#include "broker/sequencer/check_signed.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "broker/crypto/digest.h"
#include "broker/crypto/dsse.h"
#include "broker/crypto/signer.h"
#include "broker/machine/signing_key.h"
#include "broker/model/limits.h"
#include "broker/sequencer/statements.h"
#include "tests/sequencer/signed_item.h"

namespace tearline::sequencer {
namespace {

TEST_F(CheckSignedTest, KeepsTheBytesThatCameAndWhoSignedThem) {
  const Result<Verified> verified = Check();
  ASSERT_TRUE(verified.ok()) << SentenceOf(verified.status());
  ASSERT_TRUE(verified->event.has_value());
  const v1::EventSignature& sent = item_.event().signature();
  const stored::v1::OriginatorSignature& kept = verified->event->manifest();
  EXPECT_EQ(kept.payload(), sent.manifest().payload());
  EXPECT_EQ(kept.key_id(), crypto::Sha256(key_.PublicKey()).Bytes());
  EXPECT_TRUE(crypto::VerifyEd25519(
      key_.PublicKey(), crypto::PreAuthentication(machine::kManifestType, kept.payload()),
      kept.signature()));
  EXPECT_EQ(verified->event->pointer().payload(), sent.pointer().payload());
  ASSERT_EQ(verified->tear_lines.size(), 1u);
  ASSERT_TRUE(verified->tear_lines[0].has_value());
  EXPECT_EQ(verified->tear_lines[0]->payload(),
            item_.event().tear_lines(0).signature().envelope().payload());
}

/// What is kept beside the records outlives the content's keys: it holds nothing that was said, nor
/// what it could be guessed from (P7).
TEST_F(CheckSignedTest, WhatIsKeptHoldsNeitherContentNorItsSalts) {
  const Result<Verified> verified = Check();
  ASSERT_TRUE(verified.ok());
  std::string kept = verified->event->SerializeAsString();
  kept += verified->tear_lines[0]->SerializeAsString();
  const v1::Event& event = item_.event();
  for (const std::string& secret :
       {event.segments(0).content(), event.segments(0).salt(), event.tear_lines(0).text(),
        event.tear_lines(0).signature().salt(), event.signature().about_salt(),
        event.nominals(0).identifier().value()}) {
    ASSERT_FALSE(secret.empty());
    EXPECT_EQ(kept.find(secret), std::string::npos);
  }
}

struct Row {
  const char* what;
  void (*change)(v1::PublishItem& item);
  v1::ErrorReason reason;
};

/// Whatever is changed of an event after it was signed is found.
const Row kRows[] = {
    {"its type",
     [](v1::PublishItem& item) { item.mutable_event()->set_event_type("other.kind.sent"); },
     v1::ERROR_REASON_SIGNED_OTHERWISE},
    {"its time",
     [](v1::PublishItem& item) {
       item.mutable_event()->mutable_occurred_at()->set_seconds(1'700'000'000);
     },
     v1::ERROR_REASON_SIGNED_OTHERWISE},
    {"its urgency",
     [](v1::PublishItem& item) { item.mutable_event()->set_urgency(v1::URGENCY_ROUTINE); },
     v1::ERROR_REASON_SIGNED_OTHERWISE},
    {"its marking",
     [](v1::PublishItem& item) {
       item.mutable_event()->mutable_label()->mutable_marking()->set_tier(v1::TIER_SECRET);
     },
     v1::ERROR_REASON_SIGNED_OTHERWISE},
    {"whom it is released to",
     [](v1::PublishItem& item) {
       item.mutable_event()->mutable_label()->add_released_to_posts("police/panel");
     },
     v1::ERROR_REASON_SIGNED_OTHERWISE},
    {"its facts",
     [](v1::PublishItem& item) { item.mutable_event()->mutable_facts()->set_breach(true); },
     v1::ERROR_REASON_SIGNED_OTHERWISE},
    {"whom it concerns",
     [](v1::PublishItem& item) {
       item.mutable_event()->mutable_nominals(0)->mutable_identifier()->set_value("A9999ZZ");
     },
     v1::ERROR_REASON_SIGNED_OTHERWISE},
    {"a segment's content",
     [](v1::PublishItem& item) {
       item.mutable_event()->mutable_segments(0)->mutable_content()->back() ^= 1;
     },
     v1::ERROR_REASON_SIGNED_OTHERWISE},
    {"a segment's flags",
     [](v1::PublishItem& item) {
       item.mutable_event()->mutable_segments(0)->add_flags(v1::CONTENT_FLAG_VICTIM_ADDRESS);
     },
     v1::ERROR_REASON_SIGNED_OTHERWISE},
    {"whom a segment is about",
     [](v1::PublishItem& item) {
       item.mutable_event()->mutable_segments(0)->clear_nominal_indexes();
     },
     v1::ERROR_REASON_SIGNED_OTHERWISE},
    {"one more segment",
     [](v1::PublishItem& item) {
       v1::Event& event = *item.mutable_event();
       *event.add_segments() = event.segments(0);
       event.mutable_segments(1)->set_content("another");
       event.mutable_segments(1)->set_salt(std::string(16, 's'));
     },
     v1::ERROR_REASON_SIGNED_OTHERWISE},
    {"a tear-line's text",
     [](v1::PublishItem& item) {
       item.mutable_event()->mutable_tear_lines(0)->mutable_text()->back() ^= 1;
     },
     v1::ERROR_REASON_SIGNED_OTHERWISE},
    {"whom a tear-line is for",
     [](v1::PublishItem& item) {
       item.mutable_event()->mutable_tear_lines(0)->mutable_audience()->add_posts("police/panel");
     },
     v1::ERROR_REASON_SIGNED_OTHERWISE},
    {"that it is history", [](v1::PublishItem& item) { item.set_imported(true); },
     v1::ERROR_REASON_SIGNED_OTHERWISE},
    {"its request id", [](v1::PublishItem& item) { item.set_request_id("r2"); },
     v1::ERROR_REASON_SIGNED_OTHERWISE},
    {"whom to ask",
     [](v1::PublishItem& item) {
       item.mutable_event()->mutable_label()->set_pointer_post("ct-police/intel");
     },
     v1::ERROR_REASON_SIGNED_OTHERWISE},
    {"that the holder may be named",
     [](v1::PublishItem& item) {
       item.mutable_event()->mutable_label()->set_holder_may_be_named(false);
     },
     v1::ERROR_REASON_SIGNED_OTHERWISE},
    {"a salt that is too short",
     [](v1::PublishItem& item) { item.mutable_event()->mutable_segments(0)->set_salt("short"); },
     v1::ERROR_REASON_FIELD_INVALID},
    {"no salt for whom it is about",
     [](v1::PublishItem& item) { item.mutable_event()->mutable_signature()->clear_about_salt(); },
     v1::ERROR_REASON_FIELD_INVALID},
    {"a salt without a signature",
     [](v1::PublishItem& item) { item.mutable_event()->clear_signature(); },
     v1::ERROR_REASON_FIELD_INVALID},
    {"two signatures",
     [](v1::PublishItem& item) {
       v1::Envelope& envelope = *item.mutable_event()->mutable_signature()->mutable_manifest();
       *envelope.add_signatures() = envelope.signatures(0);
     },
     v1::ERROR_REASON_SIGNATURE_INVALID},
    {"another kind of statement",
     [](v1::PublishItem& item) {
       item.mutable_event()->mutable_signature()->mutable_manifest()->set_payload_type(
           std::string(machine::kTearLineType));
     },
     v1::ERROR_REASON_SIGNATURE_INVALID},
    {"a bit of the signature",
     [](v1::PublishItem& item) {
       item.mutable_event()
           ->mutable_signature()
           ->mutable_manifest()
           ->mutable_signatures(0)
           ->mutable_sig()
           ->front() ^= 1;
     },
     v1::ERROR_REASON_SIGNATURE_INVALID},
};

TEST_F(CheckSignedTest, FindsWhateverWasChangedAfterwards) {
  ASSERT_TRUE(Check().ok()) << SentenceOf(Check().status());
  const v1::PublishItem signed_item = item_;
  for (const Row& row : kRows) {
    item_ = signed_item;
    row.change(item_);
    EXPECT_EQ(Reason(), row.reason) << row.what << ": " << SentenceOf(Check().status());
  }
}

/// Whoever was told one part could guess at another by the same salt.
TEST_F(CheckSignedTest, NoSaltOfAnItemRepeatsAnother) {
  v1::Event& event = *item_.mutable_event();
  for (int place = 0; place < 3; ++place) {
    Sign();
    std::string* const salts[] = {event.mutable_segments(0)->mutable_salt(),
                                  event.mutable_signature()->mutable_about_salt(),
                                  event.mutable_tear_lines(0)->mutable_signature()->mutable_salt()};
    *salts[place] = *salts[(place + 1) % 3];
    EXPECT_EQ(Reason(), v1::ERROR_REASON_FIELD_INVALID) << place;
    EXPECT_NE(SentenceOf(Check().status()).find("must not repeat `event."), std::string::npos);
  }
}

TEST_F(CheckSignedTest, AStatementHoldsNothingThatIsNotToldOf) {
  v1::Envelope& envelope = *item_.mutable_event()->mutable_signature()->mutable_manifest();
  SignAgain(envelope, envelope.payload() + "\xfa\x01\x01x");
  EXPECT_EQ(Reason(), v1::ERROR_REASON_SIGNED_OTHERWISE);
}

TEST_F(CheckSignedTest, AStatementIsForThisLogAndThisAgency) {
  for (const signing::Speaker& speaker :
       {signing::Speaker{"other.example.org/audit", "ct-police", "ct-police/intel"},
        signing::Speaker{kOrigin, "police", "ct-police/intel"},
        signing::Speaker{kOrigin, "ct-police", "ct-police/accountable"}}) {
    signing::SignItem(speaker, key_, item_);
    EXPECT_EQ(Reason(), v1::ERROR_REASON_SIGNED_OTHERWISE) << speaker.agency;
  }
}

TEST_F(CheckSignedTest, AManifestAlwaysHasEightDigestsInOrder) {
  v1::Envelope& envelope = *item_.mutable_event()->mutable_signature()->mutable_manifest();
  v1::EventManifest manifest;
  ASSERT_TRUE(manifest.ParseFromString(envelope.payload()));
  ASSERT_EQ(manifest.segments_size(), 8);
  v1::EventManifest seven = manifest;
  seven.mutable_segments()->RemoveLast();
  SignAgain(envelope, seven.SerializeAsString());
  EXPECT_EQ(Reason(), v1::ERROR_REASON_SIGNED_OTHERWISE);
  v1::EventManifest swapped = manifest;
  swapped.mutable_segments()->SwapElements(0, 7);
  SignAgain(envelope, swapped.SerializeAsString());
  EXPECT_EQ(Reason(), v1::ERROR_REASON_SIGNED_OTHERWISE);
  SignAgain(envelope, manifest.SerializeAsString());
  EXPECT_TRUE(Check().ok());
}

TEST_F(CheckSignedTest, AStatementIsNoLongerThanIsKept) {
  v1::Envelope& envelope = *item_.mutable_event()->mutable_signature()->mutable_manifest();
  envelope.set_payload(std::string(model::kSignedStatementBytesMax, 'x'));
  EXPECT_EQ(Reason(), v1::ERROR_REASON_SIGNED_OTHERWISE);
  envelope.mutable_payload()->push_back('x');
  EXPECT_EQ(Reason(), v1::ERROR_REASON_LIMIT_PASSED);
}

/// The largest that anybody has cause to send.
TEST_F(CheckSignedTest, TheLargestStatementFits) {
  v1::EventManifest manifest;
  ASSERT_TRUE(manifest.ParseFromString(item_.event().signature().manifest().payload()));
  manifest.set_log_origin(std::string(100, 'o'));
  manifest.set_originating_agency(std::string(model::kNameBytesMax, 'a'));
  manifest.set_originating_post(std::string(2 * model::kNameBytesMax + 1, 'p'));
  manifest.set_event_type(std::string(model::kEventTypeBytesMax, 't'));
  for (std::size_t i = 0; i < model::kCaveatsMax; ++i) {
    manifest.mutable_marking()->add_caveats(v1::CAVEAT_UNSPECIFIED);
    manifest.mutable_marking()->add_instructions(v1::HANDLING_INSTRUCTION_UNSPECIFIED);
    manifest.mutable_marking()->add_descriptors(v1::MARKING_DESCRIPTOR_UNSPECIFIED);
  }
  EXPECT_LT(manifest.ByteSizeLong() + 256, model::kSignedStatementBytesMax);
}

TEST_F(CheckSignedTest, TheKeySetDecidesAndTheHintOnlyHelps) {
  const signing::SigningKey other = signing::SigningKey::FromSeed(std::string(32, 'o'));
  v1::EnvelopeSignature& by =
      *item_.mutable_event()->mutable_signature()->mutable_manifest()->mutable_signatures(0);
  for (const std::string& hint : {std::string(), other.KeyId(), std::string("nonsense")}) {
    by.set_keyid(hint);
    EXPECT_TRUE(Check().ok()) << hint;
  }
  Enrol(other, kUntilMs);
  by.set_keyid(other.KeyId());
  const Result<Verified> verified = Check();
  ASSERT_TRUE(verified.ok());
  EXPECT_EQ(verified->event->manifest().key_id(), crypto::Sha256(key_.PublicKey()).Bytes());
}

TEST_F(CheckSignedTest, SaysWhetherAKeyIsUnknownOrHasEnded) {
  const stored::v1::SigningKeyRow row = originator_.keys[0];
  originator_.keys.clear();
  EXPECT_EQ(Reason(), v1::ERROR_REASON_SIGNING_KEY_UNKNOWN);
  originator_.keys = {row};
  originator_.now_ms = kUntilMs - 1;
  EXPECT_TRUE(Check().ok());
  originator_.now_ms = kUntilMs;
  EXPECT_EQ(Reason(), v1::ERROR_REASON_SIGNING_KEY_ENDED);
  originator_.now_ms = Station::kStartMs;
  originator_.keys[0].set_revoked_ms(1);
  EXPECT_EQ(Reason(), v1::ERROR_REASON_SIGNING_KEY_ENDED);
}

TEST_F(CheckSignedTest, DemandsWhatTheDirectorySays) {
  const v1::PublishItem signed_item = item_;
  item_.mutable_event()->mutable_tear_lines(0)->clear_signature();
  EXPECT_TRUE(Check().ok());
  originator_.required = true;
  EXPECT_EQ(Reason(), v1::ERROR_REASON_SIGNATURE_REQUIRED);
  item_ = Station::Item("r1");
  EXPECT_EQ(Reason(), v1::ERROR_REASON_SIGNATURE_REQUIRED);
  originator_.required = false;
  EXPECT_TRUE(Check().ok());
  *item_.mutable_event()->mutable_tear_lines(0)->mutable_signature() =
      signed_item.event().tear_lines(0).signature();
  EXPECT_EQ(Reason(), v1::ERROR_REASON_FIELD_INVALID) << "nothing to say what it belongs to";
}

TEST_F(CheckSignedTest, AMaskedReaderCannotTellWhichDigestsAreOfNothing) {
  v1::EventManifest one;
  ASSERT_TRUE(one.ParseFromString(item_.event().signature().manifest().payload()));
  v1::Event& event = *item_.mutable_event();
  for (const char* content : {"a second", "a third"}) {
    *event.add_segments() = event.segments(0);
    event.mutable_segments()->rbegin()->set_content(content);
  }
  Sign();
  ASSERT_TRUE(Check().ok()) << SentenceOf(Check().status());
  v1::EventManifest three;
  ASSERT_TRUE(three.ParseFromString(item_.event().signature().manifest().payload()));
  EXPECT_EQ(one.ByteSizeLong(), three.ByteSizeLong()) << "no length tells how many there are";
  // A salt that is not the segment's own finds nothing: equal words cannot be looked for.
  v1::Segment guessed = event.segments(1);
  guessed.set_salt(event.segments(0).salt());
  const std::string digest = SegmentDigest(guessed);
  EXPECT_EQ(std::count(three.segments().begin(), three.segments().end(), digest), 0);
}

TEST_F(CheckSignedTest, ALaterTearLineIsBoundToItsEvent) {
  stored::v1::Publish published = Plain();
  published.set_event_id(std::string(16, 'e'));
  const std::string event_id = model::EventId::FromBytes(published.event_id())->Text();
  v1::EventAmendment amendment;
  *amendment.add_tear_lines() = item_.event().tear_lines(0);
  const signing::Speaker speaker{kOrigin, "ct-police", "ct-police/intel"};
  signing::SignLaterTearLine(speaker, key_, item_.event(), event_id, 0,
                             *amendment.mutable_tear_lines(0));
  EXPECT_TRUE(CheckSigned(amendment, published, originator_).ok());
  v1::EventAmendment twice = amendment;
  *twice.add_tear_lines() = amendment.tear_lines(0);
  EXPECT_EQ(ReasonOf(CheckSigned(twice, published, originator_).status()),
            v1::ERROR_REASON_FIELD_INVALID)
      << "its salt is used twice";
  published.set_event_id(std::string(16, 'f'));
  EXPECT_EQ(ReasonOf(CheckSigned(amendment, published, originator_).status()),
            v1::ERROR_REASON_SIGNED_OTHERWISE);
  amendment.mutable_tear_lines(0)->clear_signature();
  EXPECT_TRUE(CheckSigned(amendment, published, originator_).ok());
  originator_.required = true;
  EXPECT_EQ(ReasonOf(CheckSigned(amendment, published, originator_).status()),
            v1::ERROR_REASON_SIGNATURE_REQUIRED);
}

}  // namespace
}  // namespace tearline::sequencer
