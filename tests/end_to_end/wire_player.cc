#include "tests/end_to_end/wire_player.h"

#include <google/protobuf/text_format.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <thread>
#include <variant>

#include "clients/cpp/pulled_feed.h"
#include "clients/cpp/refusal.h"
#include "tearline/settings/v1/directory.pb.h"
#include "tearline/v1/admin_service.grpc.pb.h"
#include "tearline/v1/audit_service.grpc.pb.h"
#include "tearline/v1/case_service.grpc.pb.h"
#include "tearline/v1/proposal_service.grpc.pb.h"
#include "tearline/v1/request_service.grpc.pb.h"
#include "tests/clients/run_tearline.h"
#include "tests/end_to_end/public_form.h"
#include "tests/end_to_end/standing_time.h"
#include "tests/end_to_end/wire_calls.h"
#include "tests/machine/world.h"
#include "tests/scenarios/stage.h"

namespace tearline::end_to_end {

using machine::World;
using scenarios::HeldItem;
using scenarios::Said;
using namespace stored::v1;

namespace {

constexpr std::chrono::seconds kPatience{30};

/// The directory file that says what a genesis does; @ is where certificates lie.
std::string DirectoryText(const Genesis& genesis) {
  settings::v1::Directory directory;
  directory.set_trust_domain(genesis.trust_domain());
  directory.set_log_origin(genesis.log_origin());
  *directory.mutable_accreditation() = genesis.accreditation();
  for (const v1::Agency& agency : genesis.agencies()) {
    settings::v1::DirectoryAgency& entry = *directory.add_agencies();
    entry.set_agency(agency.agency());
    entry.set_kind(agency.kind());
    entry.set_area(agency.area());
    entry.set_authority_certificate_file("@/certs/" + agency.agency() + "/ca.pem");
  }
  *directory.mutable_members() = genesis.members();
  *directory.mutable_posts() = genesis.posts();
  std::string text;
  google::protobuf::TextFormat::PrintToString(directory, &text);
  return text;
}

std::string Joined(const v1::DeliveredEvent& event) {
  if (event.level() == v1::LEVEL_TEAR_LINE) return event.tear_line();
  std::string words;
  for (const v1::DeliveredSegment& segment : event.segments()) {
    words += (words.empty() ? "" : ", ") + segment.content();
  }
  return words;
}

/// A delivery as a post's system keeps it.
HeldItem Kept(const v1::Delivery& delivery) {
  HeldItem held{.lane = delivery.lane(), .sequence = delivery.sequence(), .item = {}, .words = ""};
  ItemRow& item = held.item;
  if (delivery.has_event()) {
    item.set_kind(ITEM_KIND_EVENT);
    item.set_event_id(IdBytes(delivery.event().event_id()));
    item.set_level(delivery.event().level());
    item.set_superseding(delivery.event().superseding());
    held.words = Joined(delivery.event());
  } else if (delivery.has_access_withdrawn()) {
    item.set_kind(ITEM_KIND_ACCESS_WITHDRAWN);
    item.set_event_id(IdBytes(delivery.access_withdrawn().event_id()));
  } else if (delivery.has_obligation()) {
    item.set_kind(ITEM_KIND_OBLIGATION);
    item.set_obligation_id(IdBytes(delivery.obligation().obligation_id()));
  } else if (delivery.has_access_change()) {
    item.set_kind(ITEM_KIND_ACCESS_CHANGED);
  } else if (delivery.has_control_passed()) {
    item.set_kind(ITEM_KIND_CONTROL_PASSED);
    item.set_event_id(IdBytes(delivery.control_passed().event_id()));
  }
  return held;
}

/// "SIZE", the second line of a checkpoint.
std::uint64_t SizeOf(const std::string& note) {
  return std::strtoull(note.c_str() + note.find('\n') + 1, nullptr, 10);
}

}  // namespace

// -- The broker -----------------------------------------------------------------------------------

void WirePlayer::Begin(const Genesis& genesis) {
  now_ms_ = InAnHour();
  Cast cast{.directory_text = DirectoryText(genesis), .members = {}, .checkpoint_interval_ms = 100};
  for (const v1::Member& member : genesis.members()) {
    cast.members.push_back(member.agency() + "/" + member.member());
  }
  std::ofstream(directory_.path() / "policy") << genesis.policy_text();
  const std::string binaries = TEARLINE_BINARY_DIR "/bin/";
  broker_ = std::make_unique<RunningBroker>(
      StagePlace{.broker = binaries + "tearlined",
                 .certificates = TEARLINE_SOURCE_DIR "/deploy/certs/make-development-certs",
                 .policy = directory_.path() / "policy",
                 .directory = directory_.path()},
      cast, StandingAt(now_ms_));
}

void WirePlayer::Pass(std::int64_t milliseconds) {
  channels_.clear();  // an idle channel sees late that it is to close, and a drain waits for it
  now_ms_ += milliseconds;
  StandAt(now_ms_, *broker_);
}

void WirePlayer::Crash() {
  broker_->Kill();
  channels_.clear();  // none waits before it connects again
  broker_->Start();
}

std::shared_ptr<grpc::Channel> WirePlayer::ChannelOf(const Actor& actor) {
  const std::string member = actor.agency() + "/" + actor.member();
  std::shared_ptr<grpc::Channel>& channel = channels_[member];
  if (!channel) channel = broker_->ChannelOf(member);
  return channel;
}

std::uint64_t WirePlayer::Records() {
  const Actor keeper = World::System(scenarios::Stage::kOperator);
  std::shared_ptr<grpc::Channel>& channel = channels_["operators"];
  if (!channel) channel = broker_->OperatorsChannelOf(keeper.agency() + "/" + keeper.member());
  grpc::ClientContext context;
  PrepareCall(context);
  v1::GetMetricsResponse response;
  const grpc::Status status =
      v1::AdminService::NewStub(channel)->GetMetrics(&context, {}, &response);
  if (!status.ok()) throw std::runtime_error(status.error_message());
  const std::string name = "\ntearline_ledger_records ";
  const std::size_t at = response.text().find(name);
  if (at == std::string::npos) throw std::runtime_error("the metrics count no records");
  return std::strtoull(response.text().c_str() + at + name.size(), nullptr, 10);
}

void WirePlayer::WaitUntilQuiet() {
  // A group has what is due before what was asked for: where a question is recorded alone, nothing
  // was due.
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < until) {
    const std::uint64_t before = Records();
    v1::ListWithheldRequest question;
    v1::ListWithheldResponse answer;
    Ask(question, answer);
    if (Records() == before + 1) return;
  }
  throw std::runtime_error("the broker goes on by itself, and on");
}

