#include "broker/vault/envelope.h"

#include <google/protobuf/repeated_field.h>

#include <functional>
#include <string>
#include <vector>

#include "tests/vault/vault_fixture.h"

namespace tearline::vault {
namespace {

using Keys = google::protobuf::RepeatedPtrField<stored::v1::WrappedKey>;

Keys KeysOf(const Sealed& sealed) { return {sealed.keys.begin(), sealed.keys.end()}; }

class EnvelopeTest : public VaultFixture {
 protected:
  Sealed SealFor(const std::vector<model::SubjectKeyId>& subject_keys) {
    Result<Sealed> sealed = vault::Seal(*vault_, place_, subject_keys, kPlain);
    EXPECT_TRUE(sealed.ok()) << SentenceOf(sealed.status());
    return *std::move(sealed);
  }
  v1::ErrorReason WhyNot(const Place& place, const Sealed& sealed) {
    return ReasonOf(vault::Open(*vault_, place, sealed.ciphertext, KeysOf(sealed)).status());
  }

  const std::string kPlain = "seen near the old address on Tuesday";
  const Place place_{*model::LedgerId::FromBytes(std::string(16, 'L')), std::string(16, 'e'), 1, 2};
};

TEST_F(EnvelopeTest, OpensWhereItWasSealed) {
  const Sealed sealed = SealFor({MakeOne()});
  const Result<std::string> plain = vault::Open(*vault_, place_, sealed.ciphertext, KeysOf(sealed));
  ASSERT_TRUE(plain.ok());
  EXPECT_EQ(*plain, kPlain);
  EXPECT_EQ(sealed.ciphertext.size(), kPlain.size() + 16);
  ASSERT_EQ(sealed.keys.size(), 1u);
  EXPECT_EQ(sealed.keys[0].wrapped().size(), 40u);
  EXPECT_EQ(sealed.ciphertext.find("address"), std::string::npos);
}

TEST_F(EnvelopeTest, NothingIsSealedTheSameTwice) {
  const model::SubjectKeyId id = MakeOne();
  EXPECT_NE(SealFor({id}).ciphertext, SealFor({id}).ciphertext);
}

TEST_F(EnvelopeTest, OpensInNoOtherPlace) {
  const Sealed sealed = SealFor({MakeOne()});
  const std::function<void(Place&)> moves[] = {
      [](Place& place) { place.ledger_id = *model::LedgerId::FromBytes(std::string(16, 'l')); },
      [](Place& place) { place.owner.back() = 'f'; },
      [](Place& place) { place.kind = 2; },
      [](Place& place) { place.index = 3; },
      [](Place& place) { place.index = 0x02000000; },
  };
  for (std::size_t i = 0; i < std::size(moves); ++i) {
    Place other = place_;
    moves[i](other);
    EXPECT_EQ(WhyNot(other, sealed), v1::ERROR_REASON_SEAL_BROKEN) << "move " << i;
  }
  EXPECT_EQ(WhyNot(place_, sealed), v1::ERROR_REASON_UNSPECIFIED);
}

TEST_F(EnvelopeTest, EveryChangedBitIsNoticed) {
  const Sealed whole = SealFor({MakeOne()});
  for (std::size_t bit = 0; bit < 8 * whole.ciphertext.size(); ++bit) {
    Sealed damaged = whole;
    damaged.ciphertext[bit / 8] = static_cast<char>(damaged.ciphertext[bit / 8] ^ 1 << bit % 8);
    ASSERT_EQ(WhyNot(place_, damaged), v1::ERROR_REASON_SEAL_BROKEN) << "bit " << bit;
  }
  for (std::size_t bit = 0; bit < 8 * 40; ++bit) {
    Sealed damaged = whole;
    std::string& wrapped = *damaged.keys[0].mutable_wrapped();
    wrapped[bit / 8] = static_cast<char>(wrapped[bit / 8] ^ 1 << bit % 8);
    ASSERT_EQ(WhyNot(place_, damaged), v1::ERROR_REASON_SEAL_BROKEN) << "key bit " << bit;
  }
  Sealed cut = whole;
  cut.ciphertext.pop_back();
  EXPECT_EQ(WhyNot(place_, cut), v1::ERROR_REASON_SEAL_BROKEN);
  cut.ciphertext.clear();
  EXPECT_EQ(WhyNot(place_, cut), v1::ERROR_REASON_SEAL_BROKEN);
}

TEST_F(EnvelopeTest, AKeyWrappedForAnotherDoesNotOpen) {
  const model::SubjectKeyId other = MakeOne();
  Sealed sealed = SealFor({MakeOne()});
  sealed.keys[0].set_subject_key_id(other.Bytes());
  EXPECT_EQ(WhyNot(place_, sealed), v1::ERROR_REASON_SEAL_BROKEN);
  sealed.keys[0].set_subject_key_id("short");
  EXPECT_EQ(WhyNot(place_, sealed), v1::ERROR_REASON_SEAL_BROKEN);
}

/// An event that concerns two people stays readable until both are erased.
TEST_F(EnvelopeTest, EitherOfTwoSubjectKeysOpensAndWithoutBothItIsErased) {
  for (const std::size_t first : {0u, 1u}) {
    const std::vector<model::SubjectKeyId> ids = *vault_->Make(2);
    const Sealed sealed = SealFor(ids);
    ASSERT_TRUE(vault_->Destroy({ids[first]}).ok());
    EXPECT_EQ(WhyNot(place_, sealed), v1::ERROR_REASON_UNSPECIFIED);
    ASSERT_TRUE(vault_->Destroy({ids[1 - first]}).ok());
    EXPECT_EQ(WhyNot(place_, sealed), v1::ERROR_REASON_KEY_MISSING);
  }
}

TEST_F(EnvelopeTest, WithoutAnyWrappedKeyItIsErased) {
  Sealed sealed = SealFor({MakeOne()});
  sealed.keys.clear();
  EXPECT_EQ(WhyNot(place_, sealed), v1::ERROR_REASON_KEY_MISSING);
}

TEST_F(EnvelopeTest, RefusesToSealForAKeyThatIsGone) {
  const std::vector<model::SubjectKeyId> ids = *vault_->Make(2);
  ASSERT_TRUE(vault_->Destroy({ids[1]}).ok());
  EXPECT_EQ(ReasonOf(vault::Seal(*vault_, place_, ids, kPlain).status()),
            v1::ERROR_REASON_KEY_MISSING);
}

using EnvelopeDeathTest = EnvelopeTest;

TEST_F(EnvelopeDeathTest, StopsWithoutSubjectKeysOrAnOwner) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(static_cast<void>(vault::Seal(*vault_, place_, {}, kPlain)), "subject key");
  Place nowhere = place_;
  nowhere.owner = "short";
  EXPECT_DEATH(static_cast<void>(vault::Seal(*vault_, nowhere, {MakeOne()}, kPlain)), "owner");
}

}  // namespace
}  // namespace tearline::vault
