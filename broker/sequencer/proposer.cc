#include "broker/sequencer/proposer.h"

#include <future>
#include <memory>
#include <utility>

#include "broker/status/invariant.h"

namespace tearline::sequencer {

Result<machine::Applied> ProposeAndWait(Proposer& proposer, Proposal proposal) {
  TEARLINE_INVARIANT(!proposal.done, "whoever waits is answered by waiting");
  // Shared, because `done` may still be returning when the waiter has gone on.
  const auto answer = std::make_shared<std::promise<Result<machine::Applied>>>();
  std::future<Result<machine::Applied>> future = answer->get_future();
  proposal.done = [answer](const Result<machine::Applied>& applied) { answer->set_value(applied); };
  proposer.Propose(std::move(proposal));
  return future.get();
}

}  // namespace tearline::sequencer
