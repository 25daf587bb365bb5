#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tearline/v1/case.pb.h"
#include "tearline/v1/event.pb.h"

namespace tearline::population {

/// How large an invented country is. The whole one has the size of England and Wales: about 238,000
/// people under probation supervision (2022), 42 areas, and formal meetings for less than two in a
/// hundred of the 91,040 under MAPPA (2023; HMIP, HMICFRS and HMI Probation, July 2022).
struct Size {
  std::size_t nominals = 250'000;
  std::size_t areas = 42;
  std::size_t panels = 1'800;
  std::size_t posts = 10'000;
};

/// The same country with fewer people, in proportion: at least one area, one panel, and in each
/// area one post of each trade. Requires: at least one nominal.
Size Proportional(std::size_t nominals);

/// What a post does for its area.
enum class Trade : std::uint8_t {
  kSupervisor,  ///< A probation practitioner: holds people.
  kManager,     ///< A probation team manager: supervisors are escalated to it.
  kChair,       ///< Of the area's panels.
  kMember,      ///< Police offender management: sits on the area's panels.
  kGuest,       ///< Less cleared: sits as a guest.
  kAccountable  ///< Answers that intelligence reaches those panels.
};
inline constexpr std::size_t kTrades = 6;

struct Post {
  Trade trade;
  std::size_t area;
  std::string name;  ///< "AGENCY/POST"
};

/// Who publishes.
enum class Source : std::uint8_t { kProbation, kPrison, kPolice };

struct Person {
  std::size_t area = 0;
  bool in_custody = false;
  v1::MappaCategory category = v1::MAPPA_CATEGORY_UNSPECIFIED;  ///< Not under MAPPA: unspecified.
  v1::MappaLevel level = v1::MAPPA_LEVEL_UNSPECIFIED;
  std::optional<std::size_t> supervisor;  ///< A post; one in two hundred has none.
  std::string identifier;                 ///< Nobody else's here; of type OTHER.

  /// Levels 2 and 3 are those that meet.
  bool HasPanel() const { return level == v1::MAPPA_LEVEL_2 || level == v1::MAPPA_LEVEL_3; }
};

/// One of the kinds of what happens.
struct Kind {
  std::string_view type;
  Source source;
  v1::Urgency urgency;
  bool sensitive;
  bool has_tear_line;
  /// How often a year to a thousand people in custody, and in the community. Nothing counts them in
  /// public: the proportions are assumed, the order of magnitude is meant.
  std::uint32_t in_custody;
  std::uint32_t in_community;
};

struct Happening {
  std::size_t person;
  const Kind* kind;
  std::size_t content_bytes;
};

/// An invented country, drawn from one number. The same number draws the same country everywhere;
/// nobody and nothing of it is kept: each is drawn when it is asked for, in constant time.
class Population {
 public:
  Population(const Size& size, std::uint64_t seed);

  const Size& size() const { return size_; }

  /// Requires: index below size().posts. The posts of an area lie together, one of each other trade
  /// before its supervisors.
  Post PostAt(std::size_t index) const;
  std::size_t SupervisorsInArea(std::size_t area) const;
  /// The post of a trade in an area; of supervisors, the one with that number.
  std::size_t IndexOf(Trade trade, std::size_t area, std::size_t number = 0) const;

  /// Requires: index below size().nominals. Exactly size().panels of them have a panel.
  Person PersonAt(std::size_t index) const;

  /// What happens, one after the other and without an end: to whom, and of which kind, in
  /// proportion.
  Happening HappeningAt(std::uint64_t index) const;

 private:
  std::uint64_t Draw(std::uint64_t stream, std::uint64_t index) const;
  std::size_t FirstPostOf(std::size_t area) const;
  std::size_t AreaOfPost(std::size_t index) const;

  const Size size_;
  const std::uint64_t seed_;
};

/// All kinds, the most frequent first.
const std::array<Kind, 18>& Kinds();

}  // namespace tearline::population
