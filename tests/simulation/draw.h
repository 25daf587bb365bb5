#pragma once

#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "broker/sequencer/proposer.h"
#include "broker/sequencer/workbench.h"
#include "tests/simulation/dice.h"
#include "tests/simulation/intent.h"
#include "tests/simulation/oracle.h"

namespace tearline::simulation {

/// What people come to want: drawn by dice among what can be wanted as things stand; what happens,
/// from the town's population. Some seeds never throw some deeds and throw others often, so that
/// states come about which an even hand would never reach; and most of what happens, happens to a
/// few, so that it meets.
class Draw {
 public:
  Draw(Dice& dice, const Town& town, const Oracle& oracle);

  /// Nothing, if what was thrown can't be wanted now.
  std::optional<Intent> Next(std::int64_t now_ms);
  /// One of a flood of events about one nominal, who has a case; nothing if nobody has.
  std::optional<Intent> OfFlood(std::int64_t now_ms);

 private:
  population::Happening Happening();
  std::size_t Somebody() { return Happening().person; }
  /// Somebody of whom the broker knows: place in the population, and nominal. Requires: there is.
  Oracle::People::const_iterator Known();
  /// In text form; now and then of somebody whom no number names any more.
  std::string KnownNominal();
  Intent Publish(std::int64_t now_ms);
  Intent PublishAnew(std::int64_t now_ms);
  std::optional<Intent> OfCase(Deed deed, std::int64_t now_ms);
  std::optional<Intent> OfDirectory(Deed deed);
  Intent OfPost();
  Intent OfLeave(std::int64_t now_ms);
  std::optional<Intent> OfPolicy(Deed deed);
  std::optional<Intent> OfNominal(Deed deed);
  std::optional<Intent> OfPersons(Deed deed);
  std::optional<Intent> OfWish(Deed deed, std::int64_t now_ms);
  std::optional<Intent> OfFeed(Deed deed);
  std::optional<Intent> SecondHand();
  std::optional<Intent> Discharge();
  std::optional<Intent> OfEvent(Deed deed);
  std::optional<Intent> OfGlass(Deed deed);
  std::optional<Intent> Ask(std::int64_t now_ms);
  std::optional<Intent> Answer();

  Dice& dice_;
  const Town& town_;
  const Oracle& oracle_;
  std::vector<unsigned> weights_;  ///< By deed.
  std::vector<Intent> published_;  ///< To be said again, or wrongly.
  std::uint64_t requests_ = 0;
  std::uint64_t happened_ = 0;  ///< Drawn from the population so far.
};

template <typename Map>
auto AnyOf(const Map& map, Dice& dice) {
  return std::next(map.begin(), static_cast<std::ptrdiff_t>(dice.Below(map.size())));
}

/// Turns a wish into a command, by the broker's own preparing where it has one. `position` is that
/// of the bench's view.
[[nodiscard]] Result<sequencer::Proposal> Prepare(const Intent& intent, const Town& town,
                                                  model::Position position,
                                                  const sequencer::Workbench& bench);

/// Whether preparing must refuse it: for its label, for a nominal nobody knows, for saying that it
/// is history where the post takes none in.
[[nodiscard]] bool IsMalformed(const Intent& intent);

}  // namespace tearline::simulation
