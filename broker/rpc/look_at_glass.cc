#include "broker/rpc/look_at_glass.h"

#include <google/protobuf/util/time_util.h>

#include <string>

#include "broker/machine/audit_scope.h"
#include "broker/machine/rows.h"
#include "broker/model/ids.h"
#include "broker/rpc/form.h"
#include "broker/rpc/server_limits.h"
#include "broker/status/invariant.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::rpc {
namespace {

using google::protobuf::util::TimeUtil;
using stored::v1::GlassRow;

constexpr int kUsesOfPageMax = 256;

v1::BreakGlassUse Shown(const std::string& id, const GlassRow& row) {
  const stored::v1::Actor& author = row.author();
  v1::BreakGlassUse shown;
  shown.set_break_glass_id(id);
  shown.set_nominal_id(model::NominalId::FromBytes(row.nominal_id())->Text());
  shown.set_post(author.post());
  shown.set_person(author.on_behalf_of_user().empty() ? author.member()
                                                      : author.on_behalf_of_user());
  shown.set_reason(row.reason());
  shown.set_because(row.because());
  *shown.mutable_from() = TimeUtil::MillisecondsToTimestamp(row.from_ms());
  *shown.mutable_until() = TimeUtil::MillisecondsToTimestamp(row.until_ms());
  shown.set_finding(row.finding());
  shown.set_reviewed_by(row.reviewed_by().post());
  if (row.reviewed_ms() != 0) {
    *shown.mutable_reviewed_at() = TimeUtil::MillisecondsToTimestamp(row.reviewed_ms());
  }
  return shown;
}

}  // namespace

Result<Looked> LookAtGlass(const v1::ListBreakGlassRequest& request, const stored::v1::Actor& actor,
                           const state::Reader& view, v1::ListBreakGlassResponse& response) {
  Looked looked;
  looked.consulted.set_kind(stored::v1::CONSULTATION_KIND_BREAK_GLASS);
  TEARLINE_RETURN_IF_REFUSED(machine::CheckConsult(looked.consulted, actor, view));
  std::string after;
  if (!request.after_break_glass_id().empty()) {
    const auto id = ReadId<model::GlassId>(request.after_break_glass_id(), "after_break_glass_id");
    if (!id.ok()) return id.status();
    after = id->Bytes();
  }
  const state::Key from = state::Key(state::Table::kGlass).Fixed(after);

  std::size_t looked_at = 0;
  std::string last;
  for (const auto& [key, bytes] :
       view.Scan(state::Key(state::Table::kGlass), from, kPageRowsMax + 2)) {
    const std::string id = key.substr(1);
    if (id == after) continue;
    if (++looked_at > kPageRowsMax || response.uses_size() == kUsesOfPageMax) {
      response.set_after_break_glass_id(last);
      break;
    }
    GlassRow row;
    TEARLINE_INVARIANT(row.ParseFromString(bytes), "a break-glass row parses");
    last = model::GlassId::FromBytes(id)->Text();
    if (!machine::MayAskOfNominal(row.nominal_id(), actor, view)) continue;
    if (request.reviewed_too() || row.reviewed_ms() == 0) {
      *response.add_uses() = Shown(last, row);
    }
  }
  return looked;
}

}  // namespace tearline::rpc
