#include "broker/offline.h"

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "broker/audit/audit_log.h"
#include "broker/audit/note.h"
#include "broker/clock/system_clock.h"
#include "broker/config/genesis_file.h"
#include "broker/model/civil_time.h"
#include "broker/sequencer/genesis.h"
#include "broker/sequencer/replay.h"
#include "broker/state/scratch.h"
#include "broker/stores.h"
#include "broker/vault/vault_check.h"

namespace tearline {
namespace {

void Say(const char* name, const std::string& value) {
  std::printf("%s %s\n", name, value.c_str());
}

/// What a state is, in what anybody can compare.
struct Sum {
  model::Position position = 0;
  crypto::Digest digest;
  crypto::Digest root;

  friend bool operator==(const Sum&, const Sum&) = default;
};

Sum SumOf(const state::Database& database) {
  const std::shared_ptr<const state::View> view = database.Now();
  return {view->position(), database.Digest(), audit::AuditTree(*view).RootAt(view->position())};
}

void SaySum(const Sum& sum) {
  Say("position", std::to_string(sum.position));
  Say("state-digest", sum.digest.Hex());
  Say("audit-root", sum.root.Hex());
}

Status Digest(const config::Loaded& loaded) {
  const Result<Stores> stores = OpenStores(loaded.config);
  if (!stores.ok()) return stores.status();
  SaySum(SumOf(*stores->database));
  return stores->checkpoints->VerifyAtStart(*stores->database->Now());
}

Status Verify(const config::Loaded& loaded) {
  const Result<Stores> stores = OpenStores(loaded.config);
  if (!stores.ok()) return stores.status();
  const state::Scratch scratch(loaded.config.state().directory());
  if (scratch.path().empty()) {
    return Refuse(v1::ERROR_REASON_STORAGE_FAILED,
                  "a directory could not be made beside `state.directory`");
  }
  const Result<std::unique_ptr<state::Database>> anew =
      state::Database::Open(scratch.path() / "state");
  if (!anew.ok()) return anew.status();
  const Result<sequencer::ReplayReport> report =
      sequencer::Replay(*stores->ledger, **anew, [](model::Position reached, model::Position tip) {
        std::fprintf(stderr, "replayed %llu of %llu records\n",
                     static_cast<unsigned long long>(reached),
                     static_cast<unsigned long long>(tip));
      });
  if (!report.ok()) return report.status();

  const Sum replayed = SumOf(**anew);
  const Sum standing = SumOf(*stores->database);
  SaySum(replayed);
  Say("unappliable", std::to_string(report->unappliable));
  if (replayed.root != standing.root) {
    return Refuse(v1::ERROR_REASON_PROOF_INVALID,
                  "the replay's audit root is not the state's: do not serve from this state");
  }
  if (replayed != standing) {
    return Refuse(v1::ERROR_REASON_PROOF_INVALID,
                  "the replay's state digest is not the state's; delete the state directory and it "
                  "is rebuilt");
  }
  TEARLINE_RETURN_IF_REFUSED(stores->checkpoints->VerifyAtStart(*(*anew)->Now()));
  Say("checkpoint-size", std::to_string(stores->checkpoints->LatestSize()));
  Say("verified", "yes");
  return {};
}

Status Genesis(const Arguments& arguments, const config::Loaded& loaded) {
  Result<stored::v1::Genesis> genesis =
      config::LoadGenesis(arguments.directory_file, arguments.policy_file);
  if (!genesis.ok()) return genesis.status();
  const Result<Stores> stores = OpenStores(loaded.config);
  if (!stores.ok()) return stores.status();
  // A ledger whose records are gone must not begin again.
  TEARLINE_RETURN_IF_REFUSED(stores->checkpoints->VerifyAtStart(*stores->database->Now()));
  genesis->set_audit_public_key(stores->signer->PublicKey());
  genesis->set_vault_check(vault::CheckValueOf(*stores->vault));
  clock::SystemClock clock;
  const Result<machine::Applied> recorded =
      sequencer::RecordGenesis(*stores->ledger, *stores->database, clock, *genesis);
  if (!recorded.ok()) return recorded.status();
  TEARLINE_RETURN_IF_REFUSED(stores->checkpoints->Beat(*stores->database->Now()));
  SaySum(SumOf(*stores->database));
  Say("verifier-key", audit::VerifierKey(genesis->log_origin(), genesis->audit_public_key()));
  return {};
}

Status ConfirmClock(const Arguments& arguments, const config::Loaded& loaded) {
  const Result<Stores> stores = OpenStores(loaded.config);
  if (!stores.ok()) return stores.status();
  TEARLINE_RETURN_IF_REFUSED(stores->checkpoints->VerifyAtStart(*stores->database->Now()));
  clock::SystemClock clock;
  const Result<machine::Applied> recorded =
      sequencer::RecordClockConfirmed(*stores->ledger, *stores->database, clock,
                                      {.by = arguments.by, .because = arguments.because});
  if (!recorded.ok()) return recorded.status();
  Say("confirmed", std::to_string(recorded->position));
  Say("stamp", model::FormatRfc3339(recorded->stamp_ms));
  return {};
}

/// The vault lacks keys, and two people found that they cannot come back.
Status AcceptLostKeys(const Arguments& arguments, const config::Loaded& loaded) {
  LostKeys lost;
  const Result<Stores> stores = OpenStores(loaded.config, &lost);
  if (!stores.ok()) return stores.status();
  TEARLINE_RETURN_IF_REFUSED(stores->checkpoints->VerifyAtStart(*stores->database->Now()));
  if (lost.empty()) {
    return Refuse(v1::ERROR_REASON_WRONG_STATE, "the vault lacks no key: nothing is lost");
  }
  clock::SystemClock clock;
  const Result<machine::Applied> recorded = sequencer::RecordLostKeys(
      *stores->ledger, *stores->database, clock, {.by = arguments.by, .because = arguments.because},
      arguments.second, lost);
  if (!recorded.ok()) return recorded.status();
  Say("accepted", std::to_string(recorded->position));
  Say("keys-lost", std::to_string(lost.size()));
  return {};
}

}  // namespace

Status RunOffline(const Arguments& arguments, const config::Loaded& loaded) {
  switch (arguments.task) {
    case Task::kCheckConfig:
      Say("valid", loaded.digest);
      return {};
    case Task::kDigest:
      return Digest(loaded);
    case Task::kVerify:
      return Verify(loaded);
    case Task::kGenesis:
      return Genesis(arguments, loaded);
    case Task::kConfirmClock:
      return ConfirmClock(arguments, loaded);
    case Task::kAcceptLostKeys:
      return AcceptLostKeys(arguments, loaded);
    case Task::kServe:
    case Task::kHelp:
    case Task::kCheckPolicy:
      break;
  }
  return {};
}

int Complain(const Status& refusal) {
  switch (ReasonOf(refusal)) {
    case v1::ERROR_REASON_PROOF_INVALID:
    case v1::ERROR_REASON_CHECKPOINT_MISMATCH:
      return Complain(refusal, kExitNotVerified);
    case v1::ERROR_REASON_UNKNOWN_OUTCOME:
      return Complain(refusal, kExitNotKnown);
    default:
      return Complain(refusal, kExitRefused);
  }
}

int Complain(const Status& refusal, int exit_code) {
  std::fflush(stdout);
  std::fprintf(stderr, "tearlined: %s: %s\n", ReasonName(ReasonOf(refusal)).c_str(),
               SentenceOf(refusal).c_str());
  return exit_code;
}

}  // namespace tearline
