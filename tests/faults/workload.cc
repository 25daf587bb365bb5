// What is done to a disk that fails, and what must be true of it afterwards. Not a test: a program
// that power_test.cc runs, with faulty_disk.cc under it.
//
//   fault_workload write DIRECTORY FIRST LAST   opens the installation (with a genesis if there is
//       none), publishes the requests FIRST to LAST one by one, signs checkpoints, destroys keys;
//       says on standard output what was promised, after it was promised:
//         acked REQUEST EVENT    signed SIZE ROOT    destroyed KEY
//   fault_workload check DIRECTORY   reads such lines from standard input and holds the
//       installation to them.
//
// Exit codes: 0 done; 1 refused, with a sentence; 3 a promise was broken, and which.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <sstream>
#include <string>

#include "broker/audit/audit_log.h"
#include "broker/clock/system_clock.h"
#include "broker/config/genesis_file.h"
#include "broker/config/load.h"
#include "broker/offline.h"
#include "broker/sequencer/genesis.h"
#include "broker/sequencer/open_content.h"
#include "broker/sequencer/prepare_publish.h"
#include "broker/sequencer/sequencer.h"
#include "broker/stores.h"
#include "broker/vault/vault_check.h"

namespace tearline::faults {
namespace {

constexpr int kBroken = 3;

void Promise(const std::string& line) {
  std::printf("%s\n", line.c_str());
  std::fflush(stdout);
}

/// As the broker does: it is not known what was kept, so nothing goes on.
[[noreturn]] void EndAtOnce(const Status& refusal) {
  const int code = Complain(refusal);
  std::fflush(stderr);
  ::_exit(code);
}

stored::v1::Actor Intel() {
  stored::v1::Actor actor;
  actor.set_agency("police");
  actor.set_member("system");
  actor.set_certificate_digest(std::string(32, 'c'));
  actor.set_post("police/intel");
  return actor;
}

std::string ContentOf(const std::string& request) { return std::string(700, 'x') + request; }

/// The same request always names the same event. Every third is about somebody new.
v1::PublishItem ItemOf(const std::string& request) {
  v1::PublishItem item;
  item.set_request_id(request);
  v1::Event& event = *item.mutable_event();
  event.set_event_type("intelligence.report.submitted");
  event.mutable_occurred_at()->set_seconds(1'700'000'000);
  event.set_urgency(v1::URGENCY_URGENT);
  event.mutable_label()->mutable_marking()->set_tier(v1::TIER_OFFICIAL);
  v1::Identifier& identifier = *event.add_nominals()->mutable_identifier();
  identifier.set_type(v1::IDENTIFIER_TYPE_CRN);
  char number[16];
  std::snprintf(number, sizeof number, "X%06d", std::atoi(request.c_str() + 1) / 3);
  identifier.set_value(number);
  v1::Segment& segment = *event.add_segments();
  segment.add_nominal_indexes(0);
  segment.set_media_type("text/plain");
  segment.set_content(ContentOf(request));
  return item;
}

class Workload {
 public:
  explicit Workload(const std::filesystem::path& directory) : directory_(directory) {
    Result<config::Loaded> loaded = config::LoadConfig(directory / "broker.textproto");
    if (!loaded.ok()) EndAtOnce(loaded.status());
    Result<Stores> stores = OpenStores(loaded->config);
    if (!stores.ok()) EndAtOnce(stores.status());
    stores_ = *std::move(stores);
    const Status reproduced = stores_.checkpoints->VerifyAtStart(*stores_.database->Now());
    if (!reproduced.ok()) EndAtOnce(reproduced);
  }

  void Write(int first, int last) {
    if (stores_.ledger->Tip() == 0) Genesis();
    Begin();
    for (int i = first; i <= last; ++i) {
      const std::string request = "r" + std::to_string(i);
      const Result<machine::Applied> applied = Publish(request);
      if (!applied.ok()) EndAtOnce(applied.status());
      Promise("acked " + request + " " + applied->made_id);
      if (i % 4 == 0) Sign();
      if (i % 7 == 0) DestroyAKey();
    }
    writer_->Drain();
  }

  int Check() {
    Begin();
    int checked = 0;
    std::string line;
    while (std::getline(std::cin, line)) {
      std::istringstream words(line);
      std::string kind, name, value;
      words >> kind >> name >> value;
      const std::string fault = kind == "acked"    ? CheckAcked(name, value)
                                : kind == "signed" ? CheckSigned(name, value)
                                                   : CheckDestroyed(name);
      if (!fault.empty()) {
        std::fprintf(stderr, "%s: %s\n", line.c_str(), fault.c_str());
        return kBroken;
      }
      ++checked;
    }
    std::printf("kept %d\n", checked);
    return 0;
  }

 private:
  void Genesis() {
    Result<stored::v1::Genesis> genesis =
        config::LoadGenesis(directory_ / "directory.textproto", directory_ / "policy.textproto");
    if (!genesis.ok()) EndAtOnce(genesis.status());
    genesis->set_audit_public_key(stores_.signer->PublicKey());
    genesis->set_vault_check(vault::CheckValueOf(*stores_.vault));
    const Result<machine::Applied> recorded =
        sequencer::RecordGenesis(*stores_.ledger, *stores_.database, clock_, *genesis);
    if (!recorded.ok()) EndAtOnce(recorded.status());
    Sign();
  }

  void Begin() {
    if (stores_.ledger->Tip() == 0) return;
    writer_ = sequencer::Sequencer::Start(*stores_.ledger, *stores_.database, clock_,
                                          [](const std::string& sentence) {
                                            std::fprintf(stderr, "%s\n", sentence.c_str());
                                            std::fflush(stderr);
                                            ::_exit(1);
                                          });
  }

  Result<machine::Applied> Publish(const std::string& request) {
    const auto view = writer_->View();
    Result<sequencer::Proposal> proposal = sequencer::PreparePublish(
        ItemOf(request), Intel(), {*view, *stores_.vault, clock_.WallMs()});
    if (!proposal.ok()) return proposal.status();
    return sequencer::ProposeAndWait(*writer_, *std::move(proposal));
  }

  void Sign() {
    const auto view = stores_.database->Now();
    const Status beat = stores_.checkpoints->Beat(*view);
    if (!beat.ok()) EndAtOnce(beat);
    const std::uint64_t size = stores_.checkpoints->LatestSize();
    Promise("signed " + std::to_string(size) + " " + audit::AuditTree(*view).RootAt(size).Hex());
  }

  void DestroyAKey() {
    const Result<std::vector<model::SubjectKeyId>> key = stores_.vault->Make(1);
    if (!key.ok()) EndAtOnce(key.status());
    const Status destroyed = stores_.vault->Destroy(*key);
    if (!destroyed.ok()) EndAtOnce(destroyed);
    Promise("destroyed " + key->front().Text());
  }

  std::string CheckAcked(const std::string& request, const std::string& event) {
    if (!writer_) return "the ledger is empty";
    const Result<machine::Applied> again = Publish(request);
    if (!again.ok()) return "cannot be said again: " + SentenceOf(again.status());
    if (again->outcome != audit::Outcome::kRepeated) return "was forgotten";
    if (again->made_id != event) return "is another event now";
    return CheckContent(request, *model::EventId::Parse(event));
  }

  std::string CheckContent(const std::string& request, const model::EventId& id) {
    const auto view = writer_->View();
    const auto event =
        view->Find<stored::v1::EventRow>(state::Key(state::Table::kEvent).Fixed(id.Bytes()));
    const auto row = view->Find<stored::v1::LedgerRow>(state::Key(state::Table::kLedger));
    if (!event || !row) return "has no row";
    stored::v1::ItemRow whole;
    whole.set_level(v1::LEVEL_FULL);
    whole.add_segments(0);
    const Result<sequencer::OpenedContent> opened =
        sequencer::OpenContent(*event, whole, *model::LedgerId::FromBytes(row->ledger_id()), *view,
                               *stores_.ledger, *stores_.vault);
    if (!opened.ok()) return "does not open: " + SentenceOf(opened.status());
    if (opened->erased) return "passes for erased";
    return opened->segments.at(0).content == ContentOf(request) ? "" : "has other content";
  }

  std::string CheckSigned(const std::string& size_text, const std::string& root) {
    const auto view = stores_.database->Now();
    const std::uint64_t size = std::stoull(size_text);
    if (view->position() < size) return "the log is shorter now";
    return audit::AuditTree(*view).RootAt(size).Hex() == root ? "" : "the log has another root now";
  }

  std::string CheckDestroyed(const std::string& key) {
    const auto found = stores_.vault->Find(*model::SubjectKeyId::Parse(key));
    return ReasonOf(found.status()) == v1::ERROR_REASON_KEY_MISSING ? "" : "is back";
  }

  const std::filesystem::path directory_;
  clock::SystemClock clock_;
  Stores stores_;
  std::unique_ptr<sequencer::Sequencer> writer_;
};

}  // namespace
}  // namespace tearline::faults

int main(int count, char** words) {
  using tearline::faults::Workload;
  const std::string task = count > 1 ? words[1] : "";
  if (task == "write" && count == 5) {
    Workload(words[2]).Write(std::atoi(words[3]), std::atoi(words[4]));
    return 0;
  }
  if (task == "check" && count == 3) return Workload(words[2]).Check();
  std::fprintf(stderr, "fault_workload write DIRECTORY FIRST LAST | check DIRECTORY\n");
  return 2;
}
