#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "clients/adapters/hmpps_outcome.h"
#include "clients/adapters/noticed.h"
#include "nlohmann/json.hpp"
#include "tearline/v1/nominal.pb.h"

namespace tearline::adapters {

/// Whom a message is about.
struct People {
  std::vector<v1::Identifier> identifiers;  ///< Each once; values as written.
  std::optional<IdentityChange> identity_change;
};

/// Finds whom `body` is about: `personReference.identifiers`, and the members of
/// `additionalInformation` that name a person; of a merge, un-merge or moved booking only the
/// latter, the survivor first.
///
/// A value names nobody if it is blank, longer than 64 bytes, holds braces or control characters,
/// or holds no digit: every number of the field has one, "crn" and "some_offender" do not. A value
/// that merely does not have its type's form is kept: the broker marks it unverified. Where one of
/// two different people cannot be named the whole message is set aside, not sent about the other.
[[nodiscard]] std::variant<People, Quarantined> FindPeople(std::string_view event_type,
                                                           const nlohmann::json& body,
                                                           Noticed& noticed);

}  // namespace tearline::adapters
