#include "broker/sequencer/key_warden.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <utility>

#include "broker/sequencer/loose_keys.h"
#include "broker/telemetry/log.h"

namespace tearline::sequencer {
namespace {

/// How long keys are gathered before they are destroyed together: each time costs the vault a
/// flush.
constexpr std::chrono::seconds kGather{1};
/// Keys destroyed together: each costs a compaction of the file it lies in.
constexpr std::ptrdiff_t kTogether = 256;

/// Whether the command is known to have brought no key into use that the state does not know. What
/// took effect, or waits for its second hand, has told the state its keys; but a moved booking is
/// brought new ones by that hand.
bool CameToNothing(const Result<machine::Applied>& applied, stored::v1::CommandNumber command) {
  if (!applied.ok()) return ReasonOf(applied.status()) != v1::ERROR_REASON_UNKNOWN_OUTCOME;
  if (applied->outcome == audit::Outcome::kAwaitsSecondHand) {
    return command == stored::v1::COMMAND_NUMBER_MOVE_BOOKING;
  }
  return applied->outcome != audit::Outcome::kApplied;
}

/// Whether a command may erase keys: itself, or by confirming one that does.
bool MayErase(stored::v1::CommandNumber command) {
  return command == stored::v1::COMMAND_NUMBER_ERASE_NOMINAL ||
         command == stored::v1::COMMAND_NUMBER_WITHDRAW_EVENT ||
         command == stored::v1::COMMAND_NUMBER_MOVE_BOOKING ||
         command == stored::v1::COMMAND_NUMBER_SECOND_HAND;
}

std::vector<model::SubjectKeyId> IdsOf(const std::vector<std::string>& erased) {
  std::vector<model::SubjectKeyId> ids;
  for (const std::string& bytes : erased) ids.push_back(*model::SubjectKeyId::FromBytes(bytes));
  return ids;
}

}  // namespace

KeyWarden::KeyWarden(Proposer& behind, vault::Vault& vault, ViewSource view)
    : behind_(behind), vault_(vault), view_(std::move(view)), thread_([this] { Run(); }) {}

KeyWarden::~KeyWarden() { Stop(); }

void KeyWarden::Propose(Proposal proposal) {
  if (!proposal.new_keys.empty() || MayErase(proposal.command)) {
    proposal.done = [this, keys = std::exchange(proposal.new_keys, {}), command = proposal.command,
                     done = std::move(proposal.done)](const Result<machine::Applied>& applied) {
      if (CameToNothing(applied, command)) Take(keys);
      if (applied.ok() && !applied->erased_keys.empty()) Take(IdsOf(applied->erased_keys));
      done(applied);
    };
  }
  behind_.Propose(std::move(proposal));
}

void KeyWarden::Take(const std::vector<model::SubjectKeyId>& ids) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (stopping_) return;
    const std::size_t room = kLooseKeysMax - waiting_.size();
    const auto end = ids.begin() + static_cast<std::ptrdiff_t>(std::min(room, ids.size()));
    waiting_.insert(waiting_.end(), ids.begin(), end);
  }
  changed_.notify_one();
}

void KeyWarden::Stop() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void KeyWarden::Run() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    changed_.wait_for(lock, kGather, [this] { return stopping_; });
    if (stopping_) return;
    const auto begin = waiting_.end() - std::min(kTogether, std::ssize(waiting_));
    const std::vector<model::SubjectKeyId> ids(begin, waiting_.end());
    waiting_.erase(begin, waiting_.end());
    lock.unlock();
    Destroy(ids);
    lock.lock();
  }
}

void KeyWarden::Destroy(const std::vector<model::SubjectKeyId>& ids) {
  const std::shared_ptr<const state::View> view = view_();
  std::vector<model::SubjectKeyId> loose;
  std::copy_if(ids.begin(), ids.end(), std::back_inserter(loose),
               [&view](const model::SubjectKeyId& id) { return !IsInUse(id, *view); });
  if (loose.empty()) return;
  const Status destroyed = vault_.Destroy(loose);
  if (!destroyed.ok()) {
    telemetry::Log(telemetry::Event::kStorageFailed)
        .With(telemetry::Field::kReason, ReasonOf(destroyed));
    return;
  }
  telemetry::Log(telemetry::Event::kKeysDestroyed).With(telemetry::Field::kCount, loose.size());
}

}  // namespace tearline::sequencer
