#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "clients/adapters/noticed.h"
#include "clients/adapters/outcome.h"
#include "nlohmann/json.hpp"
#include "tearline/v1/nominal.pb.h"

namespace tearline::adapters {

/// One person, under every number that a message gives.
struct Person {
  /// 1 to kAlsoKnownByMax + 1, of different types; values as written.
  std::vector<v1::Identifier> identifiers;
};

/// Whom a message is about.
struct People {
  std::vector<Person> persons;  ///< At most kNominalsMax; no number is given twice.
  std::optional<IdentityChange> identity_change;
};

/// Finds whom `body` is about: `personReference.identifiers`, and the members of
/// `additionalInformation` that name a person; of a merge, un-merge or moved booking only the
/// latter, the survivor first, each under one number; and when the booking began, if it says so.
/// One that says it in no form that reads is set aside.
///
/// Numbers of different types are taken for one person's, the first. A person apart is named by a
/// second number of a type, and by a member that means somebody else, such as `nsPrisonerNumber2`.
///
/// A value names nobody if it is blank, longer than 64 bytes, holds braces or control characters,
/// or holds no digit: every number of the field has one, "crn" and "some_offender" do not. A value
/// that merely does not have its type's form is kept: the broker marks it unverified. Where one of
/// two different people cannot be named the whole message is set aside, not sent about the other.
[[nodiscard]] std::variant<People, Quarantined> FindPeople(std::string_view event_type,
                                                           const nlohmann::json& body,
                                                           Noticed& noticed);

}  // namespace tearline::adapters
