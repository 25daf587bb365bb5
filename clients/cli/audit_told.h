#pragma once

#include <CLI/App.hpp>

#include "clients/cli/invocation.h"
#include "clients/cli/output.h"
#include "tearline/v1/audit_service.pb.h"

namespace tearline::cli {

/// `tearline audit who-was-told`.
void AddWhoWasTold(CLI::App& noun, Invocation& invocation);

/// What posts were told, one a row: what was decided, what they were given, and when.
[[nodiscard]] Table ToldTable();
void AddTold(const v1::ToldRow& row, Table& table);

}  // namespace tearline::cli
