#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>

#include "broker/state/reader.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/stored/v1/row.pb.h"
#include "tearline/v1/nominal.pb.h"

namespace tearline::machine {

/// Another system says, by a message that was published here, how a person's case is managed
/// already. docs/decisions/0056-level-facts-come-from-messages.md.

/// Whether a feed from another system may speak of this case: its agency leads it, or works in its
/// area. Not whether the actor is one.
[[nodiscard]] bool MayFeed(const stored::v1::CaseRow& row, const stored::v1::Actor& actor,
                           const state::Reader& reader);

/// The version from which a record names the event that says so, and is looked at once more when it
/// is applied.
inline constexpr std::uint16_t kFactsByEventFrom = 7;

/// The newest events about one nominal that are looked at for what they say of its case: it is done
/// for each message of a register.
inline constexpr std::size_t kLevelFactsLookedAtMax = 2'048;

/// Whether what an event says of a case is to be recorded; and if not, why.
enum class FactStanding {
  kNews,          ///< It is.
  kNoCase,        ///< The person has no open case that the feed has a say in: alike, if there is
                  ///< none, if it has none, and if it is kept out of the person.
  kSame,          ///< The case is managed so already.
  kOvertaken,     ///< A newer event of the same agency says otherwise.
  kEndedSince,    ///< A newer event of the same agency says that an entry ended.
  kChangedSince,  ///< Somebody has said how it is managed since what the event is of occurred; or
                  ///< so much was published since that nobody can tell.
};

/// What an event says of the case of the one person whom it is about.
struct LevelFact {
  std::string case_id;  ///< 16 bytes; empty if there is none.
  v1::MappaCategory category;
  v1::MappaLevel level;
  FactStanding standing;
};

/// Types of an agency's events.
struct FactTypes {
  std::set<std::string> saying;  ///< They say how a person is managed.
  std::set<std::string> ending;  ///< They say that an entry ended, which is not always a change.
};

/// Reads it for a feed. Of what the same agency's events say of the person the newest holds, by
/// when it occurred, then by position: of each nominal that is the person the newest events are
/// looked at, at most `looked_at_max`, and those that set the case before. It gives way to whoever
/// changed how the case is managed, or opened it, since then; the feed's own changes count where no
/// event said them. An event occurred when it says, and at the latest when it was accepted. So one
/// that is said again, also after others, changes nothing.
///
/// `event_id` is 16 bytes. Requires: `looked_at_max` is at least 2.
///
/// Refuses: NOT_PERMITTED    the actor is no feed;
///          NOT_FOUND        no such event that the actor may speak for;
///          EVENT_WITHDRAWN  it was taken back;
///          FIELD_INVALID    it is of no type that says so, is not about one person, or does not
///                           say a category and a level that there are.
[[nodiscard]] Result<LevelFact> ReadLevelFact(const std::string& event_id, const FactTypes& types,
                                              const stored::v1::Actor& actor,
                                              std::size_t looked_at_max,
                                              const state::Reader& reader);

}  // namespace tearline::machine
