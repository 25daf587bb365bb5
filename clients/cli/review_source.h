#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "clients/cli/belief.h"
#include "clients/cli/invocation.h"
#include "clients/verifier/review.h"

namespace tearline::cli {

/// Asks the broker for all that a review of `nominal_id` holds: which events there are and who sat
/// on the panel (KnownAt), the records of each (GetReceipts), what became of obligations
/// (ListOpenAt), and a proof of each record under one checkpoint. Each question that looks at
/// anything is recorded by the broker before it is answered. What records say of others is left
/// out. Progress on stderr.
///
/// Ends the command as refused, or with kVerificationFailed if anything does not verify.
[[nodiscard]] verifier::Review AskReview(const Invocation& invocation,
                                         const std::string& nominal_id, const Belief& belief);

/// What is asked as of this machine's time is refused with TIME_INVALID by a broker whose clock is
/// behind: `ask` is called again, after a second by `wait`, until the broker's clock is there, for
/// kClockAheadSecondsMax at most.
///
/// Ends the command as `ask` does; as refused, saying that the clock is ahead, if it stays so.
void AskInTime(const std::function<void()>& ask,
               const std::function<void(std::chrono::seconds)>& wait);
inline constexpr int kClockAheadSecondsMax = 60;

/// Asks at most so often what became of obligations: each answer shows all that were open at some
/// time.
inline constexpr int kOpenAtQuestionsMax = 32;

/// How often an event is asked for whose newest records are not yet under a checkpoint, and how
/// long is waited between, in milliseconds: a beat of checkpoints is a second.
inline constexpr int kReceiptTriesMax = 20;
inline constexpr int kReceiptWaitMs = 500;

}  // namespace tearline::cli
