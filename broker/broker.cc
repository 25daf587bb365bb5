#include "broker/broker.h"

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <utility>

#include "broker/offline.h"
#include "broker/sequencer/clock_watch.h"
#include "broker/sequencer/loose_keys.h"
#include "broker/telemetry/log.h"
#include "broker/vault/stop_on_failure.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline {
namespace {

/// A sync failed. It is not known what was kept: nothing may go on, not even a destructor.
[[noreturn]] void EndAtOnce(const std::string& sentence) {
  std::fprintf(stderr, "tearlined: %s\n", sentence.c_str());
  std::fflush(stderr);
  ::_exit(kExitNotKnown);
}

/// The log says that the clock parted; an operator who starts the broker by hand is told more.
void SayWhatToDoAboutTheClock(std::int64_t wall_ms, const state::Reader& reader) {
  const auto row = reader.Find<stored::v1::LedgerRow>(state::Key(state::Table::kLedger))
                       .value_or(stored::v1::LedgerRow());
  std::fprintf(stderr, "tearlined: CLOCK_PARTED: %s\n",
               sequencer::ClockAdvice(wall_ms, row).c_str());
}

}  // namespace

Result<std::unique_ptr<Broker>> Broker::Open(config::Loaded loaded) {
  telemetry::Log(telemetry::Event::kStarting);
  Result<Stores> stores = OpenStores(loaded.config);
  if (!stores.ok()) return stores.status();
  const std::shared_ptr<const state::View> view = stores->database->Now();
  TEARLINE_RETURN_IF_REFUSED(stores->checkpoints->VerifyAtStart(*view));
  if (view->position() == 0) {
    return Refuse(v1::ERROR_REASON_GENESIS_MISSING,
                  "the ledger is empty; `tearlined --genesis` records who takes part");
  }
  return std::unique_ptr<Broker>(new Broker(std::move(loaded), *std::move(stores)));
}

Broker::Broker(config::Loaded loaded, Stores stores)
    : loaded_(std::move(loaded)), stores_(std::move(stores)) {}

Broker::~Broker() { Drain(); }

Status Broker::Serve() {
  stores_.vault = vault::StopOnFailure(std::move(stores_.vault), &EndAtOnce);
  sequencer_ = sequencer::Sequencer::Start(*stores_.ledger, *stores_.database, clock_, &EndAtOnce);
  dispatcher_ = std::make_unique<delivery::Dispatcher>();
  sequencer_->Listen([this](const std::set<std::string>& feeds, machine::Change change) {
    dispatcher_->Applied(feeds, change);
  });
  const auto view = [this] { return sequencer_->View(); };
  key_warden_ = std::make_unique<sequencer::KeyWarden>(*sequencer_, *stores_.vault, view);
  TEARLINE_RETURN_IF_REFUSED(GiveUpLooseKeys());
  stores_.checkpoints->StartBeat(
      std::chrono::milliseconds(loaded_.config.audit().checkpoint_interval_ms()), view, &EndAtOnce);
  TEARLINE_RETURN_IF_REFUSED(StartCosigning());
  examiner_ = std::make_unique<Examiner>(
      Symptoms{.view = view,
               .checkpoint_size = [this] { return stores_.checkpoints->LatestSize(); },
               .clock_parted = [this] { return sequencer_->ClockParted(); },
               .writing = [this] { return sequencer_->Writing(); },
               .queued = [this] { return sequencer_->Queued(); },
               .cosigned = [this] { return cosigning_->Stands(); },
               .witnesses = [this] { return cosigning_->Look(); }},
      clock_, std::chrono::milliseconds(loaded_.config.audit().checkpoint_interval_ms()));
  Result<std::unique_ptr<rpc::Server>> server = rpc::Server::Start(
      loaded_.config.listen(),
      rpc::Services{.proposer = *key_warden_,
                    .view = view,
                    .ledger = *stores_.ledger,
                    .vault = *stores_.vault,
                    .clock = clock_,
                    .dispatcher = *dispatcher_,
                    .checkpoint = [this] { return stores_.checkpoints->Latest(); },
                    .cosigned = [this] { return stores_.checkpoints->Cosigned(); },
                    .witnesses = [this] { return cosigning_->Look(); },
                    .state_directory = loaded_.config.state().directory(),
                    .examine = [this] { return examiner_->Examine(); },
                    .measure = [this](auto& exposition) { examiner_->Measure(exposition); }},
      loaded_.config.admin());
  if (!server.ok()) return server.status();
  server_ = *std::move(server);
  telemetry::Log(telemetry::Event::kServing)
      .With(telemetry::Field::kPosition, sequencer_->View()->position());
  if (sequencer_->ClockParted()) SayWhatToDoAboutTheClock(clock_.WallMs(), *sequencer_->View());
  return {};
}

Status Broker::StartCosigning() {
  Result<std::unique_ptr<cosign::Cosigning>> cosigning = cosign::Cosigning::Make(
      loaded_.config.audit(),
      cosign::Sources{
          .newest = [this] { return stores_.checkpoints->Latest(); },
          .view = [this] { return sequencer_->View(); },
          .keep = [this](const auto& note) { return stores_.checkpoints->KeepCosigned(note); },
          .fatal = &EndAtOnce,
          .proposer = *sequencer_,
          .clock = clock_});
  if (!cosigning.ok()) return cosigning.status();
  cosigning_ = *std::move(cosigning);
  cosigning_->Start();
  return {};
}

Status Broker::GiveUpLooseKeys() {
  const Result<sequencer::LooseKeys> loose =
      sequencer::FindLooseKeys(*stores_.vault, *sequencer_->View());
  if (!loose.ok()) return loose.status();
  // Erased, and a crash kept them from being destroyed, or an older copy of the vault brought them
  // back.
  key_warden_->Take(loose->erased);
  if (loose->ids.empty()) return {};
  if (loose->MayBeDestroyed()) {
    key_warden_->Take(loose->ids);
  } else {
    telemetry::Log(telemetry::Event::kLooseKeysLeft)
        .With(telemetry::Field::kCount, loose->ids.size());
  }
  return {};
}

std::string Broker::Address() const { return server_->Address(); }

std::string Broker::AdminAddress() const { return server_->AdminAddress(); }

void Broker::Reload() {
  const Status done = server_->Reload();
  if (done.ok()) return;
  std::fprintf(stderr, "tearlined: %s: %s; the certificates and lists before stay in force\n",
               ReasonName(ReasonOf(done)).c_str(), SentenceOf(done).c_str());
}

void Broker::Drain() {
  if (!sequencer_) return;
  telemetry::Log(telemetry::Event::kStopping);
  if (server_) server_->Drain();
  if (dispatcher_) dispatcher_->Stop();  // its thread looks through the door that closes next
  if (cosigning_) cosigning_->Stop();
  sequencer_->Listen({});
  sequencer_->Drain();
  key_warden_->Stop();
  stores_.checkpoints->StopBeat();
  const Status last = stores_.checkpoints->Beat(*sequencer_->View());
  if (!last.ok()) {
    telemetry::Log(telemetry::Event::kCheckpointFailed)
        .With(telemetry::Field::kReason, ReasonOf(last));
  }
  // Those who use come before those who are used.
  server_.reset();
  examiner_.reset();
  cosigning_.reset();
  dispatcher_.reset();
  key_warden_.reset();
  sequencer_.reset();
  telemetry::Log(telemetry::Event::kStopped);
}

}  // namespace tearline
