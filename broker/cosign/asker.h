#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "broker/audit/checkpoint.h"
#include "broker/audit/cosignature.h"
#include "broker/cosign/exchange.h"
#include "broker/merkle/proof.h"
#include "broker/status/status.h"

namespace tearline::cosign {

/// Asks one witness to cosign checkpoints, and remembers how far it is.
///
/// Source:  C2SP tlog-witness v1.0.0, "add-checkpoint".
/// Threads: one, but for Stop.
class Asker {
 public:
  Asker(audit::WitnessKey key, std::unique_ptr<Exchange> exchange);

  /// Asks for a cosignature on `signed_note`, which says `checkpoint`; if the witness is elsewhere
  /// than thought, once more from where it is.
  ///
  /// Requires: `tree` holds the checkpoint's tree.
  /// Refuses:  UNAVAILABLE          no answer, or one that is not for us to understand;
  ///           CHECKPOINT_MISMATCH  the witness has cosigned a larger tree of this log, or one that
  ///                                this checkpoint does not continue: the ledger was cut or
  ///                                rewritten, or another broker signs with its key;
  ///           PROOF_INVALID        the answer does not hold its cosignature.
  Result<audit::Cosignature> Ask(const std::string& signed_note,
                                 const audit::Checkpoint& checkpoint,
                                 const merkle::NodeSource& tree);

  /// Whether the witness stated at the last Ask that it is at less than it had cosigned for us
  /// before: it has lost its memory, or an old copy of it was put back. It is asked from there all
  /// the same.
  bool forgot() const { return forgot_; }

  const audit::WitnessKey& key() const { return key_; }

  /// Threads: any.
  void Stop() { exchange_->Stop(); }

 private:
  Result<Answer> Post(const std::string& signed_note, const audit::Checkpoint& checkpoint,
                      const merkle::NodeSource& tree);

  const audit::WitnessKey key_;
  const std::unique_ptr<Exchange> exchange_;
  std::uint64_t size_ = 0;  ///< Of the tree it cosigned last, as far as we know.
  bool forgot_ = false;
};

}  // namespace tearline::cosign
