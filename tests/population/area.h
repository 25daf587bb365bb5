#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tearline/v1/publisher_service.pb.h"
#include "tests/population/population.h"

namespace tearline::population {

/// Some days of a population of one area, written out for people to look at: who sits on which
/// panel, and what each desk publishes, in words.

/// Who publishes what happened. Reports with a tear-line, or in want of one, have a desk of their
/// own with the police.
enum class Desk : std::uint8_t { kProbation, kPrison, kPolice, kIntelligence };
[[nodiscard]] Desk DeskOf(const Kind& kind);

/// The number under which everybody knows the person at that place: a CRN.
[[nodiscard]] v1::Identifier CrnOf(std::size_t person);

/// Words for what happened, and those for a wider audience. The same happening has the same words.
[[nodiscard]] std::string WordsOf(const Happening& happening);
[[nodiscard]] std::string TearLineOf(const Happening& happening);

/// How much happens in so many days.
[[nodiscard]] std::size_t HappeningsIn(const Population& population, std::size_t days);

/// One that happened at that time, in milliseconds of Unix time, as its desk publishes it: of the
/// intelligence every third has no tear-line yet, and may not be told of. `pointer_post` says whom
/// to ask about the rest.
[[nodiscard]] v1::PublishItem ItemOf(const Happening& happening, const std::string& request_id,
                                     std::int64_t occurred_ms, const std::string& pointer_post);

}  // namespace tearline::population
