#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "broker/audit/checkpoint.h"
#include "broker/crypto/signer.h"
#include "broker/state/database.h"
#include "broker/status/status.h"

namespace tearline::sequencer {

/// Signed checkpoints kept as files under `checkpoints/<size>`; older ones are removed. Any two of
/// them can be linked by a proof from the tree, so none is irreplaceable but the newest.
inline constexpr std::size_t kCheckpointFilesMax = 1024;

/// Signs checkpoints on a fixed beat and keeps them as files. What was once signed is on stable
/// storage before anybody can have seen the signature, so that a start can prove a lost tail.
///
///   pending             the body about to be signed, or signed last
///   checkpoint          the newest signed note
///   checkpoints/<size>  the newest kCheckpointFilesMax
///   cosigned            the newest that enough witnesses cosigned, with their lines
class CheckpointKeeper {
 public:
  /// Opens the directory, or makes it if its parent exists, and reads the newest note, be it under
  /// `checkpoint` or under its size. Nothing is checked yet, and no beat runs.
  ///
  /// Requires: `signer` outlives it.
  /// Refuses:  STORAGE_FAILED.
  static Result<std::unique_ptr<CheckpointKeeper>> Open(const std::filesystem::path& directory,
                                                        crypto::Signer& signer);

  /// Stops the beat.
  ~CheckpointKeeper();

  /// Whether the state reproduces what was signed, and what was cosigned. A ledger without genesis
  /// has signed nothing.
  ///
  /// Refuses: LEDGER_TAIL_LOST         the newest checkpoint is larger than the tree; the sentence
  ///                                   says how many records a backup must hold;
  ///          CHECKPOINT_MISMATCH      it has another root, another log's name, or no good
  ///          signature; SIGNING_KEY_UNAVAILABLE  the signer is not the one the genesis names.
  Status VerifyAtStart(const state::Reader& reader) const;

  /// Signs the tree of `reader` and keeps the note, if it grew since the last one; otherwise does
  /// nothing. If signing or writing fails nothing is published and the last note stands.
  ///
  /// Refuses: SIGNING_KEY_UNAVAILABLE, STORAGE_FAILED; UNKNOWN_OUTCOME  a sync failed: stop.
  /// Threads: any; one at a time inside.
  Status Beat(const state::Reader& reader);

  /// Beats every `interval`, on a thread of its own, with the view `view` then gives. After a sync
  /// that failed, `fatal` is called there with a sentence, and there are no more beats.
  ///
  /// Requires: called once.
  void StartBeat(std::chrono::milliseconds interval,
                 std::function<std::shared_ptr<const state::View>()> view,
                 std::function<void(const std::string& sentence)> fatal);

  /// Ends the thread of StartBeat.
  void StopBeat();

  /// The newest signed note; "" if there is none yet.
  ///
  /// Threads: any.
  std::string Latest() const;

  /// The number of leaves the newest note covers; 0 if there is none.
  ///
  /// Threads: any.
  std::uint64_t LatestSize() const;

  /// Keeps a checkpoint that enough witnesses cosigned, beside the others, and shows it.
  ///
  /// Refuses: STORAGE_FAILED; UNKNOWN_OUTCOME  a sync failed: stop.
  /// Threads: any; one at a time inside.
  Status KeepCosigned(const std::string& note);

  /// What KeepCosigned kept last, be it before this start; "" if there is nothing.
  ///
  /// Threads: any.
  std::string Cosigned() const;

 private:
  CheckpointKeeper(std::filesystem::path directory, crypto::Signer& signer);

  Status Read();
  Status ReadNewerBySize();
  Status Keep(const audit::Checkpoint& checkpoint, const std::string& note);

  const std::filesystem::path directory_;
  crypto::Signer& signer_;
  std::string pending_;  ///< The body found at Open; "" if there is none.

  std::mutex beat_mutex_;           ///< One Beat at a time.
  std::deque<std::uint64_t> kept_;  ///< Sizes under checkpoints/, rising. Guarded by beat_mutex_.
  mutable std::mutex mutex_;
  std::string latest_;             ///< Guarded by mutex_.
  std::uint64_t latest_size_ = 0;  ///< Guarded by mutex_.
  std::string cosigned_;           ///< Guarded by mutex_.
  bool stopping_ = false;          ///< Guarded by mutex_.
  std::condition_variable stop_;
  std::thread thread_;
};

}  // namespace tearline::sequencer
