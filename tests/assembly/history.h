#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "broker/clock/system_clock.h"
#include "broker/crypto/digest.h"
#include "broker/model/ids.h"
#include "broker/sequencer/sequencer.h"
#include "broker/stores.h"
#include "tests/assembly/installation.h"

namespace tearline {

/// What was there when the power was cut: a copy of every store, taken while all were open.
struct Moment {
  std::filesystem::path directory;  ///< With ledger, state, vault and checkpoints in it.
  model::Position position = 0;
  crypto::Digest state_digest;
  crypto::Digest root;
  std::map<std::string, std::string> contents;  ///< By event id, of every event so far.
  std::vector<model::SubjectKeyId> keys;        ///< Those in the vault.
};

/// What a start on some copies came to.
struct Outcome {
  v1::ErrorReason reason = v1::ERROR_REASON_UNSPECIFIED;  ///< UNSPECIFIED if it would serve.
  std::string sentence;
  model::Position position = 0;
  crypto::Digest state_digest;
  crypto::Digest root;
  /// What each event opens to: its content, "erased", or kRefusedToOpen and why.
  std::map<std::string, std::string> contents;
  std::vector<model::SubjectKeyId> keys;
};

inline constexpr char kRefusedToOpen[] = "refused: ";

/// A short life of one installation, and copies of its stores at moments of it. Every event is
/// about somebody new, so every event makes keys.
class History {
 public:
  /// Genesis only.
  History();

  /// Goes on from the copies of `moment`, in stores of its own; the next Publish is recorded there.
  void GoOnFrom(const Moment& moment);
  /// Records `events` publications, signs a checkpoint and waits for the head file.
  void Publish(int events);
  /// Makes a key that nothing is sealed under, and destroys it.
  void DestroyAKey();
  /// Copies everything as it lies there.
  Moment Copy(const std::string& name);
  /// Closes the stores.
  void Close();

  /// Starts as the broker does on the stores below `directory`, and looks at everything.
  Outcome Start(const std::filesystem::path& directory) const;

  const Installation& installation() const { return installation_; }

 private:
  settings::v1::BrokerConfig ConfigOf(const std::filesystem::path& directory) const;
  void Open(const std::filesystem::path& directory);

  Installation installation_;
  clock::SystemClock clock_;
  std::filesystem::path directory_;
  Stores stores_;
  std::unique_ptr<sequencer::Sequencer> sequencer_;
  std::map<std::string, std::string> contents_;
  int told_ = 0;
};

/// Copies a directory with all that is in it; nothing if it is not there.
void CopyAll(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace tearline
