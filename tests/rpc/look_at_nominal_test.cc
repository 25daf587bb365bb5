#include "broker/rpc/look_at_nominal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tearline/v1/directory_service.grpc.pb.h"
#include "tearline/v1/nominal_service.grpc.pb.h"
#include "tests/rpc/running_door.h"

namespace tearline::rpc {
namespace {

using testing::ElementsAre;

/// A person whose panel is probation/chair and police/panel. Over the wire, with a vault.
class LookAtNominalTest : public testing::Test {
 protected:
  std::unique_ptr<v1::NominalService::Stub> Stub(const std::string& post) {
    return v1::NominalService::NewStub(door_.SystemOf(post));
  }
  static v1::Identifier Number(v1::IdentifierType type, const std::string& value) {
    v1::Identifier identifier;
    identifier.set_type(type);
    identifier.set_value(value);
    return identifier;
  }
  v1::LinkIdentifierResponse Link(const std::string& post, const v1::Identifier& identifier) {
    v1::LinkIdentifierRequest request;
    *request.mutable_acting() = RunningDoor::As(post);
    request.set_nominal_id(nominal_);
    *request.mutable_identifier() = identifier;
    v1::LinkIdentifierResponse response;
    grpc::ClientContext context;
    const grpc::Status status = Stub(post)->LinkIdentifier(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    // Each agency's is confirmed by the other's coordinator: both sit on the panel (P10).
    if (response.recorded().awaits_second_hand()) {
      Confirm(post.starts_with("police/") ? "probation/coordinator" : "police/coordinator",
              response.recorded().made_id());
    }
    return response;
  }
  void Confirm(const std::string& post, const std::string& pending) {
    v1::GiveSecondHandRequest request;
    *request.mutable_acting() = RunningDoor::As(post);
    request.set_pending_id(pending);
    v1::GiveSecondHandResponse response;
    grpc::ClientContext context;
    const grpc::Status status = v1::DirectoryService::NewStub(door_.SystemOf(post))
                                    ->GiveSecondHand(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
  }
  v1::ErrorReason Show(const std::string& post) {
    v1::ShowNominalRequest request;
    *request.mutable_acting() = RunningDoor::As(post);
    request.set_nominal_id(nominal_);
    grpc::ClientContext context;
    shown_.Clear();
    const grpc::Status status = Stub(post)->ShowNominal(&context, request, &shown_);
    return status.ok() ? v1::ERROR_REASON_UNSPECIFIED : ReasonIn(status);
  }
  const v1::ShownIdentifier* Shown(v1::IdentifierType type) const {
    for (const v1::ShownIdentifier& each : shown_.identifiers()) {
      if (each.type() == type) return &each;
    }
    return nullptr;
  }

  RunningDoor door_;
  const std::string nominal_ = door_.NominalWithCase("N17");
  v1::ShowNominalResponse shown_;
};

/// Raw and canonical, how it was read, by whom asserted, for when and when it was read in.
TEST_F(LookAtNominalTest, ShowsThePanelEachNumberAsItWasWrittenAndAsItIsCompared) {
  v1::Identifier pnc = Number(v1::IDENTIFIER_TYPE_PNC, " 02/73319z");
  pnc.mutable_valid_from()->set_seconds(1'000'000'000);
  const v1::LinkIdentifierResponse linked = Link("police/intel", pnc);
  EXPECT_TRUE(linked.reading().verified());
  EXPECT_THAT(linked.reading().notes(),
              ElementsAre(v1::IDENTIFIER_NOTE_TRIMMED, v1::IDENTIFIER_NOTE_UPPER_CASED,
                          v1::IDENTIFIER_NOTE_REWRITTEN, v1::IDENTIFIER_NOTE_CENTURY_SUPPLIED));
  Link("police/intel", Number(v1::IDENTIFIER_TYPE_CRO, "85227/65G"));

  ASSERT_EQ(Show("probation/chair"), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(shown_.nominal_id(), nominal_);
  EXPECT_EQ(shown_.identifiers_size(), 3);
  const v1::ShownIdentifier* found = Shown(v1::IDENTIFIER_TYPE_PNC);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->value(), " 02/73319z");
  EXPECT_EQ(found->canonical(), "2002/0073319Z");
  EXPECT_FALSE(found->erased());
  EXPECT_EQ(found->status(), v1::IDENTIFIER_STATUS_VERIFIED);
  EXPECT_EQ(found->asserted_by(), "police") << "it sits on the panel, too";
  EXPECT_EQ(found->valid_from().seconds(), 1'000'000'000);
  EXPECT_FALSE(found->has_valid_until());
  EXPECT_TRUE(found->has_read_at());
  EXPECT_EQ(found->notes_size(), 4);
  EXPECT_EQ(found->nominal_id(), nominal_);
  // What no rule verifies is kept all the same.
  const v1::ShownIdentifier* invalid = Shown(v1::IDENTIFIER_TYPE_CRO);
  ASSERT_NE(invalid, nullptr);
  EXPECT_EQ(invalid->value(), "85227/65G");
  EXPECT_EQ(invalid->status(), v1::IDENTIFIER_STATUS_UNVERIFIED);
}

TEST_F(LookAtNominalTest, ShowsOthersWhatTheirAgencyAssertedAndElseNothing) {
  EXPECT_EQ(Show("desk/auditor"), v1::ERROR_REASON_NOT_FOUND);
  EXPECT_EQ(shown_.identifiers_size(), 0);
  Link("police/intel", Number(v1::IDENTIFIER_TYPE_NOMS, "A1234BC"));
  // probation/supervisor has nothing to do with the person; its agency asserted nothing.
  const v1::ErrorReason before = Show("probation/supervisor");
  EXPECT_EQ(before, v1::ERROR_REASON_NOT_FOUND);
  Link("probation/supervisor", Number(v1::IDENTIFIER_TYPE_CRN, "XY123456"));
  ASSERT_EQ(Show("probation/supervisor"), v1::ERROR_REASON_UNSPECIFIED);
  ASSERT_EQ(shown_.identifiers_size(), 1);
  EXPECT_EQ(shown_.identifiers(0).value(), "XY123456");
  EXPECT_THAT(shown_.identifiers(0).notes(), ElementsAre(v1::IDENTIFIER_NOTE_TWO_LETTERS));
}

/// What was erased is not shown, whatever the vault still holds; that there was a number stays.
TEST_F(LookAtNominalTest, ShowsNothingOfWhatWasErased) {
  v1::EraseNominalRequest request;
  *request.mutable_acting() = RunningDoor::As("desk/governance");
  request.set_nominal_id(nominal_);
  v1::EraseNominalResponse response;
  grpc::ClientContext context;
  ASSERT_TRUE(Stub("desk/governance")->EraseNominal(&context, request, &response).ok());
  ASSERT_TRUE(response.recorded().awaits_second_hand());
  Confirm("desk/operator", response.recorded().made_id());
  ASSERT_EQ(Show("probation/chair"), v1::ERROR_REASON_UNSPECIFIED);
  ASSERT_EQ(shown_.identifiers_size(), 1);
  EXPECT_TRUE(shown_.identifiers(0).erased());
  EXPECT_EQ(shown_.identifiers(0).value(), "");
  EXPECT_EQ(shown_.identifiers(0).canonical(), "");
}

TEST_F(LookAtNominalTest, AnIdMustBeOne) {
  v1::ShowNominalRequest request;
  *request.mutable_acting() = RunningDoor::As("probation/chair");
  request.set_nominal_id("somebody");
  grpc::ClientContext context;
  EXPECT_EQ(ReasonIn(Stub("probation/chair")->ShowNominal(&context, request, &shown_)),
            v1::ERROR_REASON_FIELD_INVALID);
}

/// Asked by number it says what it came to, and from whom as far as the post may know.
TEST_F(LookAtNominalTest, ResolvingSaysWhatItCameTo) {
  Link("probation/supervisor", Number(v1::IDENTIFIER_TYPE_CRN, "X123456"));
  v1::ResolveNominalRequest request;
  *request.mutable_acting() = RunningDoor::As("police/intel");
  *request.mutable_identifier() = Number(v1::IDENTIFIER_TYPE_CRN, "x123456");
  *request.add_also_known_by() = Number(v1::IDENTIFIER_TYPE_NHS, "111 111 1111");
  v1::ResolveNominalResponse response;
  grpc::ClientContext context;
  ASSERT_TRUE(Stub("police/intel")->ResolveNominal(&context, request, &response).ok());
  EXPECT_EQ(response.recorded().made_id(), nominal_);
  EXPECT_EQ(response.outcome(), v1::RESOLUTION_OUTCOME_MATCH);
  EXPECT_FALSE(response.numbers_disagree());
  EXPECT_TRUE(response.sources().empty()) << "it has nothing to do with the person";
  EXPECT_TRUE(response.other_sources());
  ASSERT_EQ(response.readings_size(), 2);
  EXPECT_TRUE(response.verified());
  EXPECT_THAT(response.readings(0).notes(), ElementsAre(v1::IDENTIFIER_NOTE_UPPER_CASED));
  EXPECT_FALSE(response.readings(1).verified());
}

/// A number in error is nobody's, and is shown as what it was.
TEST_F(LookAtNominalTest, ACorrectedNumberIsShownAsWhatItIs) {
  Link("probation/supervisor", Number(v1::IDENTIFIER_TYPE_CRN, "X123456"));
  v1::CorrectIdentifierRequest request;
  *request.mutable_acting() = RunningDoor::As("probation/supervisor");
  *request.mutable_identifier() = Number(v1::IDENTIFIER_TYPE_CRN, "X123456");
  request.set_status(v1::IDENTIFIER_STATUS_IN_ERROR);
  request.set_because(v1::IDENTIFIER_CORRECTION_ANOTHER_PERSONS);
  v1::CorrectIdentifierResponse response;
  grpc::ClientContext context;
  ASSERT_TRUE(
      Stub("probation/supervisor")->CorrectIdentifier(&context, request, &response).ok());
  EXPECT_EQ(response.recorded().leaf_hash().size(), 32u);
  ASSERT_EQ(Show("probation/chair"), v1::ERROR_REASON_UNSPECIFIED);
  const v1::ShownIdentifier* found = Shown(v1::IDENTIFIER_TYPE_CRN);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->value(), "X123456");
  EXPECT_EQ(found->status(), v1::IDENTIFIER_STATUS_IN_ERROR);
  EXPECT_EQ(found->because(), v1::IDENTIFIER_CORRECTION_ANOTHER_PERSONS);
  EXPECT_TRUE(found->has_corrected_at());
}

}  // namespace
}  // namespace tearline::rpc
