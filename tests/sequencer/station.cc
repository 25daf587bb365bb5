#include "tests/sequencer/station.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>
#include <utility>

#include "broker/crypto/key_file.h"
#include "broker/sequencer/genesis.h"
#include "broker/sequencer/make_proposal.h"
#include "broker/status/invariant.h"

namespace tearline::sequencer {
namespace {

constexpr char kPolicy[] = R"(
id: "station" version: 1 purpose: "For tests."
rules { id: "G1" kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW
  when { recipient { seat: [SEAT_KIND_CHAIR, SEAT_KIND_MEMBER] } } }
rules { id: "D1" kind: RULE_KIND_DUTY level: LEVEL_FULL
  reason: RULE_REASON_ACCOUNTABLE_OFFICER_MUST_KNOW
  when { recipient { accountable_officer: true } }
  oblige { type: OBLIGATION_TYPE_READ within: "4h" escalate_every: "1h" } }
)";

struct PostSpec {
  const char* agency;
  const char* name;
  v1::AgencyKind kind;
  v1::PostRole role;
};

constexpr PostSpec kPosts[] = {
    {"probation", "chair", v1::AGENCY_KIND_PROBATION, v1::POST_ROLE_CHAIR},
    {"probation", "coordinator", v1::AGENCY_KIND_PROBATION, v1::POST_ROLE_COORDINATOR},
    {"police", "panel", v1::AGENCY_KIND_POLICE, v1::POST_ROLE_POLICE_OFFENDER_MANAGEMENT},
    {"police", "coordinator", v1::AGENCY_KIND_POLICE, v1::POST_ROLE_COORDINATOR},
    {"ct-police", "intel", v1::AGENCY_KIND_POLICE, v1::POST_ROLE_INTELLIGENCE},
    {"ct-police", "accountable", v1::AGENCY_KIND_POLICE, v1::POST_ROLE_ACCOUNTABLE_OFFICER},
    {"desk", "operator", v1::AGENCY_KIND_BROKER, v1::POST_ROLE_OPERATOR},
    {"desk", "governance", v1::AGENCY_KIND_BROKER, v1::POST_ROLE_INFORMATION_GOVERNANCE},
};

v1::Marking Sensitive() {
  v1::Marking marking;
  marking.set_tier(v1::TIER_OFFICIAL);
  marking.set_sensitive(true);
  return marking;
}

void AddMember(const char* agency, const std::string& name, v1::MemberKind kind,
               stored::v1::Genesis& genesis) {
  v1::Member& member = *genesis.add_members();
  member.set_agency(agency);
  member.set_member(name);
  member.set_kind(kind);
}

stored::v1::Actor Acts(const std::string& post, const std::string& suffix) {
  stored::v1::Actor actor;
  actor.set_agency(post.substr(0, post.find('/')));
  actor.set_member(post.substr(post.find('/') + 1) + suffix);
  actor.set_certificate_digest(std::string(32, 'c'));
  actor.set_post(post);
  actor.set_purpose("public-protection");
  return actor;
}

}  // namespace

Result<model::Position> WatchedLedger::Append(std::span<const ledger::Record> records) {
  std::unique_lock<std::mutex> lock(mutex_);
  waiting_ = held_;
  changed_.notify_all();
  changed_.wait(lock, [this] { return !held_ || passes_ > 0; });
  if (held_) --passes_;
  waiting_ = false;
  if (fail_ && fail_->first == groups_.size()) below.FailNextAppendAfter(fail_->second);
  groups_.push_back(records.size());
  return below.Append(records);
}

void WatchedLedger::FailGroup(std::size_t number, std::size_t records) {
  const std::lock_guard<std::mutex> lock(mutex_);
  fail_ = {number, records};
}

void WatchedLedger::LetOneGo() {
  const std::lock_guard<std::mutex> lock(mutex_);
  waiting_ = false;
  ++passes_;
  changed_.notify_all();
}

void WatchedLedger::Hold() {
  const std::lock_guard<std::mutex> lock(mutex_);
  held_ = true;
}

void WatchedLedger::LetGo() {
  const std::lock_guard<std::mutex> lock(mutex_);
  held_ = false;
  changed_.notify_all();
}

void WatchedLedger::AwaitHeld() {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [this] { return waiting_; });
}

std::vector<std::size_t> WatchedLedger::groups() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return groups_;
}

std::function<void(const Result<machine::Applied>&)> Answers::Next() {
  const std::lock_guard<std::mutex> lock(mutex_);
  const std::size_t number = answers_.size();
  answers_.emplace_back();
  return [this, number](const Result<machine::Applied>& answer) {
    const std::lock_guard<std::mutex> answering(mutex_);
    answers_[number].push_back(answer);
    changed_.notify_all();
  };
}

std::vector<Result<machine::Applied>> Answers::All() {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [this] {
    for (const auto& each : answers_) {
      if (each.empty()) return false;
    }
    return true;
  });
  std::vector<Result<machine::Applied>> all;
  for (const auto& each : answers_) all.push_back(each.front());
  return all;
}

bool Answers::CameTwice() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (const auto& each : answers_) {
    if (each.size() > 1) return true;
  }
  return false;
}

