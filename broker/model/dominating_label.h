#pragma once

#include <span>

#include "tearline/v1/label.pb.h"

namespace tearline::model {

/// What is made of several things is labelled so that nobody may hold it who might not hold each of
/// them. The labels are a lattice, and this is its join: the order of members and members alike
/// change nothing.
///
/// Lists come in rising order, each value once.

/// The lowest marking that dominates both: the higher tier, sensitive if either is, every caveat,
/// instruction and descriptor of both. Above OFFICIAL it may be sensitive, as a clearance may: who
/// holds SECRET alone may not hold what is made of something OFFICIAL-SENSITIVE.
[[nodiscard]] v1::Marking Join(const v1::Marking& a, const v1::Marking& b);

/// The lowest grading that is no better and no laxer than either. Nothing is converted: if either
/// is by 5x5x5, so is the whole, and what the codes of 3x5x2 would be is unknown, which opens
/// nothing. A thing not graded asks for nothing.
[[nodiscard]] v1::Grading Join(const v1::Grading& a, const v1::Grading& b);

/// Of the whole label: controlled by an originator if either is, released to those to whom both
/// are, existence told and the holder named only if both allow it and name the same post to ask.
[[nodiscard]] v1::Label Join(const v1::Label& a, const v1::Label& b);

/// The label of a composite of `members`.
///
/// Requires: at least one.
[[nodiscard]] v1::Label DominatingLabel(std::span<const v1::Label> members);

}  // namespace tearline::model
