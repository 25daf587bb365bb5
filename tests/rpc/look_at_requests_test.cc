#include "broker/rpc/look_at_requests.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "broker/machine/information_request.h"
#include "broker/machine/obligation_row.h"
#include "broker/machine/rows.h"
#include "broker/model/ids.h"
#include "tests/rpc/directory_rows.h"

namespace tearline::rpc {
namespace {

using machine::Part;
using machine::RequestState;
using testing::ElementsAre;

constexpr std::int64_t kNow = 1'800'000'000'000;
const std::string kCase(16, 'c');
const std::string kNominal(16, 'n');
const std::string kEvent(16, 'e');
const std::string kRequest(16, 'r');
const std::string kReview(16, 'v');

/// A case with probation/chair on its panel, for which it asked police/checks, that declines, and
/// health/desk, that answered by an event. It is police/above's to look at the refusal, which has
/// climbed to police/chief.
class LookAtRequestsTest : public testing::Test {
 protected:
  LookAtRequestsTest() {
    for (const char* agency : {"probation", "police", "health", "inspectorate"}) {
      rows_.SetAgency(agency, rows_.police(), false, "");
    }
    rows_.SetPost("inspectorate/auditor", "x", {v1::POST_ROLE_AUDITOR});
    rows_.Change([](state::Batch& batch) {
      stored::v1::CaseRow row;
      row.mutable_case_()->set_nominal_id(model::NominalId::FromBytes(kNominal)->Text());
      row.mutable_case_()->set_lead_agency("nobody");
      row.mutable_case_()->add_seats()->set_post("probation/chair");
      row.mutable_case_()->add_seats()->set_post("police/panel");
      batch.PutRow(machine::CaseKey(kCase), row);
      stored::v1::NominalRow nominal;
      nominal.set_case_id(kCase);
      batch.PutRow(machine::NominalKey(kNominal), nominal);
      stored::v1::EventRow event;
      event.set_answering_post("health/desk");
      event.add_nominal_ids(kNominal);
      batch.PutRow(machine::EventKey(kEvent), event);
      batch.PutRow(machine::LetGoKey("probation/chair", kEvent), stored::v1::LetGoRow());
      stored::v1::ObligationRow review;
      review.set_type(v1::OBLIGATION_TYPE_REVIEW_INFORMATION_REFUSAL);
      review.set_reason(v1::RULE_REASON_INFORMATION_REFUSED);
      review.set_nominal_id(kNominal);
      review.set_case_id(kCase);
      review.set_information_request_id(kRequest);
      review.set_debtor_post("police/above");
      review.set_told_post("police/chief");
      review.set_opened_ms(kNow - 1);
      batch.PutRow(machine::ObligationKey(kReview), review);
      batch.Put(machine::OpenKey(review), kReview);
    });
    Put(kRequest);
  }

