#pragma once

#include <cstdint>
#include <string>

#include "broker/machine/step.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// People are away: on leave, ill, on a course. Work belongs to the post, so whoever stands in has
/// charge of it meanwhile, takes over what waits (hand_over.h), and hands it back. Where nobody
/// stands in, nobody reads what is addressed to the post: what it owes climbs at once.

[[nodiscard]] inline bool IsAway(const stored::v1::PostRow& row) { return row.leave().begun(); }

/// The person who has charge of a post: its holder; while they are away, its deputy. "" if nobody.
[[nodiscard]] inline const std::string& InCharge(const stored::v1::PostRow& row) {
  return IsAway(row) ? row.post().deputy() : row.post().holder();
}

/// A time came at which a leave begins or ends. `post` and `due_ms` are what its deadline names.
void FireLeave(const std::string& post, std::int64_t due_ms, Step& step);

/// Somebody else holds the post now: the leave was not theirs. `row` is written by the caller.
void DropLeave(stored::v1::PostRow& row, Step& step);

}  // namespace tearline::machine
