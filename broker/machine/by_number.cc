#include "broker/machine/by_number.h"

#include <string>
#include <utility>

#include "broker/machine/consultation.h"
#include "broker/machine/identifiers.h"
#include "broker/machine/identity.h"
#include "broker/machine/quota.h"
#include "broker/machine/rows.h"

namespace tearline::machine {
namespace {

using stored::v1::NominalRow;
using stored::v1::StoredIdentifier;

Result<Looked> OwnersOf(const StoredIdentifier& one, const StoredIdentifier& other, Step& step) {
  TEARLINE_RETURN_IF_REFUSED(CheckIdentifier(one));
  TEARLINE_RETURN_IF_REFUSED(CheckIdentifier(other));
  TEARLINE_RETURN_IF_REFUSED(AskAbout(QuotaKind::kResolve, 2, step));
  Result<std::string> removed = OwnerOf(one, step.batch);
  if (!removed.ok()) return removed.status();
  Result<std::string> surviving = OwnerOf(other, step.batch);
  if (!surviving.ok()) return surviving.status();
  return Looked{*std::move(removed), *std::move(surviving)};
}

bool IsProvisional(const std::string& nominal_id, const Step& step) {
  return step.batch.See<NominalRow>(NominalKey(nominal_id))->provisional();
}

}  // namespace

Result<std::string> OwnerOf(const StoredIdentifier& identifier, const state::Reader& reader) {
  const auto row =
      reader.See<stored::v1::IdentifierRow>(IdentifierKey(identifier.type(), identifier.index()));
  if (row == nullptr) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND, "nobody here has one of the two numbers");
  }
  return row->nominal_id();
}

void IndexLooks(const Looked& looked, Step& step) {
  IndexLook(looked.removed, step);
  IndexLook(looked.surviving, step);
}

Status NameByNumber(stored::v1::MergeNominals& command, Looked& looked, Step& step) {
  Result<Looked> two = OwnersOf(command.removed(), command.surviving(), step);
  if (!two.ok()) return two.status();
  looked = *two;
  std::string removed = NameFor(step.actor.post(), two->removed, step.batch);
  std::string surviving = NameFor(step.actor.post(), two->surviving, step.batch);
  if (removed == surviving) {
    return Refuse(v1::ERROR_REASON_ALREADY_EXISTS, "the two are one person already");
  }
  if (IsProvisional(surviving, step) && !IsProvisional(removed, step)) removed.swap(surviving);
  command.Clear();
  command.set_removed_id(removed);
  command.set_surviving_id(surviving);
  return {};
}

Status NameByNumber(stored::v1::UnmergeNominals& command, Looked& looked, Step& step) {
  Result<Looked> two = OwnersOf(command.removed(), command.surviving(), step);
  if (!two.ok()) return two.status();
  looked = *two;
  // Into the other itself; or by way of others, of whom the one was merged into the first.
  const auto was_merged = [&step](const std::string& one, const std::string& into) {
    const bool by_way = step.header.behaviour_version >= kPartedByWayFrom;
    std::string id = step.batch.See<NominalRow>(NominalKey(one))->surviving_id();
    while (by_way && !id.empty() && id != into) {
      id = step.batch.See<NominalRow>(NominalKey(id))->surviving_id();
    }
    return id == into;
  };
  const bool as_said = was_merged(two->removed, two->surviving);
  if (!as_said && !was_merged(two->surviving, two->removed)) {
    return Refuse(v1::ERROR_REASON_WRONG_STATE,
                  "one of the two must have been merged into the other");
  }
  command.Clear();
  command.set_removed_id(as_said ? two->removed : two->surviving);
  return {};
}

Status NameByNumber(stored::v1::MoveBooking& command, Looked& looked, Step& step) {
  Result<Looked> two = OwnersOf(command.from(), command.to(), step);
  if (!two.ok()) return two.status();
  looked = *two;
  command.clear_from();
  command.clear_to();
  command.set_from_id(two->removed);
  command.set_to_id(two->surviving);
  return {};
}

}  // namespace tearline::machine
