#include "broker/machine/apply.h"
#include "broker/machine/obligation.h"
#include "broker/machine/obligation_row.h"
#include "broker/machine/rows.h"
#include "broker/model/limits.h"

namespace tearline::machine {
namespace {

/// Posts looked through for an operator's.
constexpr std::size_t kPostsMax = 100'000;
constexpr policy::OpenedObligation kWitnessesMissing = {v1::OBLIGATION_TYPE_WITNESSES_MISSING,
                                                        4 * kHourMs, 24 * kHourMs};

/// The post that must see to it: the one that is named, if there is such a one, else the first
/// operator's in order of name; "" if there is none.
std::string Debtor(const std::string& named, const state::Reader& reader) {
  if (!named.empty() && reader.Get(PostKey(named))) return named;
  for (const auto& [key, bytes] : reader.Scan(state::Key(state::Table::kPost), kPostsMax)) {
    stored::v1::PostRow row;
    if (!row.ParseFromString(bytes)) continue;
    for (const int role : row.post().roles()) {
      if (role == v1::POST_ROLE_OPERATOR) return row.post().post();
    }
  }
  return {};
}

bool IsOpen(const std::string& obligation_id, const state::Reader& reader) {
  if (obligation_id.empty()) return false;
  const auto row = reader.Find<stored::v1::ObligationRow>(ObligationKey(obligation_id));
  return row && row->ended_ms() == 0;
}

/// Opens what follows when too few witnesses cosign the audit log; `debtor` must see to it. Returns
/// its id.
std::string OpenMissing(const std::string& debtor, Step& step) {
  stored::v1::ObligationRow row;
  row.set_type(v1::OBLIGATION_TYPE_WITNESSES_MISSING);
  row.set_reason(v1::RULE_REASON_TOO_FEW_WITNESSES);
  row.set_debtor_post(debtor);
  const state::Key open_key = OpenKey(row);
  OpenOrJoin(std::move(row), kWitnessesMissing, step);
  return *step.batch.Get(open_key);
}

}  // namespace

Status ApplyNoteWitnesses(const stored::v1::NoteWitnesses& command, Step& step) {
  if (command.missing_size() > static_cast<int>(model::kWitnessesMax)) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED, "`missing` must be at most 16 names");
  }

  stored::v1::WitnessesDetail& detail = *step.AddDetail().mutable_witnesses();
  detail.set_needed(command.needed());
  detail.set_answered(command.answered());
  detail.set_cosigned_size(command.cosigned_size());
  *detail.mutable_missing() = command.missing();
  const std::string open_id = step.ledger.witness_obligation_id();
  const bool is_open = IsOpen(open_id, step.batch);
  if (command.answered() >= command.needed()) {
    if (is_open) End(open_id, stored::v1::DISCHARGE_METHOD_UNSPECIFIED, step);
    step.ledger.clear_witness_obligation_id();
  } else if (!is_open) {
    const std::string debtor = Debtor(command.post(), step.batch);
    if (!debtor.empty()) {
      step.ledger.set_witness_obligation_id(OpenMissing(debtor, step));
    }
  }
  return {};
}

}  // namespace tearline::machine
