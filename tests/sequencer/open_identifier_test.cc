#include "broker/sequencer/open_identifier.h"

#include <gtest/gtest.h>

#include "broker/sequencer/identifier_index.h"
#include "broker/sequencer/prepare_identifier.h"
#include "tests/sequencer/station.h"

namespace tearline::sequencer {
namespace {

/// One nominal of police, known by one number.
class OpenIdentifierTest : public testing::Test {
 protected:
  void SetUp() override {
    station_.Start();
    v1::RegisterNominalRequest request;
    request.add_identifiers()->set_type(v1::IDENTIFIER_TYPE_PNC);
    request.mutable_identifiers(0)->set_value(" 02/73319z");
    nominal_ = model::NominalId::Parse(
                   station_.Say(*PrepareRegister(request, actor_, station_.Bench())).made_id)
                   ->Bytes();
  }
  machine::Number Number() {
    const Workbench bench = station_.Bench();
    const auto numbers = machine::NumbersFor(nominal_, actor_, bench.now_ms, bench.view);
    EXPECT_EQ(numbers.size(), 1u);
    return numbers.front();
  }
  model::SubjectKeyId Key() {
    return *model::SubjectKeyId::FromBytes(Number().row.sealed().keys(0).subject_key_id());
  }
  Result<std::optional<stored::v1::PlainIdentifier>> Open(const machine::Number& number) {
    const Workbench bench = station_.Bench();
    return OpenIdentifier(number, *LedgerIdOf(bench), bench);
  }

  Station station_;
  const stored::v1::Actor actor_ = Station::Holder("police/coordinator");
  std::string nominal_;
};

TEST_F(OpenIdentifierTest, GivesTheNumberAsItWasWrittenAndAsItIsCompared) {
  const auto opened = Open(Number());
  ASSERT_TRUE(opened.ok());
  ASSERT_TRUE(opened->has_value());
  EXPECT_EQ((*opened)->raw(), " 02/73319z");
  EXPECT_EQ((*opened)->canonical(), "2002/0073319Z");
}

/// In another's place it does not open: no row can be made to show a number that is not its own.
TEST_F(OpenIdentifierTest, DoesNotOpenInAnothersPlace) {
  machine::Number number = Number();
  number.type = v1::IDENTIFIER_TYPE_CRO;
  EXPECT_EQ(ReasonOf(Open(number).status()), v1::ERROR_REASON_SEAL_BROKEN);
}

/// A key that is gone though nobody erased it is damage, not an erasure.
TEST_F(OpenIdentifierTest, AKeyThatIsGoneIsDamage) {
  const machine::Number number = Number();
  ASSERT_TRUE(station_.vault->Destroy({Key()}).ok());
  EXPECT_EQ(ReasonOf(Open(number).status()), v1::ERROR_REASON_STORAGE_FAILED);
}

/// The ledger's word counts: what it erased is not opened although the vault holds the key still.
TEST_F(OpenIdentifierTest, WhatHasNoKeyThatStandsIsErased) {
  machine::Number number = Number();
  number.row.mutable_sealed()->clear_keys();
  const auto opened = Open(number);
  ASSERT_TRUE(opened.ok());
  EXPECT_FALSE(opened->has_value());
}

}  // namespace
}  // namespace tearline::sequencer
