#include "clients/cli/bind_receipt.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "clients/signing/sign_event.h"
#include "clients/verifier/tree.h"

namespace tearline::cli {
namespace {

using testing::HasSubstr;
using verifier::Bytes;
using verifier::Sha256;

/// An item that was signed and kept, and the receipt of a log that accepted it.
class BindReceiptTest : public testing::Test {
 protected:
  BindReceiptTest() {
    v1::PublishItem& item = items_.emplace_back();
    item.set_request_id("one");
    item.mutable_event()->set_event_type("intelligence.report.submitted");
    item.mutable_event()->add_segments()->set_content("seen near the school");
    item.mutable_event()->add_tear_lines()->set_text("ask the desk");
    signing::SignItem({"log", "police", "police/intel"}, key_, item);
    receipt_.checkpoint.origin = "log";
    receipt_.facts.emplace_back().mutable_actor()->set_post("police/intel");
    stored::v1::AcceptedDetail& accepted = *receipt_.facts.emplace_back().mutable_accepted();
    accepted.set_originating_agency("police");
    accepted.set_originating_post("police/intel");
    accepted.set_signed_digest(Bytes(Sha256(item.event().signature().manifest().payload())));
    accepted.set_key_id(Bytes(Sha256(key_.PublicKey())));
    accepted.add_tear_line_digests(
        Bytes(Sha256(item.event().tear_lines(0).signature().envelope().payload())));
    keys_.emplace_back().set_agency("police");
    keys_[0].set_public_key(key_.PublicKey());
  }
  std::string Wrong() const {
    return std::string(RequestBound(receipt_, keys_, items_).status().message());
  }
  stored::v1::AcceptedDetail& Accepted() { return *receipt_.facts[1].mutable_accepted(); }

  signing::SigningKey key_ = signing::SigningKey::FromSeed(std::string(32, 'k'));
  std::vector<v1::SigningKey> keys_;
  std::vector<v1::PublishItem> items_;
  verifier::Receipt receipt_;
};

TEST_F(BindReceiptTest, FindsTheItemThatWasAccepted) {
  v1::PublishItem other = items_[0];
  other.set_request_id("two");
  signing::SignItem({"log", "police", "police/intel"}, key_, other);
  items_.insert(items_.begin(), other);
  const auto bound = RequestBound(receipt_, keys_, items_);
  ASSERT_TRUE(bound.ok()) << bound.status();
  EXPECT_EQ(*bound, "one");
  items_.pop_back();
  EXPECT_THAT(Wrong(), HasSubstr("none of the events"));
}

/// The envelopes alone say nothing of what lies beside them.
TEST_F(BindReceiptTest, ContentThatWasChangedBesideItsEnvelopesIsNotWhatWasAccepted) {
  const v1::PublishItem kept = items_[0];
  items_[0].mutable_event()->mutable_segments(0)->set_content("seen elsewhere");
  EXPECT_THAT(Wrong(), HasSubstr("request one is not what the log accepted"));
  EXPECT_THAT(Wrong(), testing::Not(HasSubstr("seen")));
  items_[0] = kept;
  items_[0].mutable_event()->mutable_tear_lines(0)->set_text("ask nobody");
  EXPECT_THAT(Wrong(), HasSubstr("is not what the log accepted"));
  items_[0] = kept;
  items_[0].mutable_event()->mutable_label()->add_released_to_posts("probation/chair");
  EXPECT_THAT(Wrong(), HasSubstr("is not what the log accepted"));
  items_.push_back(kept);
  EXPECT_TRUE(RequestBound(receipt_, keys_, items_).ok()) << "the one beside it is";
}

TEST_F(BindReceiptTest, TheSignatureVerifiesByTheKeyThatTheLogNames) {
  Accepted().set_key_id(Bytes(Sha256("another")));
  EXPECT_THAT(Wrong(), HasSubstr("another key"));
  Accepted().set_key_id(Bytes(Sha256(key_.PublicKey())));
  v1::Envelope& manifest = *items_[0].mutable_event()->mutable_signature()->mutable_manifest();
  manifest.mutable_signatures(0)->mutable_sig()->front() ^= 1;
  EXPECT_THAT(Wrong(), HasSubstr("no key given"));
  manifest.mutable_signatures(0)->mutable_sig()->front() ^= 1;
  keys_[0].set_agency("probation");
  EXPECT_THAT(Wrong(), HasSubstr("no key given"));
}

TEST_F(BindReceiptTest, ItIsOfTheSameLogAgencyAndPost) {
  receipt_.checkpoint.origin = "other";
  EXPECT_FALSE(Wrong().empty());
  receipt_.checkpoint.origin = "log";
  Accepted().set_originating_post("police/desk");
  EXPECT_FALSE(Wrong().empty());
  Accepted().set_originating_post("police/intel");
  Accepted().add_tear_line_digests("");
  EXPECT_FALSE(Wrong().empty());
  receipt_.facts.pop_back();
  EXPECT_FALSE(Wrong().empty());
}

}  // namespace
}  // namespace tearline::cli