  static stored::v1::AskedForInformationRow Declined() {
    stored::v1::AskedForInformationRow asked;
    asked.set_post("police/checks");
    asked.set_obligation_id(std::string(16, 'o'));
    asked.set_outcome(v1::INFORMATION_OUTCOME_REFUSED);
    asked.set_answered_ms(kNow - 1);
    asked.set_refusal(v1::INFORMATION_REFUSAL_DANGER_TO_SOMEBODY);
    asked.set_reviewed_by("police/above");
    return asked;
  }
  void Put(const std::string& id, std::int64_t answer_by_ms = kNow) {
    stored::v1::InformationRequestRow row;
    row.set_nominal_id(kNominal);
    row.set_case_id(kCase);
    row.set_kind(v1::INFORMATION_REQUEST_KIND_DOMESTIC_ABUSE_CHECK);
    row.set_event_id(kEvent);
    row.mutable_asked_by()->set_post("probation/chair");
    row.mutable_asked_by()->set_purpose("public-protection");
    row.mutable_asked_by()->set_legal_basis("CJA2003-325-4");
    row.set_made_ms(kNow - 1000);
    row.set_answer_by_ms(answer_by_ms);
    stored::v1::AskedForInformationRow& answered = *row.add_asked();
    answered.set_post("health/desk");
    answered.set_obligation_id(std::string(16, 'o'));
    answered.set_outcome(v1::INFORMATION_OUTCOME_ANSWERED);
    answered.set_answered_ms(kNow - 2);
    answered.set_answer_event_id(kEvent);
    *row.add_asked() = Declined();
    stored::v1::AskedForInformationRow& waits = *row.add_asked();
    waits.set_post("prison/security");
    waits.set_obligation_id(std::string(16, 'o'));
    rows_.Change([&](state::Batch& batch) {
      batch.PutRow(machine::InformationRequestKey(id), row);
      const auto found = [&](const state::Key& key) { batch.Put(key, ""); };
      found(machine::RequestsOf("probation/chair", Part::kMade, RequestState::kOpen).Fixed(id));
      found(machine::RequestsOf("health/desk", Part::kAsked, RequestState::kClosed).Fixed(id));
      found(machine::RequestsOf("police/checks", Part::kAsked, RequestState::kClosed).Fixed(id));
      found(machine::RequestsOf("prison/security", Part::kAsked, RequestState::kOpen).Fixed(id));
      for (const char* post : {"police/above", "police/chief"}) {
        found(machine::RequestsOf(post, Part::kLooksAtRefusal, RequestState::kOpen).Fixed(id));
      }
      found(machine::RequestsOfCase(kCase, RequestState::kOpen).Fixed(id));
    });
  }
  Result<Looked> Look(const std::string& post, v1::ListInformationRequestsRequest request = {}) {
    stored::v1::Actor actor;
    actor.set_agency(post.substr(0, post.find('/')));
    actor.set_post(post);
    response_.Clear();
    return LookAtRequests(request, actor, *rows_.View(), kNow, response_);
  }
  static v1::ListInformationRequestsRequest OfCase() {
    v1::ListInformationRequestsRequest request;
    request.set_case_id(model::CaseId::FromBytes(kCase)->Text());
    return request;
  }
  static v1::ListInformationRequestsRequest Closed() {
    v1::ListInformationRequestsRequest request;
    request.set_closed(true);
    return request;
  }
  /// Keeps posts out of the person.
  void KeepOut(const std::vector<std::string>& posts) {
    rows_.Change([&](state::Batch& batch) {
      auto nominal = *batch.Find<stored::v1::NominalRow>(machine::NominalKey(kNominal));
      nominal.mutable_excluded()->Assign(posts.begin(), posts.end());
      batch.PutRow(machine::NominalKey(kNominal), nominal);
    });
  }
  /// Of those whose parts are shown: what each said, if that is shown; and whether it said
  /// anything.
  std::vector<std::string> Outcomes() const {
    std::vector<std::string> outcomes;
    for (const v1::AskedForInformation& asked : response_.requests(0).asked()) {
      const bool is_shown = asked.outcome() != v1::INFORMATION_OUTCOME_UNSPECIFIED;
      const bool is_named = !asked.answer_event_id().empty();
      outcomes.push_back(is_shown ? v1::InformationOutcome_Name(asked.outcome()).substr(20)
                         : asked.has_answered_at() ? "something"
                                                   : "nothing yet");
      if (is_named) outcomes.back() += " by an event";
    }
    return outcomes;
  }
  /// Whose parts are shown, and why they declined if that is shown.
  std::vector<std::string> Parts() const {
    std::vector<std::string> parts;
    if (response_.requests_size() != 1) return parts;
    for (const v1::AskedForInformation& asked : response_.requests(0).asked()) {
      parts.push_back(asked.post() +
                      (asked.refusal() == v1::INFORMATION_REFUSAL_UNSPECIFIED ? "" : " and why"));
    }
    return parts;
  }

