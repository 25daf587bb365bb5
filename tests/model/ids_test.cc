#include "broker/model/ids.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <iterator>
#include <string>

namespace tearline::model {
namespace {

const std::string kBytes("\x00\x01\x7F\x80\xFF\x10\x20\x30\x40\x50\x60\x70\x80\x90\xA0\xB0", 16);
constexpr char kText[] = "nom_00017f80ff102030405060708090a0b0";

TEST(Id, IsTheSameAsBytesAndAsText) {
  const Result<NominalId> from_bytes = NominalId::FromBytes(kBytes);
  ASSERT_TRUE(from_bytes.ok());
  EXPECT_EQ(from_bytes->Text(), kText);
  const Result<NominalId> from_text = NominalId::Parse(kText);
  ASSERT_TRUE(from_text.ok());
  EXPECT_EQ(from_text->Bytes(), kBytes);
  EXPECT_EQ(*from_text, *from_bytes);
}

TEST(Id, RefusesBytesThatAreNotSixteen) {
  for (const std::size_t size : {0, 15, 17, 32}) {
    EXPECT_EQ(ReasonOf(NominalId::FromBytes(std::string(size, 'x')).status()),
              v1::ERROR_REASON_FIELD_INVALID)
        << size;
  }
  EXPECT_TRUE(NominalId::FromBytes(std::string(16, 'x')).ok());
}

TEST(Id, RefusesTextOfAnotherKindLengthOrAlphabet) {
  for (const char* text :
       {"", "nom_", "case_00017f80ff102030405060708090a0b0", "ev_00017f80ff102030405060708090a0b0",
        "nom-00017f80ff102030405060708090a0b0", "NOM_00017f80ff102030405060708090a0b0",
        "nom_00017F80FF102030405060708090A0B0", "nom_00017f80ff102030405060708090a0b",
        "nom_00017f80ff102030405060708090a0b00", "nom_00017f80ff102030405060708090a0bg",
        " nom_00017f80ff102030405060708090a0b0"}) {
    EXPECT_EQ(ReasonOf(NominalId::Parse(text).status()), v1::ERROR_REASON_FIELD_INVALID) << text;
  }
}

TEST(Id, QuotesNothingOfTheCallersInARefusal) {
  const Result<NominalId> id = NominalId::Parse("jane-doe");
  ASSERT_FALSE(id.ok());
  EXPECT_EQ(SentenceOf(id.status()).find("jane"), std::string::npos);
}

TEST(Id, IsOrderedAsItsText) {
  const NominalId low = *NominalId::FromBytes(std::string(15, '\0') + '\x01');
  const NominalId high = *NominalId::FromBytes(std::string(1, '\x01') + std::string(15, '\0'));
  EXPECT_LT(low, high);
  EXPECT_LT(low.Text(), high.Text());
  // Bytes of the upper half too, wherever they stand
  constexpr char kRising[] = {'\x00', '\x01', '\x7F', '\x80', '\xFF'};
  for (std::size_t place = 0; place < NominalId::kBytes; ++place) {
    for (std::size_t i = 1; i < std::size(kRising); ++i) {
      std::string bytes(NominalId::kBytes, '\x40');
      bytes[place] = kRising[i - 1];
      const NominalId lower = *NominalId::FromBytes(bytes);
      bytes[place] = kRising[i];
      const NominalId higher = *NominalId::FromBytes(bytes);
      EXPECT_LT(lower, higher) << place << ' ' << i;
      EXPECT_LT(lower.Text(), higher.Text()) << place << ' ' << i;
      EXPECT_LT(lower.Bytes(), higher.Bytes()) << place << ' ' << i;
    }
  }
  EXPECT_EQ(NominalId(), *NominalId::FromBytes(std::string(16, '\0')));
}

TEST(Id, HasAPrefixOfItsOwnForEveryKind) {
  EXPECT_EQ(CaseId().Text(), "case_" + std::string(32, '0'));
  EXPECT_EQ(EventId().Text(), "ev_" + std::string(32, '0'));
  EXPECT_EQ(ObligationId().Text(), "ob_" + std::string(32, '0'));
  EXPECT_EQ(SessionId().Text(), "ses_" + std::string(32, '0'));
  EXPECT_EQ(PendingId().Text(), "pend_" + std::string(32, '0'));
  EXPECT_EQ(LedgerId().Text(), "led_" + std::string(32, '0'));
  EXPECT_EQ(SubjectKeyId().Text(), "key_" + std::string(32, '0'));
}

}  // namespace
}  // namespace tearline::model
