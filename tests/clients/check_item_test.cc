#include "clients/signing/check_item.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "clients/signing/sign_event.h"
#include "clients/verifier/statement.h"
#include "clients/verifier/tree.h"

namespace tearline::signing {
namespace {

const Speaker kSpeaker{"log", "police", "police/intel"};

/// An item as somebody signed it, and kept it.
class CheckItemTest : public testing::Test {
 protected:
  CheckItemTest() {
    item_.set_request_id("r1");
    v1::Event& event = *item_.mutable_event();
    event.set_event_type("intelligence.report.submitted");
    event.mutable_occurred_at()->set_seconds(1'800'000'000);
    event.mutable_published_at()->set_seconds(1'800'000'060);
    event.mutable_label()->mutable_marking()->set_tier(v1::TIER_OFFICIAL);
    event.mutable_label()->set_holder_may_be_named(true);
    event.mutable_label()->set_pointer_post("police/desk");
    event.mutable_facts()->set_breach(true);
    event.add_nominals()->set_nominal_id("nom_00000000000000000000000000000001");
    for (const char* content : {"seen near the school", "last known address"}) {
      v1::Segment& segment = *event.add_segments();
      segment.set_media_type("text/plain");
      segment.set_content(content);
    }
    v1::TearLine& tear_line = *event.add_tear_lines();
    tear_line.set_text("ask the desk");
    tear_line.mutable_audience()->add_posts("probation/chair");
    SignItem(kSpeaker, key_, item_);
    keys_.emplace_back().set_agency("police");
    keys_[0].set_public_key(key_.PublicKey());
  }
  bool Passes() const { return CheckItem(kSpeaker, keys_, item_).ok(); }
  /// Signs a changed statement with the same key.
  void SignAgain(v1::Envelope& envelope, const std::string& payload) const {
    envelope = key_.Sign(envelope.payload_type(), payload);
  }

  SigningKey key_ = SigningKey::FromSeed(std::string(32, 'k'));
  std::vector<v1::SigningKey> keys_;
  v1::PublishItem item_;
};

TEST_F(CheckItemTest, WhatWasSignedIsWhatWasKept) {
  const absl::StatusOr<std::string> key_id = CheckItem(kSpeaker, keys_, item_);
  ASSERT_TRUE(key_id.ok()) << key_id.status();
  EXPECT_EQ(*key_id, verifier::Bytes(verifier::Sha256(key_.PublicKey())));
  v1::Label& label = *item_.mutable_event()->mutable_label();
  label.set_holder_may_be_named(false);
  SignItem(kSpeaker, key_, item_);
  EXPECT_TRUE(Passes()) << "also where no pointer is signed";
}

struct Row {
  const char* what;
  void (*change)(v1::PublishItem& item);
};

/// All that is signed, changed while the envelopes stay as they are.
const Row kRows[] = {
    {"type", [](v1::PublishItem& item) { item.mutable_event()->set_event_type("other.kind"); }},
    {"time",
     [](v1::PublishItem& item) { item.mutable_event()->mutable_occurred_at()->set_seconds(1); }},
    {"time it was published",
     [](v1::PublishItem& item) { item.mutable_event()->clear_published_at(); }},
    {"time that no event can have",
     [](v1::PublishItem& item) {
       item.mutable_event()->mutable_occurred_at()->set_seconds(
           std::numeric_limits<std::int64_t>::max());
     }},
    {"urgency",
     [](v1::PublishItem& item) { item.mutable_event()->set_urgency(v1::URGENCY_IMMEDIATE); }},
    {"marking",
     [](v1::PublishItem& item) {
       item.mutable_event()->mutable_label()->mutable_marking()->set_tier(v1::TIER_SECRET);
     }},
    {"grading",
     [](v1::PublishItem& item) { item.mutable_event()->mutable_label()->mutable_grading(); }},
    {"release",
     [](v1::PublishItem& item) {
       item.mutable_event()->mutable_label()->add_released_to_posts("probation/chair");
     }},
    {"facts", [](v1::PublishItem& item) { item.mutable_event()->clear_facts(); }},
    {"nominal",
     [](v1::PublishItem& item) {
       item.mutable_event()->mutable_nominals(0)->set_nominal_id("another");
     }},
    {"content",
     [](v1::PublishItem& item) {
       item.mutable_event()->mutable_segments(0)->set_content("seen elsewhere");
     }},
    {"media type",
     [](v1::PublishItem& item) {
       item.mutable_event()->mutable_segments(0)->set_media_type("text/html");
     }},
    {"flags",
     [](v1::PublishItem& item) {
       item.mutable_event()->mutable_segments(0)->add_flags(v1::CONTENT_FLAG_VICTIM_ADDRESS);
     }},
    {"whom a segment is about",
     [](v1::PublishItem& item) {
       item.mutable_event()->mutable_segments(0)->add_nominal_indexes(0);
     }},
    {"one segment more",
     [](v1::PublishItem& item) {
       v1::Segment& segment = *item.mutable_event()->add_segments();
       segment.set_content("put in since");
       segment.set_salt(std::string(16, 's'));
     }},
    {"segment's salt",
     [](v1::PublishItem& item) { item.mutable_event()->mutable_segments(0)->set_salt("short"); }},
    {"tear-line",
     [](v1::PublishItem& item) {
       item.mutable_event()->mutable_tear_lines(0)->set_text("ask nobody");
     }},
    {"tear-line's audience",
     [](v1::PublishItem& item) {
       item.mutable_event()->mutable_tear_lines(0)->mutable_audience()->add_posts("police/desk");
     }},
    {"tear-line without signature",
     [](v1::PublishItem& item) {
       item.mutable_event()->mutable_tear_lines(0)->mutable_signature()->clear_envelope();
     }},
    {"whom to ask",
     [](v1::PublishItem& item) {
       item.mutable_event()->mutable_label()->set_pointer_post("police/intel");
     }},
    {"history", [](v1::PublishItem& item) { item.set_imported(true); }},
    {"request", [](v1::PublishItem& item) { item.set_request_id("r2"); }},
    {"agency", [](v1::PublishItem& item) { item.set_originating_agency("probation"); }},
    {"manifest",
     [](v1::PublishItem& item) { item.mutable_event()->mutable_signature()->clear_manifest(); }},
    {"signature",
     [](v1::PublishItem& item) {
       v1::Envelope& manifest = *item.mutable_event()->mutable_signature()->mutable_manifest();
       manifest.mutable_signatures(0)->mutable_sig()->front() ^= 1;
     }},
    {"pointer's signature",
     [](v1::PublishItem& item) {
       v1::Envelope& pointer = *item.mutable_event()->mutable_signature()->mutable_pointer();
       pointer.mutable_signatures(0)->mutable_sig()->front() ^= 1;
     }},
    {"two signatures",
     [](v1::PublishItem& item) {
       v1::TearLine& line = *item.mutable_event()->mutable_tear_lines(0);
       v1::Envelope& envelope = *line.mutable_signature()->mutable_envelope();
       *envelope.add_signatures() = envelope.signatures(0);
     }},
};

TEST_F(CheckItemTest, WhateverWasChangedSinceIsFound) {
  ASSERT_TRUE(Passes());
  const v1::PublishItem kept = item_;
  for (const Row& row : kRows) {
    item_ = kept;
    row.change(item_);
    const absl::StatusOr<std::string> key_id = CheckItem(kSpeaker, keys_, item_);
    EXPECT_EQ(key_id.status().code(), absl::StatusCode::kDataLoss) << row.what;
  }
}

TEST_F(CheckItemTest, ItWasSignedByThatAgencyForThatLog) {
  for (const Speaker& speaker :
       {Speaker{"other", "police", "police/intel"}, Speaker{"log", "probation", "police/intel"},
        Speaker{"log", "police", "police/desk"}}) {
    EXPECT_FALSE(CheckItem(speaker, keys_, item_).ok()) << speaker.agency << ' ' << speaker.post;
  }
  keys_[0].set_agency("probation");
  EXPECT_FALSE(Passes());
  keys_.clear();
  EXPECT_FALSE(Passes());
}

TEST_F(CheckItemTest, AStatementHoldsNothingThatIsNotToldOf) {
  v1::Event& event = *item_.mutable_event();
  const v1::PublishItem kept = item_;
  for (v1::Envelope* envelope :
       {event.mutable_signature()->mutable_manifest(), event.mutable_signature()->mutable_pointer(),
        event.mutable_tear_lines(0)->mutable_signature()->mutable_envelope()}) {
    const v1::Envelope before = *envelope;
    SignAgain(*envelope, before.payload() + "\xfa\x01\x01x");
    EXPECT_FALSE(Passes()) << before.payload_type();
    *envelope = before;
  }
  EXPECT_TRUE(Passes());
}

/// A change of an event as somebody signed it, and kept it.
class CheckChangeTest : public CheckItemTest {
 protected:
  CheckChangeTest() {
    withdrawal_.set_event_id("ev_00000000000000000000000000000001");
    withdrawal_.set_reason(v1::WITHDRAWAL_REASON_INACCURATE);
    *withdrawal_.mutable_signature() =
        SignWithdrawal(kSpeaker, key_, withdrawal_.event_id(), withdrawal_.reason(), 1);
    amendment_.set_event_id(withdrawal_.event_id());
    v1::EventAmendment& changed = *amendment_.mutable_amendment();
    changed.mutable_terms()->set_holder_may_be_named(true);
    changed.mutable_terms()->set_pointer_post("police/duty");
    changed.add_retired_tear_lines(0);
    *changed.add_tear_lines() = item_.event().tear_lines(0);
    SignLaterTearLine(kSpeaker, key_, item_.event(), amendment_.event_id(), 0,
                      *changed.mutable_tear_lines(0));
    SignAmendment(kSpeaker, key_, amendment_.event_id(), 1, changed);
  }
  bool Amends() const { return CheckAmendment(kSpeaker, keys_, amendment_).ok(); }
  bool Withdraws() const { return CheckWithdrawal(kSpeaker, keys_, withdrawal_).ok(); }

  v1::WithdrawEventRequest withdrawal_;
  v1::AmendEventRequest amendment_;
};

TEST_F(CheckChangeTest, WhatWasSignedIsWhatWasKept) {
  const std::string key_id = verifier::Bytes(verifier::Sha256(key_.PublicKey()));
  EXPECT_EQ(CheckWithdrawal(kSpeaker, keys_, withdrawal_).value_or(""), key_id);
  EXPECT_EQ(CheckAmendment(kSpeaker, keys_, amendment_).value_or(""), key_id);
  keys_[0].set_agency("probation");
  EXPECT_FALSE(Withdraws());
  EXPECT_FALSE(Amends());
}

TEST_F(CheckChangeTest, WhateverWasChangedSinceIsFound) {
  withdrawal_.set_reason(v1::WITHDRAWAL_REASON_SPILLAGE);
  EXPECT_FALSE(Withdraws());
  withdrawal_.clear_signature();
  EXPECT_FALSE(Withdraws());
  void (*const changes[])(v1::EventAmendment&) = {
      [](v1::EventAmendment& a) { a.mutable_terms()->add_released_to_posts("prison/desk"); },
      [](v1::EventAmendment& a) { a.mutable_terms()->set_pointer_post("police/other"); },
      [](v1::EventAmendment& a) { a.clear_retired_tear_lines(); },
      [](v1::EventAmendment& a) { a.mutable_tear_lines(0)->set_text("ask nobody"); },
      [](v1::EventAmendment& a) { a.mutable_tear_lines(0)->mutable_audience()->set_panels(true); },
      [](v1::EventAmendment& a) { a.mutable_tear_lines(0)->clear_signature(); },
      [](v1::EventAmendment& a) { a.mutable_signature()->mutable_salt()->pop_back(); },
      [](v1::EventAmendment& a) { a.clear_signature(); },
      [](v1::EventAmendment& a) {
        a.mutable_signature()->mutable_pointer()->mutable_signatures(0)->mutable_sig()->front() ^=
            1;
      },
      [](v1::EventAmendment& a) {
        a.mutable_signature()->mutable_envelope()->mutable_signatures(0)->mutable_sig()->front() ^=
            1;
      }};
  const v1::EventAmendment sound = amendment_.amendment();
  int number = 0;
  for (const auto change : changes) {
    *amendment_.mutable_amendment() = sound;
    change(*amendment_.mutable_amendment());
    EXPECT_FALSE(Amends()) << number++;
  }
  *amendment_.mutable_amendment() = sound;
  EXPECT_TRUE(Amends());
  amendment_.set_event_id("ev_00000000000000000000000000000002");
  EXPECT_FALSE(Amends());
}

}  // namespace
}  // namespace tearline::signing