  DirectoryRows rows_;
  v1::ListInformationRequestsResponse response_;
};

/// Who asked sees what each said, that one declined among it, and not why.
TEST_F(LookAtRequestsTest, ShowsWhoAskedWhatEachSaid) {
  const auto looked = Look("probation/chair");
  ASSERT_TRUE(looked.ok());
  EXPECT_EQ(looked->consulted.kind(), stored::v1::CONSULTATION_KIND_INFORMATION_REQUESTS);
  EXPECT_THAT(looked->consulted.nominal_ids(), ElementsAre(kNominal));
  EXPECT_THAT(Parts(), ElementsAre("health/desk", "police/checks", "prison/security"));
  const v1::InformationRequest& shown = response_.requests(0);
  EXPECT_EQ(shown.information_request_id(),
            model::InformationRequestId::FromBytes(kRequest)->Text());
  EXPECT_EQ(shown.nominal_id(), model::NominalId::FromBytes(kNominal)->Text());
  EXPECT_EQ(shown.purpose(), "public-protection");
  EXPECT_EQ(shown.legal_basis(), "CJA2003-325-4");
  EXPECT_EQ(shown.asked(0).answer_event_id(), model::EventId::FromBytes(kEvent)->Text());
  EXPECT_THAT(Outcomes(), ElementsAre("ANSWERED by an event", "REFUSED", "nothing yet"));
  EXPECT_EQ(shown.asked(0).obligation_id(), "") << "that is the asked post's";
}

/// Who is asked sees its own part, and nobody else's.
TEST_F(LookAtRequestsTest, ShowsWhoIsAskedItsOwnPart) {
  ASSERT_TRUE(Look("prison/security").ok());
  EXPECT_THAT(Parts(), ElementsAre("prison/security"));
  EXPECT_NE(response_.requests(0).asked(0).obligation_id(), "");
  EXPECT_EQ(response_.requests(0).asked_by(), "probation/chair");
  ASSERT_TRUE(Look("police/checks").ok());
  EXPECT_THAT(Parts(), testing::IsEmpty()) << "it has answered";
  ASSERT_TRUE(Look("police/checks", Closed()).ok());
  EXPECT_THAT(Parts(), ElementsAre("police/checks and why"));
}

/// The post above sees whose refusal it looks at, and why; and so does whoever it climbed to, while
/// nothing keeps it out of the person.
TEST_F(LookAtRequestsTest, ShowsTheLineWhatItLooksAt) {
  for (const char* post : {"police/above", "police/chief"}) {
    ASSERT_TRUE(Look(post).ok());
    EXPECT_THAT(Parts(), ElementsAre("police/checks and why")) << post;
    EXPECT_THAT(Outcomes(), ElementsAre("REFUSED")) << post;
  }
  KeepOut({"police/chief"});
  const auto looked = Look("police/chief");
  ASSERT_TRUE(looked.ok());
  EXPECT_EQ(response_.requests_size(), 0);
  EXPECT_EQ(looked->consulted.nominal_ids_size(), 0) << "nobody was shown to it";
}

/// P6. Who asked and comes to be kept out of the person is told no more than that there is nothing
/// to wait for.
TEST_F(LookAtRequestsTest, ShowsWhoAskedNothingOfWhomItIsKeptOut) {
  KeepOut({"probation/chair"});
  ASSERT_TRUE(Look("probation/chair").ok());
  EXPECT_THAT(Outcomes(), ElementsAre("something", "something", "nothing yet"));
}

TEST_F(LookAtRequestsTest, ShowsTheCasesToWhoMaySeeItAndToAuditors) {
  ASSERT_TRUE(Look("police/panel", OfCase()).ok());
  EXPECT_THAT(Parts(), ElementsAre("health/desk", "police/checks", "prison/security"));
  const auto looked = Look("inspectorate/auditor", OfCase());
  ASSERT_TRUE(looked.ok());
  EXPECT_EQ(looked->consulted.kind(), stored::v1::CONSULTATION_KIND_KNOWN_AT);
  EXPECT_EQ(looked->consulted.nominal_ids_size(), 0);
  EXPECT_THAT(Parts(), ElementsAre("health/desk", "police/checks and why", "prison/security"));
  EXPECT_EQ(ReasonOf(Look("prison/security", OfCase()).status()), v1::ERROR_REASON_NOT_FOUND);
  v1::ListInformationRequestsRequest none = OfCase();
  none.set_case_id(model::CaseId::FromBytes(std::string(16, 'x'))->Text());
  EXPECT_EQ(Look("prison/security", OfCase()).status(), Look("prison/security", none).status());
}

/// P6. An event is named to nobody who was not told of it; and whoever did not ask is not told what
/// each said: that somebody answered says that there is an event.
TEST_F(LookAtRequestsTest, NamesEventsOnlyToWhoKnowsOfThem) {
  ASSERT_TRUE(Look("probation/chair").ok());
  EXPECT_NE(response_.requests(0).event_id(), "");
  ASSERT_TRUE(Look("police/panel", OfCase()).ok());
  EXPECT_EQ(response_.requests(0).event_id(), "");
  EXPECT_THAT(Outcomes(), ElementsAre("something", "something", "nothing yet"));
  rows_.Change([](state::Batch& batch) {
    batch.PutRow(machine::LetGoKey("police/panel", kEvent), stored::v1::LetGoRow());
  });
  ASSERT_TRUE(Look("police/panel", OfCase()).ok());
  EXPECT_NE(response_.requests(0).event_id(), "") << "what the question says, it was told";
  EXPECT_THAT(Outcomes(), ElementsAre("something", "something", "nothing yet"));
  ASSERT_TRUE(Look("inspectorate/auditor", OfCase()).ok());
  EXPECT_THAT(Outcomes(), ElementsAre("ANSWERED by an event", "REFUSED", "nothing yet"));
}

/// Overdue from the time on; what came in time never was.
TEST_F(LookAtRequestsTest, SaysWhatIsOverdue) {
  const auto overdue = [this] {
    std::vector<bool> each;
    EXPECT_TRUE(Look("probation/chair").ok());
    for (const auto& asked : response_.requests(0).asked()) each.push_back(asked.overdue());
    return each;
  };
  EXPECT_THAT(overdue(), ElementsAre(false, false, true));
  Put(kRequest, kNow + 1);
  EXPECT_THAT(overdue(), ElementsAre(false, false, false));
  Put(kRequest, kNow - 1);
  EXPECT_THAT(overdue(), ElementsAre(false, true, true)) << "and what came late stays so";
}

TEST_F(LookAtRequestsTest, GoesOnWhereAPageEnded) {
  std::string id(16, 'a');
  for (char i = 0; i < 40; ++i) {
    id[15] = i;
    Put(id);
  }
  v1::ListInformationRequestsRequest request;
  std::vector<int> pages;
  do {
    ASSERT_TRUE(Look("probation/chair", request).ok());
    pages.push_back(response_.requests_size());
    request.set_after_information_request_id(response_.after_information_request_id());
  } while (!request.after_information_request_id().empty());
  EXPECT_THAT(pages, ElementsAre(32, 9));
}

TEST_F(LookAtRequestsTest, SaysWhichFieldIsWrong) {
  v1::ListInformationRequestsRequest request;
  request.set_case_id("rfi_1");
  EXPECT_EQ(ReasonOf(Look("probation/chair", request).status()), v1::ERROR_REASON_FIELD_INVALID);
  request.clear_case_id();
  request.set_after_information_request_id("case_1");
  EXPECT_EQ(ReasonOf(Look("probation/chair", request).status()), v1::ERROR_REASON_FIELD_INVALID);
}

}  // namespace
}  // namespace tearline::rpc
