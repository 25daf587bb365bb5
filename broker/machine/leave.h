#pragma once

#include <cstdint>
#include <string>

#include "broker/machine/step.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// The version from which the holder of a post may be away, and a hand-over that is joined is
/// chased anew (machine.h).
inline constexpr std::uint16_t kLeaveFrom = 4;

/// People are away: on leave, ill, on a course. Work belongs to the post, so whoever stands in has
/// charge of it meanwhile, takes over what waits (hand_over.h), and hands it back. Where nobody
/// stands in, nobody reads what is addressed to the post: what it owes climbs at once.
///
/// That is all a leave does. What the post is told, and who stands in for it in a case (reach.h),
/// stays as it is: one hand says that somebody is away, and nobody is told more for it (P10).

[[nodiscard]] inline bool IsAway(const stored::v1::PostRow& row) { return row.leave().begun(); }

/// Who stands in for the holder of a post: its deputy, who is another person. "" if nobody.
[[nodiscard]] std::string StandIn(const v1::Post& post);

/// The person who has charge of a post: its holder; while they are away, whoever stands in. "" if
/// nobody.
[[nodiscard]] std::string InCharge(const stored::v1::PostRow& row);

/// Whether whoever stands in has had charge of the post since `since_ms`, or before.
[[nodiscard]] bool IsStoodInForSince(const stored::v1::PostRow& row, std::int64_t since_ms);

/// A time came at which a leave begins or ends. `post` and `due_ms` are what its deadline names.
void FireLeave(const std::string& post, std::int64_t due_ms, Step& step);

/// Somebody else holds the post now: the leave was not theirs. `row` is written by the caller.
void DropLeave(stored::v1::PostRow& row, Step& step);

}  // namespace tearline::machine