// -- What is asked --------------------------------------------------------------------------------

void WirePlayer::WaitForCheckpoint(std::uint64_t size) {
  const auto audit = v1::AuditService::NewStub(ChannelOf(Auditor()));
  const auto until = std::chrono::steady_clock::now() + kPatience;
  for (;;) {
    grpc::ClientContext context;
    PrepareCall(context);
    v1::GetCheckpointResponse response;
    const grpc::Status status = audit->GetCheckpoint(&context, {}, &response);
    if (status.ok() && SizeOf(response.signed_note()) >= size) return;
    if (std::chrono::steady_clock::now() > until) throw std::runtime_error("no checkpoint comes");
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

const std::vector<Detail>& WirePlayer::Log() {
  if (Records() == records_) return log_;
  WaitUntilQuiet();
  WaitForCheckpoint(Records());
  v1::ReadLeavesRequest request;
  *request.mutable_acting() = ActingOf(Auditor());
  request.set_first_index(leaves_);
  grpc::ClientContext context;
  PrepareCall(context);
  const auto stream =
      v1::AuditService::NewStub(ChannelOf(Auditor()))->ReadLeaves(&context, request);
  for (v1::ReadLeavesResponse frame; stream->Read(&frame);) {
    for (const v1::LogLeaf& leaf : frame.leaves()) {
      ++leaves_;
      for (const v1::LeafDetail& each : leaf.details()) {
        constexpr std::size_t kSalt = 16;
        log_.emplace_back().ParseFromString(each.salted().substr(kSalt));
      }
    }
  }
  if (const grpc::Status status = stream->Finish(); !status.ok()) {
    throw std::runtime_error(status.error_message());
  }
  records_ = Records();
  return log_;
}

std::vector<HeldItem> WirePlayer::HeldBy(const Actor& actor) {
  std::vector<HeldItem> held = Pulled(actor);
  // A pull is answered with what is ready. What must be judged again first, because a case changed,
  // stands behind it and comes with the next.
  for (std::size_t ready = 0; ready < held.size();) {
    ready = held.size();
    held = Pulled(actor);
  }
  return held;
}

std::vector<HeldItem> WirePlayer::Pulled(const Actor& actor) {
  WaitUntilQuiet();
  std::string& session_id = sessions_[actor.post()];
  v1::SubscribeOpen open;
  *open.mutable_acting() = ActingOf(actor);
  client::PulledFeed feed(ChannelOf(actor), open, kPatience, session_id);
  const client::Answer<v1::PullResponse> answer = feed.Pull();
  if (const auto* refusal = std::get_if<client::Refusal>(&answer)) {
    throw std::runtime_error(actor.post() + ": " + refusal->reason + " " + refusal->sentence);
  }
  session_id = feed.session_id();
  std::vector<HeldItem> held;
  for (const v1::Delivery& each : std::get<v1::PullResponse>(answer).deliveries()) {
    held.push_back(Kept(each));
  }
  return held;
}

std::map<std::string, ObligationRow> WirePlayer::Obligations() {
  WaitUntilQuiet();
  std::map<std::string, ObligationRow> rows;
  v1::ListObligationsRequest request;
  request.set_ended(true);
  for (;;) {
    v1::ListObligationsResponse response;
    MustBeDone(Call(&v1::CaseService::Stub::ListObligations, Auditor(), request, response));
    for (const v1::Obligation& each : response.obligations()) {
      ObligationRow& row = rows[IdBytes(each.obligation_id())];
      Translate(each, row);
      row.set_count(each.events());
    }
    if (response.next_page_token().empty()) break;
    request.set_page_token(response.next_page_token());
  }
  for (const Detail& detail : Log()) {
    if (!detail.has_obligation() || detail.obligation().event_id().empty()) continue;
    const auto row = rows.find(detail.obligation().obligation_id());
    if (row == rows.end()) continue;
    const auto& ids = row->second.event_ids();
    if (std::find(ids.begin(), ids.end(), detail.obligation().event_id()) == ids.end()) {
      row->second.add_event_ids(detail.obligation().event_id());
    }
  }
  return rows;
}

std::map<std::string, ObligationRow> WirePlayer::OpenObligations() {
  std::map<std::string, ObligationRow> rows = Obligations();
  std::erase_if(rows, [](const auto& each) { return each.second.ended_ms() != 0; });
  return rows;
}

ProposalRow WirePlayer::Proposal(const std::string& case_id, const std::string& proposal_id) {
  WaitUntilQuiet();
  ProposalRow row;
  for (const bool answered : {false, true}) {
    v1::ListProposalsRequest request;
    request.set_case_id(model::CaseId::FromBytes(case_id)->Text());
    request.set_answered(answered);
    v1::ListProposalsResponse response;
    MustBeDone(Call(&v1::ProposalService::Stub::ListProposals, Auditor(), request, response));
    for (const v1::Proposal& each : response.proposals()) {
      if (IdBytes(each.proposal_id()) != proposal_id) continue;
      row.Clear();
      Translate(each, row);
    }
  }
  for (const auto& [id, owed] : Obligations()) {
    for (AskedRow& asked : *row.mutable_asked()) {
      if (owed.proposal_id() == proposal_id && owed.debtor_post() == asked.post()) {
        asked.set_obligation_id(id);
      }
    }
  }
  return row;
}

InformationRequestRow WirePlayer::InformationRequest(const std::string& request_id) {
  WaitUntilQuiet();
  InformationRequestRow row;
  for (const bool closed : {false, true}) {
    v1::ListInformationRequestsRequest request;
    request.set_closed(closed);
    v1::ListInformationRequestsResponse response;
    MustBeDone(Call(&v1::RequestService::Stub::ListInformationRequests, askers_.at(request_id),
                    request, response));
    for (const v1::InformationRequest& each : response.requests()) {
      if (IdBytes(each.information_request_id()) != request_id) continue;
      row.Clear();
      Translate(each, row);
    }
  }
  for (const auto& [id, owed] : Obligations()) {
    for (AskedForInformationRow& asked : *row.mutable_asked()) {
      if (owed.information_request_id() == request_id && owed.debtor_post() == asked.post() &&
          asked.obligation_id().empty()) {
        asked.set_obligation_id(id);
      }
    }
  }
  return row;
}

std::string WirePlayer::Prove(const std::string& event_id) {
  Log();
  grpc::ClientContext context;
  PrepareCall(context);
  v1::GetCheckpointResponse response;
  v1::AuditService::NewStub(ChannelOf(Auditor()))->GetCheckpoint(&context, {}, &response);
  const Actor auditor = Auditor();
  const std::string profile =
      " --profile " +
      broker_->ProfileOf(auditor.agency() + "/" + auditor.member(), auditor.post()).string() +
      " --verifier-key '" + response.verifier_key() + "'";
  const std::string file = (directory_.path() / "proof").string();
  const doubles::Ended proved = doubles::RunTearline(
      "audit prove --purpose audit --overwrite --event " +
      model::EventId::FromBytes(event_id)->Text() + " --out " + file + profile);
  if (proved.code != 0) return proved.err;
  const doubles::Ended verified = doubles::RunTearline("audit verify --proof " + file + profile);
  return verified.code == 0 ? "" : verified.err;
}

void WirePlayer::End() {
  WaitUntilQuiet();
  channels_.clear();
  broker_->Stop();
  broker_->Run({"--verify"});
}

}  // namespace tearline::end_to_end
