#include "broker/rpc/server.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "broker/audit/audit_log.h"
#include "broker/audit/leaf.h"
#include "broker/crypto/base64.h"
#include "broker/crypto/digest.h"
#include "broker/machine/rows.h"
#include "broker/model/limits.h"
#include "tearline/stored/v1/leaf.pb.h"
#include "tearline/v1/directory_service.grpc.pb.h"
#include "tearline/v1/nominal_service.grpc.pb.h"
#include "tearline/v1/policy_service.grpc.pb.h"
#include "tearline/v1/publisher_service.grpc.pb.h"
#include "tests/rpc/running_door.h"

namespace tearline::rpc {
namespace {

using grpc::ClientContext;
using identity::Order;

class ServerTest : public testing::Test {
 protected:
  static grpc::Status List(const std::shared_ptr<grpc::Channel>& channel, const std::string& post,
                           v1::ListDirectoryResponse& response, const std::string& token = "",
                           std::uint32_t page_size = 0) {
    v1::ListDirectoryRequest request;
    *request.mutable_acting() = RunningDoor::As(post);
    request.set_page_token(token);
    request.set_page_size(page_size);
    ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    return v1::DirectoryService::NewStub(channel)->ListDirectory(&context, request, &response);
  }
  static grpc::Status List(const std::shared_ptr<grpc::Channel>& channel, const std::string& post) {
    v1::ListDirectoryResponse response;
    return List(channel, post, response);
  }
  grpc::Status Suspend(const std::string& agency, const std::string& member, bool suspended) {
    v1::SetSuspensionRequest request;
    *request.mutable_acting() = RunningDoor::As("desk/operator");
    request.set_agency(agency);
    request.set_member(member);
    request.set_suspended(suspended);
    v1::SetSuspensionResponse response;
    ClientContext context;
    return v1::DirectoryService::NewStub(door_.SystemOf("desk/operator"))
        ->SetSuspension(&context, request, &response);
  }

