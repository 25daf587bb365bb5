#include "broker/rpc/look_at_nominal.h"

#include <google/protobuf/util/time_util.h>

#include <string>

#include "broker/machine/identity.h"
#include "broker/machine/numbers.h"
#include "broker/machine/rows.h"
#include "broker/model/ids.h"
#include "broker/rpc/form.h"
#include "broker/sequencer/identifier_index.h"
#include "broker/sequencer/open_identifier.h"

namespace tearline::rpc {
namespace {

using google::protobuf::util::TimeUtil;

std::string TextOf(const std::string& nominal_id) {
  return model::NominalId::FromBytes(nominal_id)->Text();
}

/// All that lies in the clear.
v1::ShownIdentifier Shown(const machine::Number& number, const stored::v1::Actor& actor,
                          const sequencer::Workbench& bench) {
  const stored::v1::IdentifierRow& row = number.row;
  v1::ShownIdentifier shown;
  shown.set_type(number.type);
  shown.set_status(machine::StatusOf(row));
  if (machine::MayKnowSource(row, actor, bench.now_ms, bench.view)) {
    shown.set_asserted_by(row.asserted_by());
  }
  const auto at = [](std::int64_t ms) { return TimeUtil::MillisecondsToTimestamp(ms); };
  if (row.has_valid_from_ms()) *shown.mutable_valid_from() = at(row.valid_from_ms());
  if (row.has_valid_until_ms()) *shown.mutable_valid_until() = at(row.valid_until_ms());
  if (row.read_ms() != 0) *shown.mutable_read_at() = at(row.read_ms());
  *shown.mutable_notes() = row.notes();
  shown.set_because(row.because());
  if (row.corrected_ms() != 0) *shown.mutable_corrected_at() = at(row.corrected_ms());
  shown.set_nominal_id(TextOf(number.nominal_id));
  return shown;
}

}  // namespace

Result<Looked> LookAtNominal(const v1::ShowNominalRequest& request, const stored::v1::Actor& actor,
                             const sequencer::Workbench& bench,
                             v1::ShowNominalResponse& response) {
  const auto id = ReadId<model::NominalId>(request.nominal_id(), "nominal_id");
  if (!id.ok()) return id.status();
  Looked looked;
  looked.consulted.set_kind(stored::v1::CONSULTATION_KIND_NOMINAL);
  looked.consulted.set_nominal_id(id->Bytes());
  TEARLINE_RETURN_IF_REFUSED(machine::CheckConsult(looked.consulted, actor, bench.view));

  const Result<model::LedgerId> ledger_id = sequencer::LedgerIdOf(bench);
  if (!ledger_id.ok()) return ledger_id.status();
  response.set_nominal_id(TextOf(machine::NameFor(actor.post(), id->Bytes(), bench.view)));
  const auto row = bench.view.See<stored::v1::NominalRow>(machine::NominalKey(id->Bytes()));
  response.set_provisional(row->provisional());
  for (const machine::Number& number :
       machine::NumbersFor(id->Bytes(), actor, bench.now_ms, bench.view)) {
    const auto opened = sequencer::OpenIdentifier(number, *ledger_id, bench);
    if (!opened.ok()) return opened.status();
    v1::ShownIdentifier& shown = *response.add_identifiers();
    shown = Shown(number, actor, bench);
    shown.set_erased(!opened->has_value());
    if (!opened->has_value()) continue;
    shown.set_value((*opened)->raw());
    shown.set_canonical((*opened)->canonical());
  }
  for (const std::string& other :
       machine::DisagreeingFor(id->Bytes(), actor.post(), bench.view)) {
    response.add_disagreeing_with(TextOf(other));
  }
  return looked;
}

}  // namespace tearline::rpc
