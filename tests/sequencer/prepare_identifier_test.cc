#include "broker/sequencer/prepare_identifier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/machine/resolution.h"
#include "broker/model/limits.h"
#include "tests/sequencer/station.h"

namespace tearline::sequencer {
namespace {

using testing::HasSubstr;
using testing::Not;

v1::Identifier Noms(const std::string& value) {
  v1::Identifier identifier;
  identifier.set_type(v1::IDENTIFIER_TYPE_NOMS);
  identifier.set_value(value);
  return identifier;
}

class PrepareIdentifierTest : public testing::Test {
 protected:
  machine::Applied Register(const std::string& value) {
    v1::RegisterNominalRequest request;
    *request.add_identifiers() = Noms(value);
    return station_.Say(*PrepareRegister(request, actor_, station_.Bench()));
  }
  std::string Resolve(const std::string& value) {
    v1::ResolveNominalRequest request;
    *request.mutable_identifier() = Noms(value);
    return station_.Say(*PrepareResolve(request, actor_, station_.Bench())).made_id;
  }
  machine::Applied Link(const std::string& nominal_id, const std::string& value) {
    v1::LinkIdentifierRequest request;
    request.set_nominal_id(nominal_id);
    *request.mutable_identifier() = Noms(value);
    return station_.Say(*PrepareLink(request, actor_, station_.Bench()));
  }

  void SetUp() override { station_.Start(); }