  RunningDoor door_;
};

TEST_F(ServerTest, TheRightCertificateIsServed) {
  const grpc::Status status = List(door_.SystemOf("police/intel"), "police/intel");
  EXPECT_TRUE(status.ok()) << status.error_message();
}

/// Those TLS itself turns away never reach us: the client sees a connection that cannot be made.
TEST_F(ServerTest, EachWrongCertificateIsTurnedAway) {
  Order two_uris = RunningDoor::OrderFor("police", "intel-system");
  two_uris.uris.push_back("spiffe://tearline.example/agency/police/member/panel-system");
  Order name_only = RunningDoor::OrderFor("police", "intel-system");
  name_only.uris.clear();
  Order expired = RunningDoor::OrderFor("police", "intel-system");
  expired.not_after_s = expired.not_before_s + 60;
  Order right = RunningDoor::OrderFor("police", "intel-system");
  Order foreign_authority = identity::AuthorityOrder("police authority");
  foreign_authority.not_before_s = right.not_before_s;
  foreign_authority.not_after_s = right.not_after_s;
  const identity::Issued foreign = identity::SelfIssued(foreign_authority);

  struct Wrong {
    const char* what;
    Pass pass;
    grpc::StatusCode code;
    v1::ErrorReason reason;
  };
  const Wrong rows[] = {
      {"a foreign authority of the same name",
       RunningDoor::PassOf(identity::IssuedBy(foreign, right)), grpc::StatusCode::UNAVAILABLE,
       v1::ERROR_REASON_UNSPECIFIED},
      {"expired", door_.Issue("police", expired), grpc::StatusCode::UNAVAILABLE,
       v1::ERROR_REASON_UNSPECIFIED},
      {"police, as probation's authority says", door_.Issue("probation", right),
       grpc::StatusCode::UNAUTHENTICATED, v1::ERROR_REASON_WRONG_AUTHORITY},
      {"an agency nobody admitted", door_.Issue("police", RunningDoor::OrderFor("circus", "clown")),
       grpc::StatusCode::UNAUTHENTICATED, v1::ERROR_REASON_UNKNOWN_PRINCIPAL},
      {"a member nobody admitted",
       door_.Issue("police", RunningDoor::OrderFor("police", "stranger")),
       grpc::StatusCode::UNAUTHENTICATED, v1::ERROR_REASON_UNKNOWN_PRINCIPAL},
      {"two URIs", door_.Issue("police", two_uris), grpc::StatusCode::UNAUTHENTICATED,
       v1::ERROR_REASON_CERTIFICATE_INVALID},
      {"a common name only", door_.Issue("police", name_only), grpc::StatusCode::UNAUTHENTICATED,
       v1::ERROR_REASON_CERTIFICATE_INVALID},
  };
  for (const Wrong& row : rows) {
    const grpc::Status status = List(door_.Connect(row.pass), "police/intel");
    EXPECT_EQ(status.error_code(), row.code) << row.what << ": " << status.error_message();
    EXPECT_EQ(ReasonIn(status), row.reason) << row.what;
  }
}

TEST_F(ServerTest, TheSuspendedAreTurnedAwayUntilItIsLifted) {
  ASSERT_TRUE(List(door_.SystemOf("police/intel"), "police/intel").ok());
  ASSERT_TRUE(Suspend("police", "intel-system", true).ok());
  // The door hears of it just after the operator does.
  grpc::Status status = List(door_.SystemOf("police/intel"), "police/intel");
  while (status.ok()) status = List(door_.SystemOf("police/intel"), "police/intel");
  EXPECT_EQ(ReasonIn(status), v1::ERROR_REASON_SUSPENDED);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_TRUE(List(door_.SystemOf("police/panel"), "police/panel").ok());

  ASSERT_TRUE(Suspend("police", "intel-system", false).ok());
  while (!status.ok()) status = List(door_.SystemOf("police/intel"), "police/intel");
}

TEST_F(ServerTest, AnothersPostIsRefusedAndTheRefusalIsInTheLog) {
  const grpc::Status status = List(door_.SystemOf("police/intel"), "police/panel");
  EXPECT_EQ(ReasonIn(status), v1::ERROR_REASON_NOT_YOUR_POST);
  // The book flushes about once a second; the newest leaf then is of NoteRefusals.
  while (true) {
    const auto view = door_.writer().View();
    const auto row =
        view->Find<stored::v1::LeafRow>(state::Key(state::Table::kLeaf).U64(view->position()));
    const audit::Leaf leaf = audit::DecodeLeaf(row->leaf()).value();
    if (leaf.kind == stored::v1::COMMAND_NUMBER_NOTE_REFUSALS) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

/// The last second before a stop is in the log like any other.
TEST_F(ServerTest, ARefusalJustBeforeTheStopIsInTheLog) {
  const auto noted = [this] {
    std::uint32_t count = 0;
    const auto view = door_.writer().View();
    for (model::Position position = 1; position <= view->position(); ++position) {
      for (const stored::v1::Detail& detail : audit::DetailsAt(position, *view)) {
        count += detail.refusals().count();
      }
    }
    return count;
  };
  for (int i = 0; i < 30; ++i) {
    EXPECT_EQ(ReasonIn(List(door_.SystemOf("police/intel"), "police/panel")),
              v1::ERROR_REASON_NOT_YOUR_POST);
  }
  door_.server().Drain();
  door_.writer().Drain();
  EXPECT_EQ(noted(), 30u);
}

TEST_F(ServerTest, EachItemOfAPublicationIsAnsweredByItselfInOrder) {
  const std::string nominal = door_.NominalWithCase("N17");
  const std::string event_id = door_.Publish(nominal, "first", "seen near the school");

  v1::PublishRequest request;
  *request.mutable_acting() = RunningDoor::As("police/intel");
  v1::PublishItem good;
  good.set_request_id("second");
  v1::Event& event = *good.mutable_event();
  event.set_event_type("intelligence.report.submitted");
  event.mutable_occurred_at()->set_seconds(1'700'000'000);
  event.set_urgency(v1::URGENCY_ROUTINE);
  event.mutable_label()->mutable_marking()->set_tier(v1::TIER_OFFICIAL);
  event.add_segments()->set_media_type("text/plain");
  event.mutable_segments(0)->set_content("nothing new");
  v1::PublishItem bad = good;
  bad.set_request_id("third");
  bad.mutable_event()->set_event_type("Not A Type");
  *request.add_items() = bad;
  *request.add_items() = good;
  *request.add_items() = good;

  v1::PublishResponse response;
  ClientContext context;
  const grpc::Status status = v1::PublisherService::NewStub(door_.SystemOf("police/intel"))
                                  ->Publish(&context, request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(response.results_size(), 3);
  EXPECT_EQ(response.results(0).request_id(), "third");
  EXPECT_EQ(response.results(0).refusal_reason(), "EVENT_TYPE_INVALID");
  EXPECT_EQ(response.results(0).event_id(), "");
  EXPECT_EQ(response.results(1).refusal_sentence(), "");
  EXPECT_TRUE(response.results(1).event_id().starts_with("ev_"));
  EXPECT_NE(response.results(1).event_id(), event_id);
  EXPECT_EQ(response.results(1).leaf_hash().size(), 32u);
  EXPECT_FALSE(response.results(1).repeated_request());
  EXPECT_TRUE(response.results(2).repeated_request());
  EXPECT_EQ(response.results(2).event_id(), response.results(1).event_id());
  EXPECT_EQ(response.results(2).leaf_hash(), response.results(1).leaf_hash());
}

TEST_F(ServerTest, APublicationHas1To100Items) {
  v1::PublishRequest request;
  *request.mutable_acting() = RunningDoor::As("police/intel");
  const auto stub = v1::PublisherService::NewStub(door_.SystemOf("police/intel"));
  v1::PublishResponse response;
  ClientContext empty;
  EXPECT_EQ(ReasonIn(stub->Publish(&empty, request, &response)), v1::ERROR_REASON_LIMIT_PASSED);
  for (std::size_t i = 0; i < model::kPublishEventsMax; ++i) request.add_items();
  ClientContext fits;
  EXPECT_TRUE(stub->Publish(&fits, request, &response).ok());  // Each refused by itself.
  EXPECT_EQ(response.results_size(), 100);
  request.add_items();
  ClientContext above;
  EXPECT_EQ(ReasonIn(stub->Publish(&above, request, &response)), v1::ERROR_REASON_LIMIT_PASSED);
}

TEST_F(ServerTest, TheDirectoryIsListedPageByPageAndKeepsOthersPeopleToItself) {
  std::string token;
  std::vector<std::string> members;
  std::vector<std::string> holders_of_others;
  int entries = 0;
  do {
    v1::ListDirectoryResponse page;
    ASSERT_TRUE(List(door_.SystemOf("police/intel"), "police/intel", page, token, 3).ok());
    EXPECT_LE(page.entries_size(), 3);
    for (const v1::DirectoryEntry& entry : page.entries()) {
      ++entries;
      EXPECT_TRUE(entry.agency().authority_certificate().empty());
      if (entry.has_member()) members.push_back(entry.member().agency());
      if (entry.has_post() && !entry.post().post().starts_with("police/")) {
        holders_of_others.push_back(entry.post().holder());
      }
    }
    token = page.next_page_token();
    // A token names the last row shown, never one that somebody else would be shown.
    const std::string place = *crypto::Base64Decode(token);
    if (place.starts_with(state::Key(state::Table::kMember).bytes())) {
      EXPECT_EQ(place.substr(1, 7), std::string("police\0", 7));
    }
    if (page.entries(page.entries_size() - 1).has_agency()) {
      EXPECT_TRUE(token.empty() || place.starts_with(state::Key(state::Table::kAgency).bytes()));
    }
  } while (!token.empty());
  v1::ListDirectoryResponse page;
  const std::string others = machine::MemberKey("probation", "chair-holder").bytes();
  EXPECT_EQ(ReasonIn(List(door_.SystemOf("police/intel"), "police/intel", page,
                          crypto::Base64Encode(others))),
            v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(entries, 3 + 8 + 11);  // agencies, police's members, posts
  EXPECT_EQ(members, std::vector<std::string>(8, "police"));
  EXPECT_EQ(holders_of_others, std::vector<std::string>(7, ""));

  v1::ListDirectoryResponse all;
  ASSERT_TRUE(List(door_.SystemOf("desk/operator"), "desk/operator", all, "", 1000).ok());
  EXPECT_EQ(all.entries_size(), 3 + 22 + 11);
}

TEST_F(ServerTest, AnAdmittedAgencysDigestMustBeItsCertificates) {
  const identity::Issued authority =
      identity::SelfIssued(identity::AuthorityOrder("housing authority"));
  v1::AdmitAgencyRequest request;
  *request.mutable_acting() = RunningDoor::As("desk/operator");
  request.mutable_agency()->set_agency("housing");
  request.mutable_agency()->set_kind(v1::AGENCY_KIND_HOUSING);
  request.mutable_agency()->set_authority_certificate(authority.pem);
  const auto stub = v1::DirectoryService::NewStub(door_.SystemOf("desk/operator"));
  v1::AdmitAgencyResponse response;
  request.mutable_agency()->set_authority_spki_digest(std::string(32, 'x'));
  ClientContext wrong;
  EXPECT_EQ(ReasonIn(stub->AdmitAgency(&wrong, request, &response)),
            v1::ERROR_REASON_FIELD_INVALID);
  request.mutable_agency()->clear_authority_spki_digest();
  request.mutable_agency()->mutable_authority_valid_until()->set_seconds(1);
  ClientContext claiming;
  EXPECT_EQ(ReasonIn(stub->AdmitAgency(&claiming, request, &response)),
            v1::ERROR_REASON_FIELD_IS_BROKERS)
      << "how long it holds is read in the certificate";
  request.mutable_agency()->clear_authority_valid_until();
  ClientContext right;
  const grpc::Status status = stub->AdmitAgency(&right, request, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.recorded().leaf_hash().size(), 32u);
}

TEST_F(ServerTest, ThePolicyInForceIsShownToThoseItBinds) {
  const auto stub = v1::PolicyService::NewStub(door_.SystemOf("police/panel"));
  v1::GetPolicyRequest request;
  *request.mutable_acting() = RunningDoor::As("police/panel");
  v1::GetPolicyResponse response;
  ClientContext context;
  ASSERT_TRUE(stub->GetPolicy(&context, request, &response).ok());
  EXPECT_TRUE(response.in_force());
  EXPECT_EQ(crypto::Sha256(response.policy_text()).Bytes(), response.policy_digest());

  v1::CheckPolicyRequest check;
  *check.mutable_acting() = RunningDoor::As("police/panel");
  check.set_policy_text(response.policy_text());
  v1::CheckPolicyResponse checked;
  ClientContext checking;
  EXPECT_EQ(ReasonIn(stub->CheckPolicy(&checking, check, &checked)), v1::ERROR_REASON_NOT_PERMITTED)
      << "candidates are for those who write and approve them";

  request.set_policy_digest(std::string(32, 'x'));
  ClientContext unknown;
  EXPECT_EQ(ReasonIn(stub->GetPolicy(&unknown, request, &response)), v1::ERROR_REASON_NOT_FOUND);
}

TEST_F(ServerTest, AskingForANumberIsRecordedAndNeedsAPurpose) {
  const std::string nominal = door_.NominalWithCase("N17");
  const auto stub = v1::NominalService::NewStub(door_.SystemOf("police/panel"));
  v1::ResolveNominalRequest request;
  *request.mutable_acting() = RunningDoor::As("police/panel");
  request.mutable_identifier()->set_type(v1::IDENTIFIER_TYPE_OTHER);
  request.mutable_identifier()->set_value("N17");
  v1::ResolveNominalResponse response;
  ClientContext context;
  const grpc::Status status = stub->ResolveNominal(&context, request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_FALSE(response.verified());  // "OTHER" has no rule.
  EXPECT_EQ(response.recorded().leaf_hash().size(), 32u);

  request.mutable_acting()->clear_purpose();
  ClientContext silent;
  EXPECT_EQ(ReasonIn(stub->ResolveNominal(&silent, request, &response)),
            v1::ERROR_REASON_PURPOSE_REQUIRED);
}

TEST_F(ServerTest, AfterDrainingNobodyIsServed) {
  ASSERT_TRUE(List(door_.SystemOf("police/intel"), "police/intel").ok());
  door_.server().Drain();
  EXPECT_EQ(List(door_.SystemOf("police/intel"), "police/intel").error_code(),
            grpc::StatusCode::UNAVAILABLE);
  door_.server().Drain();  // Again: nothing.
}

TEST_F(ServerTest, AnAddressThatCannotBeListenedOnIsRefused) {
  settings::v1::Listen listen;
  for (const char* address : {"", "localhost", ":1", "localhost:"}) {
    listen.set_address(address);
    delivery::Dispatcher dispatcher;
    doubles::MemoryLedger ledger;
    const auto server = Server::Start(listen, {.proposer = door_.writer(),
                                               .view = [this] { return door_.writer().View(); },
                                               .ledger = ledger,
                                               .vault = door_.vault(),
                                               .clock = door_.clock(),
                                               .dispatcher = dispatcher,
                                               .checkpoint = [] { return std::string(); }});
    EXPECT_EQ(ReasonOf(server.status()), v1::ERROR_REASON_CONFIG_INVALID) << address;
  }
}

}  // namespace
}  // namespace tearline::rpc