Station::Station(bool with_genesis) {
  const std::filesystem::path key = directory.path() / "key-encryption-key";
  TEARLINE_INVARIANT(crypto::WriteNewKeyFile(key, std::string(32, 'K')).ok(), "a key is written");
  auto opened = vault::Vault::Open(directory.path() / "vault", key);
  TEARLINE_INVARIANT(opened.ok(), "a vault opens");
  vault = *std::move(opened);
  Reopen();
  if (!with_genesis) return;
  const auto recorded = RecordGenesis(*ledger, *database, clock, MakeGenesis());
  if (!recorded.ok()) ADD_FAILURE() << SentenceOf(recorded.status());
  TEARLINE_INVARIANT(recorded.ok(), "the station's genesis takes effect");
}

Station::~Station() {
  if (ledger) ledger->LetGo();
}

Sequencer& Station::Start() {
  sequencer = Sequencer::Start(*ledger, *database, clock, [this](const std::string& sentence) {
    const std::lock_guard<std::mutex> lock(mutex);
    fatal.push_back(sentence);
  });
  return *sequencer;
}

void Station::Reopen() {
  sequencer.reset();
  view_.reset();
  database.reset();
  ledger = std::make_unique<WatchedLedger>(disk);
  auto opened = state::Database::Open(directory.path() / "state");
  TEARLINE_INVARIANT(opened.ok(), "a state opens");
  database = *std::move(opened);
}

std::unique_ptr<crypto::Signer> Station::MakeSigner() {
  return crypto::MakeSignerFromSeed(std::string(32, 'S'));
}

stored::v1::Genesis Station::MakeGenesis() {
  stored::v1::Genesis genesis;
  genesis.set_log_origin("tearline.example/audit");
  genesis.set_trust_domain("tearline.example");
  genesis.set_audit_public_key(MakeSigner()->PublicKey());
  *genesis.mutable_accreditation() = Sensitive();
  genesis.set_policy_text(kPolicy);
  std::string last;
  for (const PostSpec& spec : kPosts) {
    if (last != spec.agency) {
      v1::Agency& agency = *genesis.add_agencies();
      agency.set_agency(spec.agency);
      agency.set_kind(spec.kind);
      agency.set_authority_spki_digest(std::string(32, 'a'));
      agency.set_authority_certificate("certificate");
      if (agency.agency() == "ct-police") agency.add_publishes_for("police");
      last = spec.agency;
    }
    const std::string name = spec.name;
    AddMember(spec.agency, name + "-holder", v1::MEMBER_KIND_PERSON, genesis);
    AddMember(spec.agency, name + "-system", v1::MEMBER_KIND_SERVICE, genesis);
    v1::Post& post = *genesis.add_posts();
    post.set_post(std::string(spec.agency) + "/" + name);
    post.add_roles(spec.role);
    post.set_holder(name + "-holder");
    post.add_services(name + "-system");
    *post.mutable_clearance() = Sensitive();
  }
  return genesis;
}

stored::v1::Actor Station::System(const std::string& post) { return Acts(post, "-system"); }
stored::v1::Actor Station::Holder(const std::string& post) { return Acts(post, "-holder"); }

Proposal Station::Harmless(const std::string& post) {
  stored::v1::OpenSession open;
  open.set_feed(post);
  open.set_window_messages(100);
  open.set_window_bytes(4 * 1024 * 1024);
  return MakeProposal(System(post), stored::v1::COMMAND_NUMBER_OPEN_SESSION, open);
}

v1::PublishItem Station::Item(const std::string& request_id, const std::string& noms) {
  v1::PublishItem item;
  item.set_request_id(request_id);
  v1::Event& event = *item.mutable_event();
  event.set_event_type("intelligence.report.submitted");
  event.mutable_occurred_at()->set_seconds(kStartMs / 1000 - 60);
  event.set_urgency(v1::URGENCY_URGENT);
  *event.mutable_label()->mutable_marking() = Sensitive();
  v1::Identifier& identifier = *event.add_nominals()->mutable_identifier();
  identifier.set_type(v1::IDENTIFIER_TYPE_NOMS);
  identifier.set_value(noms);
  v1::Segment& segment = *event.add_segments();
  segment.add_nominal_indexes(0);
  segment.set_media_type("text/plain");
  segment.set_content("the quick brown fox was seen near the school");
  v1::TearLine& tear_line = *event.add_tear_lines();
  tear_line.set_text("ask the intelligence desk about movements");
  *tear_line.mutable_marking() = Sensitive();
  tear_line.mutable_audience()->set_panels(true);
  return item;
}

machine::Applied Station::Say(Proposal proposal) {
  const Result<machine::Applied> applied = ProposeAndWait(*sequencer, std::move(proposal));
  if (!applied.ok()) ADD_FAILURE() << SentenceOf(applied.status());
  TEARLINE_INVARIANT(applied.ok(), "what the test says is recorded");
  EXPECT_EQ(applied->outcome, audit::Outcome::kApplied) << applied->sentence;
  return *applied;
}

Workbench Station::Bench() {
  view_ = database->Now();
  return {*view_, *vault, clock.WallMs()};
}

bool Station::AwaitTip(model::Position position) const {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (ledger->Tip() < position) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

ledger::Header Station::HeaderAt(model::Position position) const {
  const auto headers = ledger->ReadHeaders(position - 1, 1);
  TEARLINE_INVARIANT(headers.ok() && !headers->empty(), "the record is there");
  return headers->front().header;
}

}  // namespace tearline::sequencer
