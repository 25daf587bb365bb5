#include "broker/rpc/ask_about_case.h"

#include "broker/machine/audit_scope.h"
#include "broker/machine/case_row.h"
#include "broker/machine/rows.h"
#include "broker/machine/silence.h"
#include "broker/model/ids.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::rpc {

Result<Looked> AskAboutCase(const std::string& case_id, const stored::v1::Actor& actor,
                            const state::Reader& view, std::int64_t now_ms) {
  const auto row = view.Find<stored::v1::CaseRow>(machine::CaseKey(case_id));
  Looked looked;
  looked.consulted.set_kind(stored::v1::CONSULTATION_KIND_CASE);
  looked.consulted.set_case_id(case_id);
  looked.consulted.set_nominal_id(row ? machine::NominalOf(*row)
                                      : std::string(model::NominalId::kBytes, '\0'));
  const Status as_it_is = machine::CheckConsult(looked.consulted, actor, view);
  if (as_it_is.ok()) return looked;
  looked.consulted.set_kind(stored::v1::CONSULTATION_KIND_KNOWN_AT);
  looked.consulted.clear_case_id();
  looked.consulted.set_at_ms(now_ms);
  if (machine::CheckConsult(looked.consulted, actor, view).ok()) return looked;
  return as_it_is;
}

bool IsAuditors(const Looked& looked) {
  return looked.consulted.kind() == stored::v1::CONSULTATION_KIND_KNOWN_AT;
}

std::string EventIfTold(const std::string& event_id, const std::string& post,
                        const state::Reader& view) {
  if (event_id.empty() || !machine::KnowsOf(event_id, post, view)) return "";
  return model::EventId::FromBytes(event_id)->Text();
}

std::string EventIfNamed(const std::string& event_id, const Looked& looked,
                         const stored::v1::Actor& actor, const state::Reader& view) {
  if (!IsAuditors(looked)) return EventIfTold(event_id, actor.post(), view);
  const auto event = view.Find<stored::v1::EventRow>(machine::EventKey(event_id));
  if (!event || !machine::MayAskOfEvent(*event, actor, view)) return "";
  return model::EventId::FromBytes(event_id)->Text();
}

}  // namespace tearline::rpc
