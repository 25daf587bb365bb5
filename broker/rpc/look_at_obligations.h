#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "broker/rpc/consult.h"
#include "broker/rpc/page_seal.h"
#include "broker/state/reader.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/stored/v1/row.pb.h"
#include "tearline/v1/audit_service.pb.h"
#include "tearline/v1/case_service.pb.h"

namespace tearline::rpc {

/// An obligation as whoever it concerns is shown it. `id` is 16 bytes.
[[nodiscard]] v1::Obligation ShowObligation(std::string_view id,
                                            const stored::v1::ObligationRow& row);

/// An obligation as far as a post may see it: whole, where it owes it, was told of it or is accountable
/// for it; where it is asked for its own events alone (asked.h), those; null of all others. `id` is 16
/// bytes.
[[nodiscard]] std::optional<v1::Obligation> ShowTo(const std::string& post, const std::string& id,
                                                   const stored::v1::ObligationRow& row,
                                                   const state::Reader& view);

/// Lists the obligations the acting post owes, was told of, is accountable for or is asked in, the
/// open ones first, each by id: it looks at these alone, whatever others owe. To an auditor all that
/// anybody owes, by nominal, then case, type, reason and debtor: it looks at what is open alone; then,
/// if asked for, what ended, by id. A page looks at kPageRowsMax rows, so it may hold fewer entries
/// than asked for although more follow; where it ended, `seal` keeps.
///
/// Refuses: PURPOSE_REQUIRED; FIELD_INVALID, LIMIT_PASSED for the page.
[[nodiscard]] Status LookAtObligations(const v1::ListObligationsRequest& request,
                                       const stored::v1::Actor& actor, const state::Reader& view,
                                       std::int64_t now_ms, const PageSeal& seal,
                                       v1::ListObligationsResponse& response);

/// The question that this list is, to be recorded: what an auditor is shown is what others owe.
/// Nothing for any other post, which sees its own.
[[nodiscard]] std::optional<Looked> WhatOthersOwe(const stored::v1::Actor& actor,
                                                  const state::Reader& view, std::int64_t now_ms);

/// Lists what was owed and withheld and is not settled: open obligations to sanitise or review, and
/// those to find out why judging failed, in order of due time. Looks at each of these, and of what else is
/// open about people at its key.
///
/// Refuses: as machine::CheckConsult; FIELD_INVALID, LIMIT_PASSED for the page.
[[nodiscard]] Result<Looked> LookAtWithheld(const v1::ListWithheldRequest& request,
                                            const stored::v1::Actor& actor,
                                            const state::Reader& view, std::int64_t now_ms,
                                            v1::ListWithheldResponse& response);

}  // namespace tearline::rpc
