#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/support/status.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "broker/clock/system_clock.h"
#include "broker/delivery/dispatcher.h"
#include "broker/rpc/server.h"
#include "broker/sequencer/checkpoint_keeper.h"
#include "broker/sequencer/key_warden.h"
#include "broker/sequencer/sequencer.h"
#include "broker/state/database.h"
#include "broker/vault/vault.h"
#include "tearline/v1/acting.pb.h"
#include "tearline/v1/error.pb.h"
#include "tearline/v1/publisher_service.pb.h"
#include "tearline/v1/subscription.pb.h"
#include "tests/doubles/memory_ledger.h"
#include "tests/doubles/temporary_directory.h"
#include "tests/identity/certificate_workshop.h"

namespace tearline::rpc {

/// Somebody's certificate as a client holds it.
struct Pass {
  std::string certificate_pem;
  std::string key_pem;
};

/// What a test puts between the door and what it leans on: whatever these make of it. Empty:
/// nothing.
struct Between {
  std::function<std::unique_ptr<vault::Vault>(std::unique_ptr<vault::Vault>)> vault;
  std::function<std::unique_ptr<sequencer::Proposer>(sequencer::Proposer&)> proposer;
};

/// A whole broker behind its door, on a loopback port of its own: real certificates, state, vault,
/// machine and writer; only the ledger lies in memory.
///
/// The directory: probation (chair, supervisor, coordinator), police (panel, intel, coordinator,
/// governance),
/// desk (operator, auditor, author, governance). Every post NAME is held by the person NAME-holder
/// and served by the service NAME-system. Seated posts may see everything of their nominals, the
/// supervisor everything it wishes for; what is originator-controlled goes to chairs alone.
class RunningDoor {
 public:
  explicit RunningDoor(const Between& between = {});
  ~RunningDoor();

  /// A channel for a post's system.
  std::shared_ptr<grpc::Channel> SystemOf(const std::string& post);
  std::shared_ptr<grpc::Channel> HolderOf(const std::string& post);
  std::shared_ptr<grpc::Channel> Connect(const Pass& pass) const;
  std::shared_ptr<grpc::Channel> ConnectTo(const std::string& address, const Pass& pass) const;

  /// A certificate of an agency's own authority, right unless the order is changed.
  Pass Issue(const std::string& agency, const identity::Order& order) const;
  static identity::Order OrderFor(const std::string& agency, const std::string& member);
  static Pass PassOf(const identity::Issued& issued);

  static v1::Acting As(const std::string& post);

  /// A nominal that nobody had, with a case in an area whose panel is probation/chair and
  /// police/panel; "nom_…".
  std::string NominalWithCase(const std::string& number, const std::string& area = "north");

  /// Makes a subscription of a post to a nominal's events; "sub_…".
  std::string Subscribe(const std::string& post, const std::string& nominal_id,
                        v1::StartFrom from = v1::START_FROM_NOW);

  /// Publishes one event about `nominal_id` for police/intel, with one segment; "ev_…".
  /// One event about `nominal_id` with one segment, to be published by police/intel; the same words
  /// make the same event.
  static v1::PublishItem ItemAbout(const std::string& nominal_id, const std::string& request_id,
                                   const std::string& content);
  /// Publishes such an event; "ev_…".
  std::string Publish(const std::string& nominal_id, const std::string& request_id,
                      const std::string& content);

  /// Replaces the file of revocation lists, in one step, by a newer list of police's authority;
  /// nothing is read yet. RunningDoor begins with one that names nobody.
  void HandInList(const std::vector<std::string>& serials_hex);
  /// Replaces the broker's certificate and key by new ones; nothing is read yet.
  void RenewBroker();
  /// The certificate the door shows to a new connection, PEM; "" if none can be made.
  std::string ShownCertificate() const;

  /// What grpc.health.v1 answers about a part over `channel`: its number (1 SERVING, 2
  /// NOT_SERVING), or the negative of the gRPC code it refused with.
  static int HealthOf(const std::shared_ptr<grpc::Channel>& channel, const std::string& part);

  const settings::v1::Listen& listen() const { return listen_; }
  std::string Address() const { return server_->Address(); }
  const std::string& broker_authority_pem() const { return broker_authority_.pem; }
  const std::filesystem::path& home() const { return home_.path(); }
  Server& server() { return *server_; }
  vault::Vault& vault() { return *vault_; }
  clock::Clock& clock() { return clock_; }
  sequencer::Sequencer& writer() { return *writer_; }
  delivery::Dispatcher& dispatcher() { return *dispatcher_; }
  doubles::MemoryLedger& ledger() { return ledger_; }
  sequencer::CheckpointKeeper& checkpoints() { return *checkpoints_; }
  /// Whether the door's examination finds the part "machine" well.
  std::atomic<bool>& machine_stands() { return machine_stands_; }

 private:
  void RecordGenesis();
  void WriteCertificates();
  std::vector<Part> Examine() const;

  doubles::TemporaryDirectory home_;
  settings::v1::Listen listen_;
  std::int64_t lists_ = 0;
  const identity::Issued broker_authority_;
  std::map<std::string, identity::Issued> authorities_;
  std::map<std::string, std::shared_ptr<grpc::Channel>> channels_;
  clock::SystemClock clock_;
  doubles::MemoryLedger ledger_;
  std::unique_ptr<vault::Vault> vault_;
  std::unique_ptr<state::Database> database_;
  std::unique_ptr<crypto::Signer> signer_;
  std::unique_ptr<sequencer::CheckpointKeeper> checkpoints_;
  std::unique_ptr<sequencer::Sequencer> writer_;
  std::unique_ptr<sequencer::KeyWarden> key_warden_;
  std::unique_ptr<sequencer::Proposer> between_;
  std::unique_ptr<delivery::Dispatcher> dispatcher_;
  std::unique_ptr<Server> server_;
  std::atomic<bool> machine_stands_{true};
};

/// The reason in a status's details; UNSPECIFIED if it has none.
v1::ErrorReason ReasonIn(const grpc::Status& status);

}  // namespace tearline::rpc
