#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "broker/state/reader.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::rpc {

/// A case as the last record up to `at_ms`, in ms since 1970, left it; nothing if there was none.
/// The id is 16 bytes.
[[nodiscard]] std::optional<stored::v1::CaseRow> CaseThen(const std::string& case_id,
                                                          std::int64_t at_ms,
                                                          const state::Reader& view);

/// The id, 16 bytes, of the case the nominal had at that time, in ms: the first that ended later,
/// else the one that is open; "" if there is none. Whether it had been opened by then, its rows
/// say.
[[nodiscard]] std::string CaseIdThen(const std::string& nominal_id, std::int64_t at_ms,
                                     const state::Reader& view);

}  // namespace tearline::rpc
