#include "broker/rpc/case_then.h"

#include "broker/machine/rows.h"
#include "broker/rpc/event_trail.h"
#include "broker/state/each_row.h"
#include "broker/status/invariant.h"

namespace tearline::rpc {

std::optional<stored::v1::CaseRow> CaseThen(const std::string& case_id, std::int64_t at_ms,
                                            const state::Reader& view) {
  std::optional<stored::v1::CaseRow> then;
  state::ForEachRow(view, machine::CaseAtKey(case_id), [&](const auto& key, const auto& bytes) {
    if (StampOf(state::ReadBigEndian(key, key.size() - 8, 8), view) > at_ms) return false;
    TEARLINE_INVARIANT(then.emplace().ParseFromString(bytes), "a case row parses");
    return true;
  });
  return then;
}

}  // namespace tearline::rpc
