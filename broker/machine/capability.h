#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "broker/machine/step.h"
#include "broker/state/reader.h"
#include "broker/status/status.h"
#include "tearline/v1/directory.pb.h"

namespace tearline::machine {

/// What posts answer for when others ask for information, as the directory says: a request names a
/// capability, not whoever happens to do the work this year.

/// The behaviour version from which records that set posts say what they answer for.
inline constexpr std::uint16_t kCapabilitiesFrom = 4;

/// Refuses: FIELD_INVALID  an unknown capability, or one twice; LIMIT_PASSED.
[[nodiscard]] Status CheckCapabilities(const v1::Post& post, const std::string& path);

/// Has a post found by what it answers for from now on, and by nothing else.
void IndexCapabilities(const v1::Post& before, const v1::Post& after, Step& step);

/// Where to look for posts that answer for a capability.
struct Where {
  std::string agency;  ///< Of this agency only; "" for all of the area.
  std::string area;    ///< Whose agency works there, or nationally. Nothing to an agency by name.
};

/// The posts that answer for a capability there. Not those of agencies that are suspended.
///
/// Refuses: LIMIT_PASSED  more than kCapablePostsLookedAtMax answer for it, in the agency or, where
/// none is named, anywhere: rather than that some of them are left out.
[[nodiscard]] Result<std::set<std::string>> PostsThatAnswerFor(v1::Capability capability,
                                                               const Where& where,
                                                               const state::Reader& reader);

/// Whether a post of an agency that is not suspended is found by some capability.
[[nodiscard]] bool AnswersForSomething(const std::string& post, const state::Reader& reader);

}  // namespace tearline::machine
