#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tearline/v1/event.pb.h"
#include "tearline/v1/policy.pb.h"

namespace tearline::policy {

/// An obligation a decision opens, with its times read.
struct OpenedObligation {
  v1::ObligationType type = v1::OBLIGATION_TYPE_UNSPECIFIED;
  std::int64_t within_ms = 0;
  std::int64_t escalate_every_ms = 0;

  friend bool operator==(const OpenedObligation&, const OpenedObligation&) = default;
};

/// A member of a composite that a recipient may be shown, and how far.
struct MemberShown {
  std::uint32_t place = 0;  ///< Among the composite's members.
  v1::Level level = v1::LEVEL_UNSPECIFIED;

  friend bool operator==(const MemberShown&, const MemberShown&) = default;
};

/// What policy says for one event and one post.
struct Decision {
  v1::Level level = v1::LEVEL_WITHHELD;

  /// The segments left, by place, rising. Empty unless `level` is full; never empty if it is.
  std::vector<std::uint32_t> segments;

  /// Of a composite, which has no segments: the members that may be shown, by place, rising. Set by
  /// whoever judges the members, unless `level` is withheld.
  std::vector<MemberShown> members{};

  /// The tear-line given, by place. Set exactly when `level` is tear-line.
  std::optional<std::uint32_t> tear_line;

  /// Ids of the rules whose word was the winning one, in byte order, each once: for each nominal
  /// the grants (or the duties, where they decided) and caps that equal the bound that decided, the
  /// masks that hid something, and the duties that were not met.
  std::vector<std::string> rules;

  /// What was owed to the post, the highest over the event's nominals; UNSPECIFIED if nothing was.
  v1::Level duty = v1::LEVEL_UNSPECIFIED;

  /// Why less was told than was owed or granted; UNSPECIFIED if nothing fell short. Never
  /// UNSPECIFIED if `level` is withheld or `duty_unmet`. Of several reasons, the last that lowered
  /// the level.
  v1::RuleReason shortfall = v1::RULE_REASON_UNSPECIFIED;

  /// True if a duty is owed and not met. It is met if `level` is at least what is owed and, at
  /// full, what is given reaches the nominal it is owed about (Meets in cut.h).
  bool duty_unmet = false;

  /// Of which nominals (by place) the duty is owed and not met. Empty unless `duty_unmet`, and
  /// for an event about nobody.
  std::vector<std::size_t> unmet_nominals;

  /// What must happen: same type once, with its earliest deadline; in order of type. Holds the
  /// `oblige` of duties that spoke, and the `oblige_if_unmet` of those that were not met. No READ
  /// where `level` is withheld: there is nothing to read, and nobody may learn that there is.
  std::vector<OpenedObligation> obligations;

  friend bool operator==(const Decision&, const Decision&) = default;
};

}  // namespace tearline::policy