  Station station_;
  const stored::v1::Actor actor_ = Station::Holder("police/coordinator");
};

TEST_F(PrepareIdentifierTest, WhoIsRegisteredIsFoundByAnyWayOfWritingTheNumber) {
  const std::string id = Register("A1234BC").made_id;
  EXPECT_THAT(id, testing::StartsWith("nom_"));
  EXPECT_EQ(Resolve(" a1234bc"), id);
  EXPECT_EQ(Resolve("A1234BD"), "");
}

TEST_F(PrepareIdentifierTest, ALinkedNumberFindsTheSamePerson) {
  const std::string id = Register("A1234BC").made_id;
  Link(id, "B7654CD");
  EXPECT_EQ(Resolve("B7654CD"), id);
}

TEST_F(PrepareIdentifierTest, NoNumberLiesInTheClear) {
  v1::RegisterNominalRequest request;
  *request.add_identifiers() = Noms("A1234BC");
  EXPECT_THAT(PrepareRegister(request, actor_, station_.Bench())->command_bytes,
              Not(HasSubstr("A1234BC")));
  v1::ResolveNominalRequest question;
  *question.mutable_identifier() = Noms("A1234BC");
  const auto asked = PrepareResolve(question, actor_, station_.Bench());
  EXPECT_THAT(asked->command_bytes, Not(HasSubstr("A1234BC")));
  stored::v1::ResolveNominal command;
  ASSERT_TRUE(command.ParseFromString(asked->command_bytes));
  EXPECT_FALSE(command.identifier().has_sealed());
}

TEST_F(PrepareIdentifierTest, RegistersOneToSixteenNumbers) {
  v1::RegisterNominalRequest request;
  EXPECT_EQ(ReasonOf(PrepareRegister(request, actor_, station_.Bench()).status()),
            v1::ERROR_REASON_FIELD_INVALID);
  for (int i = 0; i < 16; ++i) {
    *request.add_identifiers() = Noms("A12" + std::to_string(10 + i) + "BC");
  }
  EXPECT_TRUE(PrepareRegister(request, actor_, station_.Bench()).ok());
  *request.add_identifiers() = Noms("B1234BC");
  EXPECT_EQ(ReasonOf(PrepareRegister(request, actor_, station_.Bench()).status()),
            v1::ERROR_REASON_LIMIT_PASSED);
}

TEST_F(PrepareIdentifierTest, ALinkNeedsAWellFormedNominal) {
  v1::LinkIdentifierRequest request;
  request.set_nominal_id("case_00000000000000000000000000000000");
  *request.mutable_identifier() = Noms("A1234BC");
  EXPECT_EQ(ReasonOf(PrepareLink(request, actor_, station_.Bench()).status()),
            v1::ERROR_REASON_FIELD_INVALID);
}

TEST_F(PrepareIdentifierTest, AKeyThatWasDestroyedIsReplaced) {
  const std::string id = Register("A1234BC").made_id;
  const auto rows = station_.Bench().view.Scan(state::Key(state::Table::kSubjectKey), 10);
  ASSERT_EQ(rows.size(), 1u);
  ASSERT_TRUE(
      station_.vault->Destroy({*model::SubjectKeyId::FromBytes(rows[0].first.substr(1))}).ok());
  EXPECT_EQ(Link(id, "B7654CD").outcome, audit::Outcome::kApplied);
}

/// Who has asked enough makes no keys by asking more.
TEST_F(PrepareIdentifierTest, NoKeyIsMadeBeyondTheQuotaOrForNobody) {
  v1::RegisterNominalRequest taken;
  *taken.add_identifiers() = Noms("A1234BC");
  const std::string id = Register("A1234BC").made_id;
  v1::LinkIdentifierRequest link;
  link.set_nominal_id("nom_" + std::string(32, '0'));
  *link.mutable_identifier() = Noms("B7654CD");
  const std::size_t keys = station_.vault->List({}, 1000)->size();
  EXPECT_EQ(ReasonOf(PrepareLink(link, actor_, station_.Bench()).status()),
            v1::ERROR_REASON_NOT_FOUND);
  for (std::uint32_t i = 1; i < model::kResolvesPerHourMax; ++i) Resolve("B7654CD");
  EXPECT_EQ(ReasonOf(PrepareRegister(taken, actor_, station_.Bench()).status()),
            v1::ERROR_REASON_QUOTA_USED);
  link.set_nominal_id(id);
  EXPECT_EQ(ReasonOf(PrepareLink(link, actor_, station_.Bench()).status()),
            v1::ERROR_REASON_QUOTA_USED);
  EXPECT_EQ(station_.vault->List({}, 1000)->size(), keys);
}

/// Two people named by their numbers, as messages of other systems name them.
TEST_F(PrepareIdentifierTest, MergesAndPartsByNumber) {
  const std::string surviving = Register("A1234BC").made_id;
  const std::string removed = Register("B7654CD").made_id;
  stored::v1::Actor actor = actor_;
  actor.set_purpose("correction");
  v1::MergeNominalsRequest merge;
  *merge.mutable_removed() = Noms("B7654CD");
  EXPECT_EQ(ReasonOf(PrepareMerge(merge, actor, station_.Bench()).status()),
            v1::ERROR_REASON_FIELD_INVALID)
      << "into whom?";
  *merge.mutable_surviving() = Noms(" a1234bc");
  EXPECT_EQ(station_.Say(*PrepareMerge(merge, actor, station_.Bench())).outcome,
            audit::Outcome::kApplied);
  EXPECT_EQ(Resolve("B7654CD"), surviving);
  merge.set_removed_id(removed);
  EXPECT_EQ(ReasonOf(PrepareMerge(merge, actor, station_.Bench()).status()),
            v1::ERROR_REASON_FIELD_INVALID)
      << "both ways at once";

  v1::UnmergeNominalsRequest part;
  *part.mutable_removed() = Noms("B7654CD");
  *part.mutable_surviving() = Noms("A1234BC");
  EXPECT_EQ(station_.Say(*PrepareUnmerge(part, actor, station_.Bench())).outcome,
            audit::Outcome::kApplied);
  EXPECT_EQ(Resolve("B7654CD"), removed);
  part.set_removed_id(removed);
  EXPECT_EQ(ReasonOf(PrepareUnmerge(part, actor, station_.Bench()).status()),
            v1::ERROR_REASON_FIELD_INVALID);
  part.clear_removed();
  part.clear_surviving();
  part.set_removed_id("nom_x");
  EXPECT_EQ(ReasonOf(PrepareUnmerge(part, actor, station_.Bench()).status()),
            v1::ERROR_REASON_FIELD_INVALID);
}

/// Several numbers that are said to be one person's: each only as its HMAC, and nine at most.
TEST_F(PrepareIdentifierTest, AsksAboutNineTogether) {
  v1::ResolveNominalRequest request;
  *request.mutable_identifier() = Noms("A1234BC");
  for (int i = 1; i < machine::kResolvedTogetherMax; ++i) {
    *request.add_also_known_by() = Noms("A12" + std::to_string(10 + i) + "BC");
  }
  const auto asked = PrepareResolve(request, actor_, station_.Bench());
  ASSERT_TRUE(asked.ok());
  stored::v1::ResolveNominal command;
  ASSERT_TRUE(command.ParseFromString(asked->command_bytes));
  EXPECT_EQ(command.also_known_by_size(), machine::kResolvedTogetherMax - 1);
  EXPECT_THAT(asked->command_bytes, Not(HasSubstr("A1211BC")));
  *request.add_also_known_by() = Noms("B1234BC");
  EXPECT_EQ(ReasonOf(PrepareResolve(request, actor_, station_.Bench()).status()),
            v1::ERROR_REASON_LIMIT_PASSED);
}

TEST_F(PrepareIdentifierTest, ACorrectionNamesTheNumberByItsIndexAlone) {
  const std::string id = Register("A1234BC").made_id;
  v1::CorrectIdentifierRequest request;
  *request.mutable_identifier() = Noms(" a1234bc");
  request.set_status(v1::IDENTIFIER_STATUS_IN_ERROR);
  request.set_because(v1::IDENTIFIER_CORRECTION_MISTYPED);
  stored::v1::Actor actor = actor_;
  actor.set_purpose("correction");
  auto prepared = PrepareCorrection(request, actor, station_.Bench());
  ASSERT_TRUE(prepared.ok());
  EXPECT_THAT(prepared->command_bytes, Not(HasSubstr("A1234BC")));
  EXPECT_EQ(station_.Say(*std::move(prepared)).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(Resolve("A1234BC"), "");
  EXPECT_NE(Register("A1234BC").made_id, id) << "it may be somebody else's";
}

TEST(ReadingOf, TellsANumberOfItsTypeFromAnotherAndWhatWasDoneToIt) {
  EXPECT_TRUE(ReadingOf(Noms("A1234BC"), Station::kStartMs).verified());
  EXPECT_EQ(ReadingOf(Noms("A1234BC"), Station::kStartMs).notes_size(), 0);
  EXPECT_FALSE(ReadingOf(Noms("1234"), Station::kStartMs).verified());
  EXPECT_EQ(ReadingOf(Noms("a1234bc"), Station::kStartMs).notes(0),
            v1::IDENTIFIER_NOTE_UPPER_CASED);
}

}  // namespace
}  // namespace tearline::sequencer
