#include "broker/rpc/refusal_book.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <utility>

#include "broker/model/limits.h"
#include "broker/sequencer/make_proposal.h"
#include "broker/telemetry/log.h"

namespace tearline::rpc {
namespace {

constexpr std::chrono::seconds kFlushEvery{1};
constexpr std::int64_t kMinuteMs = 60'000;
/// Refusals in one command, as command.proto says.
constexpr std::size_t kRefusalsPerCommand = 64;
/// Kinds of refusal counted apart in a minute. Beyond it, principals are no longer told apart.
constexpr std::size_t kKindsMax = 4096;

void SayLost(const stored::v1::NoteRefusals& command, v1::ErrorReason reason) {
  std::uint64_t count = 0;
  for (const stored::v1::Refusal& refusal : command.refusals()) count += refusal.count();
  telemetry::Log(telemetry::Event::kRefusalsLost)
      .With(telemetry::Field::kCount, count)
      .With(telemetry::Field::kReason, reason);
}

}  // namespace

RefusalBook::RefusalBook(sequencer::Proposer& proposer, clock::Clock& clock)
    : proposer_(proposer), clock_(clock), thread_([this] { Run(); }) {}

RefusalBook::~RefusalBook() { Close(); }

void RefusalBook::Close() {
  {
    const std::lock_guard<std::mutex> lock(stop_mutex_);
    if (stopping_) return;
    stopping_ = true;
  }
  stop_.notify_all();
  thread_.join();
  {
    const std::lock_guard<std::mutex> lock(pages_->mutex);
    pages_->closed = true;
  }
  Flush(/*all=*/true);
}

void RefusalBook::Note(stored::v1::Refusal refusal) {
  refusal.set_count(1);
  const std::lock_guard<std::mutex> lock(pages_->mutex);
  Pages& pages = *pages_;
  // Those who show nothing readable are one principal: "".
  std::string principal = refusal.certificate_digest();
  if (pages.noted.size() >= kKindsMax && !pages.noted.contains(principal)) principal.clear();
  if (++pages.noted[principal] <= model::kRefusalsPerMinuteMax) {
    pages.single.push_back(std::move(refusal));
  } else {
    Count(refusal, pages);
  }
}

void RefusalBook::Count(const stored::v1::Refusal& refusal, Pages& pages) {
  Alike alike{refusal.agency(), refusal.certificate_digest(), refusal.reason(), refusal.command()};
  if (pages.counted.size() >= kKindsMax && !pages.counted.contains(alike)) {
    std::get<0>(alike).clear();
    std::get<1>(alike).clear();
  }
  pages.counted[std::move(alike)] += refusal.count();
}

void RefusalBook::Flush(bool all) {
  std::vector<stored::v1::Refusal> refusals;
  {
    const std::lock_guard<std::mutex> lock(pages_->mutex);
    refusals = std::exchange(pages_->single, {});
    const std::int64_t minute = clock_.MonotonicMs() / kMinuteMs;
    if (all || minute != pages_->minute) {
      for (const auto& [alike, count] : std::exchange(pages_->counted, {})) {
        stored::v1::Refusal& refusal = refusals.emplace_back();
        refusal.set_agency(std::get<0>(alike));
        refusal.set_certificate_digest(std::get<1>(alike));
        refusal.set_reason(std::get<2>(alike));
        refusal.set_command(std::get<3>(alike));
        refusal.set_count(count);
      }
      pages_->noted.clear();
      pages_->minute = minute;
    }
  }
  for (std::size_t begin = 0; begin < refusals.size(); begin += kRefusalsPerCommand) {
    const std::size_t end = std::min(begin + kRefusalsPerCommand, refusals.size());
    stored::v1::NoteRefusals command;
    for (std::size_t i = begin; i < end; ++i) {
      *command.add_refusals() = std::move(refusals[i]);
    }
    sequencer::Proposal proposal = sequencer::MakeProposal(
        sequencer::BrokerActor(), stored::v1::COMMAND_NUMBER_NOTE_REFUSALS, command);
    proposal.done = [pages = pages_, command](const Result<machine::Applied>& applied) {
      if (applied.ok()) return;
      const std::lock_guard<std::mutex> lock(pages->mutex);
      if (pages->closed) return SayLost(command, ReasonOf(applied.status()));
      for (const stored::v1::Refusal& refusal : command.refusals()) Count(refusal, *pages);
    };
    proposer_.Propose(std::move(proposal));
  }
}

void RefusalBook::Run() {
  std::unique_lock<std::mutex> lock(stop_mutex_);
  while (!stop_.wait_for(lock, kFlushEvery, [this] { return stopping_; })) {
    lock.unlock();
    Flush(/*all=*/false);
    lock.lock();
  }
}

}  // namespace tearline::rpc
