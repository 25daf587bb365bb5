#pragma once

#include <span>
#include <string>
#include <vector>

#include "broker/machine/step.h"
#include "broker/state/reader.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/v1/directory.pb.h"

namespace tearline::machine {

/// Who may ask for a command at all. What it is about is judged by the command itself.
enum class Who {
  kBroker,        ///< Only the broker itself.
  kRole,          ///< A member acting for a post of its agency that has one of the roles.
  kBrokerOrRole,  ///< Either.
  kAnyPost,       ///< A member acting for any post of its agency.
};

/// One row of the permission table. No row: refused (P10).
struct Permission {
  stored::v1::CommandNumber command;
  Who who;
  std::vector<v1::PostRole> roles;
  bool purpose_required = false;
};

/// The table, in order of command number.
[[nodiscard]] std::span<const Permission> PermissionTable();

/// Whether the actor may ask for the command: agency and member known and in good standing, the
/// post theirs, its roles enough.
///
/// Refuses: UNKNOWN_PRINCIPAL, SUSPENDED, NOT_YOUR_POST, NOT_PERMITTED, PURPOSE_REQUIRED.
[[nodiscard]] Status CheckPermission(stored::v1::CommandNumber command,
                                     const stored::v1::Actor& actor, const state::Reader& reader);

/// A command's name in words, "seat-post"; of numbers that are in the table.
[[nodiscard]] std::string WordOf(stored::v1::CommandNumber command);

/// Whether the actor is the broker itself: no certificate can say so.
[[nodiscard]] bool IsBroker(const stored::v1::Actor& actor);

/// Whether the post the actor acts for has `role`.
[[nodiscard]] bool HasRole(const stored::v1::Actor& actor, v1::PostRole role,
                           const state::Reader& reader);

[[nodiscard]] bool HasRole(const v1::Post& post, v1::PostRole role);

/// Whether `member` holds, deputises or serves `post`.
[[nodiscard]] bool ActsFor(const v1::Post& post, const std::string& member);

}  // namespace tearline::machine
