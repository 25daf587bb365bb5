#include "broker/sequencer/identifier_index.h"

#include <gtest/gtest.h>

#include "broker/crypto/hmac.h"
#include "broker/model/limits.h"
#include "broker/vault/envelope.h"
#include "tests/sequencer/station.h"

namespace tearline::sequencer {
namespace {

v1::Identifier Make(v1::IdentifierType type, const std::string& value) {
  v1::Identifier identifier;
  identifier.set_type(type);
  identifier.set_value(value);
  return identifier;
}

TEST(IndexIdentifier, GivesWaysOfWritingOneNumberOneIndex) {
  Station station;
  const auto index = [&](const char* value, const char* agency) {
    return IndexIdentifier(Make(v1::IDENTIFIER_TYPE_NOMS, value), agency, "x", station.Bench())
        ->stored.index();
  };
  EXPECT_EQ(index("A1234BC", "police"), index(" a1234bc ", "probation"));
  EXPECT_NE(index("A1234BC", "police"), index("A1234BD", "police"));
  EXPECT_EQ(index("A1234BC", "police"),
            crypto::HmacSha256(station.vault->IndexKey().View(),
                               {std::string{'\0', '\0', '\0', '\3'}, "A1234BC"})
                .Bytes());
}

TEST(IndexIdentifier, ScopesNumbersOfNoKnownTypeByAgency) {
  Station station;
  const auto index = [&](const char* agency) {
    return IndexIdentifier(Make(v1::IDENTIFIER_TYPE_OTHER, "77"), agency, "x", station.Bench())
        ->stored.index();
  };
  EXPECT_EQ(index("police"), index("police"));
  EXPECT_NE(index("police"), index("probation"));
}

TEST(IndexIdentifier, RefusesWhatIsNoNumberAndNeverQuotesIt) {
  Station station;
  const auto reason = [&](const v1::Identifier& identifier) {
    const Status refusal = IndexIdentifier(identifier, "police", "x", station.Bench()).status();
    EXPECT_EQ(SentenceOf(refusal).find("SECRET"), std::string::npos);
    return ReasonOf(refusal);
  };
  EXPECT_EQ(reason(Make(v1::IDENTIFIER_TYPE_UNSPECIFIED, "SECRET")),
            v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(reason(Make(static_cast<v1::IdentifierType>(99), "SECRET")),
            v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(reason(Make(v1::IDENTIFIER_TYPE_NOMS, "   ")), v1::ERROR_REASON_IDENTIFIER_INVALID);
  const std::string longest(model::kIdentifierBytesMax, '7');
  EXPECT_EQ(reason(Make(v1::IDENTIFIER_TYPE_VISOR, longest)), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(reason(Make(v1::IDENTIFIER_TYPE_VISOR, longest + "7")), v1::ERROR_REASON_LIMIT_PASSED);
}

/// For when it holds, when it was read in and what was done to it are recorded with it; of a number
/// that is only asked about none of it is.
TEST(IndexIdentifier, SaysHowItWasReadAndForWhenItHolds) {
  Station station;
  v1::Identifier identifier = Make(v1::IDENTIFIER_TYPE_PNC, "02/73319z");
  identifier.mutable_valid_from();  // 1970 is a time, too
  identifier.mutable_valid_until()->set_seconds(5);
  const Workbench bench = station.Bench();
  const auto indexed = IndexIdentifier(identifier, "police", "x", bench);
  ASSERT_TRUE(indexed.ok());
  EXPECT_TRUE(indexed->stored.has_valid_from_ms());
  EXPECT_EQ(indexed->stored.valid_from_ms(), 0);
  EXPECT_EQ(indexed->stored.valid_until_ms(), 5'000);
  EXPECT_EQ(indexed->stored.read_ms(), bench.now_ms);
  ASSERT_EQ(indexed->stored.notes_size(), 3);
  EXPECT_EQ(indexed->stored.notes(0), v1::IDENTIFIER_NOTE_UPPER_CASED);

  const auto question = IndexQuestion(identifier, "police", "x", bench);
  ASSERT_TRUE(question.ok());
  EXPECT_EQ(question->index(), indexed->stored.index());
  EXPECT_TRUE(question->verified());
  EXPECT_FALSE(question->has_valid_from_ms());
  EXPECT_FALSE(question->has_valid_until_ms());
  EXPECT_EQ(question->read_ms(), 0);
  EXPECT_EQ(question->notes_size(), 0);
}

TEST(IndexIdentifier, RefusesAValidityThatIsNone) {
  Station station;
  const auto reason = [&](std::int64_t from, std::int64_t until) {
    v1::Identifier identifier = Make(v1::IDENTIFIER_TYPE_NOMS, "A1234BC");
    identifier.mutable_valid_from()->set_seconds(from);
    identifier.mutable_valid_until()->set_seconds(until);
    return ReasonOf(IndexIdentifier(identifier, "police", "x", station.Bench()).status());
  };
  EXPECT_EQ(reason(5, 6), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(reason(5, 5), v1::ERROR_REASON_TIME_INVALID);
  EXPECT_EQ(reason(-3'000'000'000, 6), v1::ERROR_REASON_TIME_INVALID);
  EXPECT_EQ(reason(5, 300'000'000'000), v1::ERROR_REASON_TIME_INVALID);
}

TEST(SealIdentifier, OpensByItsOwnIndexAndNowhereElse) {
  Station station;
  const Workbench bench = station.Bench();
  const auto keys = station.vault->Make(1);
  auto identifier =
      IndexIdentifier(Make(v1::IDENTIFIER_TYPE_NOMS, " a1234bc"), "police", "x", bench);
  const auto ledger_id = LedgerIdOf(bench);
  ASSERT_TRUE(SealIdentifier(*ledger_id, keys->front(), bench, *identifier).ok());

  vault::Place place{*ledger_id, identifier->stored.index().substr(0, 16),
                     stored::v1::CONTENT_CLASS_IDENTIFIER, v1::IDENTIFIER_TYPE_NOMS};
  const stored::v1::SealedValue& sealed = identifier->stored.sealed();
  const auto opened = vault::Open(*station.vault, place, sealed.ciphertext(), sealed.keys());
  ASSERT_TRUE(opened.ok());
  stored::v1::PlainIdentifier plain;
  ASSERT_TRUE(plain.ParseFromString(*opened));
  EXPECT_EQ(plain.raw(), " a1234bc");
  EXPECT_EQ(plain.canonical(), "A1234BC");
  place.index = v1::IDENTIFIER_TYPE_CRN;
  EXPECT_FALSE(vault::Open(*station.vault, place, sealed.ciphertext(), sealed.keys()).ok());
}

TEST(LedgerIdOf, NeedsAGenesis) {
  Station station;
  EXPECT_EQ(*LedgerIdOf(station.Bench()), station.HeaderAt(1).ledger_id);
  Station empty(/*with_genesis=*/false);
  EXPECT_EQ(ReasonOf(LedgerIdOf(empty.Bench()).status()), v1::ERROR_REASON_GENESIS_MISSING);
}

}  // namespace
}  // namespace tearline::sequencer
