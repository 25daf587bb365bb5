#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "broker/clock/system_clock.h"
#include "broker/ledger/record.h"
#include "broker/sequencer/sequencer.h"
#include "broker/stores.h"
#include "tearline/v1/audit_service.pb.h"
#include "tearline/v1/publisher_service.pb.h"

namespace tearline::benchmark {

/// Somebody of the stage, for a post, "AGENCY/MEMBER" and "AGENCY/POST".
stored::v1::Actor ActorOf(const std::string& member, const std::string& post);

/// What is proposed before the writer takes a turn: less than one agency's queue holds.
inline constexpr std::size_t kTogether = 500;

/// Makes the ledger of a broker that is stopped grow: through the same preparing, writer and
/// machine, but in this process, in large groups, and with nobody asking. Of the directory of
/// tests/end_to_end/stage.cc.
///
/// Throws std::runtime_error.
class Growth {
 public:
  /// Opens what a broker's configuration names.
  explicit Growth(const std::filesystem::path& config);
  ~Growth();
  Growth(const Growth&) = delete;
  Growth& operator=(const Growth&) = delete;

  /// People with a case each, and five posts that their events are judged for: a chair, a member, a
  /// guest, an accountable officer and a supervisor. Their ids, "nom_…".
  std::vector<std::string> AddPeople(std::size_t count);

  /// Publishes events about them in turn, for police/intelligence.
  void AddEvents(const std::vector<std::string>& nominal_ids, std::size_t count);

  /// Desks of probation, each with as many subscriptions as one post may have, to kinds of events
  /// that AddEvents does not publish.
  void AddSubscriptions(std::size_t count);

  /// Headers of records, in order: so many, after a position. Requires: there are as many.
  void EachHeader(model::Position after, std::size_t count,
                  const std::function<void(const ledger::StoredHeader&)>& take) const;

  /// The first leaves of the log, one after the other, as an auditor is handed them. Requires:
  /// there are as many.
  void EachLeaf(std::size_t count, const std::function<void(const v1::LogLeaf&)>& take) const;

  /// Records commands, in large groups, in their order; each must be applied.
  std::vector<machine::Applied> Record(std::vector<sequencer::Proposal> proposals);

  /// Publishes items for somebody.
  std::vector<machine::Applied> Publish(const std::vector<v1::PublishItem>& items,
                                        const stored::v1::Actor& actor);

  /// Lets the broker end what it goes on with by itself.
  void Rest();

  std::shared_ptr<const state::View> View() const { return writer_->View(); }

  /// How many records there are.
  model::Position Records() const { return stores_.ledger->Tip(); }

 private:
  void OpenCases(const std::vector<std::string>& nominal_ids);

  clock::SystemClock clock_;
  Stores stores_;
  std::unique_ptr<sequencer::Sequencer> writer_;
  std::size_t made_ = 0;
  const std::string name_;
};

}  // namespace tearline::benchmark
