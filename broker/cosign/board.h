#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "broker/audit/cosignature.h"

namespace tearline::cosign {

/// Checkpoints for which lines are gathered at a time: a slow witness may come behind by as many.
inline constexpr std::size_t kGatheredMax = 64;

/// How far one witness is.
struct Standing {
  std::string verifier_key;
  std::string name;
  std::uint64_t tree_size = 0;   ///< The newest it cosigned since our start; 0 if none.
  std::uint64_t cosigned_s = 0;  ///< By its own clock, seconds since 1970.
  bool contradicts = false;      ///< It has cosigned what this log does not continue.
  bool forgot = false;           ///< Since our start it stated less than it had cosigned.
};

/// Gathers cosignatures until a checkpoint has enough of them.
///
/// Threads: any.
class Board {
 public:
  /// Requires: `quorum` is 1 to the number of witnesses.
  Board(const std::vector<audit::WitnessKey>& witnesses, std::size_t quorum);

  /// A line of witness `place` on `signed_note` over `size` leaves. Gives the note with all lines
  /// so far, in order of place, if they are enough and none larger had enough before.
  std::optional<std::string> Add(std::size_t place, std::uint64_t size,
                                 const std::string& signed_note,
                                 const audit::Cosignature& cosignature);

  /// Witness `place` holds a past that is not this log's, or does again hold this log's.
  void SetContradicts(std::size_t place, bool contradicts);

  /// Witness `place` is at less than it had cosigned: what it cosigns now continues less.
  void SetForgot(std::size_t place);

  /// How far each witness is, in order of place.
  std::vector<Standing> Standings() const;
  /// The size of the newest checkpoint that has enough lines; 0 if none.
  std::uint64_t CosignedSize() const;
  std::size_t quorum() const { return quorum_; }

 private:
  struct Gathered {
    std::uint64_t size;
    std::string note;
    std::map<std::size_t, std::string> lines;  ///< By place.
  };

  const std::size_t quorum_;
  mutable std::mutex mutex_;  ///< Guards what follows.
  std::vector<Standing> standings_;
  std::deque<Gathered> gathered_;  ///< In the order in which the first line came.
  std::uint64_t cosigned_size_ = 0;
};

}  // namespace tearline::cosign
