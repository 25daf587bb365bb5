#include "broker/rpc/case_then.h"

#include "broker/machine/case_row.h"
#include "broker/machine/rows.h"
#include "broker/machine/since.h"
#include "broker/model/ids.h"
#include "broker/state/each_row.h"
#include "broker/status/invariant.h"

namespace tearline::rpc {

std::optional<stored::v1::CaseRow> CaseThen(const std::string& case_id, std::int64_t at_ms,
                                            const state::Reader& view) {
  std::optional<stored::v1::CaseRow> then;
  state::ForEachRow(view, machine::CaseAtKey(case_id), [&](const auto& key, const auto& bytes) {
    if (machine::StampOf(state::ReadBigEndian(key, key.size() - 8, 8), view) > at_ms) return false;
    TEARLINE_INVARIANT(then.emplace().ParseFromString(bytes), "a case row parses");
    return true;
  });
  return then;
}

std::string CaseIdThen(const std::string& nominal_id, std::int64_t at_ms,
                       const state::Reader& view) {
  std::string id;
  state::ForEachRow(view, machine::EndedCasesOf(nominal_id), [&](const auto&, const auto& bytes) {
    stored::v1::CaseRow row;
    TEARLINE_INVARIANT(row.ParseFromString(bytes), "a case row parses");
    if (row.ended_ms() > at_ms) id = model::CaseId::Parse(row.case_().case_id())->Bytes();
    return id.empty();
  });
  if (!id.empty()) return id;
  const auto nominal = view.Find<stored::v1::NominalRow>(machine::NominalKey(nominal_id));
  return nominal ? nominal->case_id() : "";
}

}  // namespace tearline::rpc
