#include "broker/machine/by_number.h"

#include <string>

#include "broker/machine/identifiers.h"
#include "broker/machine/identity.h"
#include "broker/machine/quota.h"
#include "broker/machine/rows.h"

namespace tearline::machine {
namespace {

using stored::v1::NominalRow;
using stored::v1::StoredIdentifier;

/// Whose the two numbers are.
struct Two {
  std::string removed;
  std::string surviving;
};

Result<std::string> OwnerOf(const StoredIdentifier& identifier, const Step& step) {
  const auto row = step.batch.See<stored::v1::IdentifierRow>(
      IdentifierKey(identifier.type(), identifier.index()));
  if (row == nullptr) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND, "nobody here has one of the two numbers");
  }
  return row->nominal_id();
}

template <typename Command>
Result<Two> OwnersOf(const Command& command, Step& step) {
  TEARLINE_RETURN_IF_REFUSED(CheckIdentifier(command.removed()));
  TEARLINE_RETURN_IF_REFUSED(CheckIdentifier(command.surviving()));
  TEARLINE_RETURN_IF_REFUSED(AskAbout(QuotaKind::kResolve, 2, step));
  Result<std::string> removed = OwnerOf(command.removed(), step);
  if (!removed.ok()) return removed.status();
  Result<std::string> surviving = OwnerOf(command.surviving(), step);
  if (!surviving.ok()) return surviving.status();
  return Two{*std::move(removed), *std::move(surviving)};
}

bool IsProvisional(const std::string& nominal_id, const Step& step) {
  return step.batch.See<NominalRow>(NominalKey(nominal_id))->provisional();
}

}  // namespace

Status NameByNumber(stored::v1::MergeNominals& command, Step& step) {
  Result<Two> two = OwnersOf(command, step);
  if (!two.ok()) return two.status();
  std::string removed = SurvivorOf(two->removed, step.batch);
  std::string surviving = SurvivorOf(two->surviving, step.batch);
  if (removed == surviving) {
    return Refuse(v1::ERROR_REASON_ALREADY_EXISTS, "the two are one person already");
  }
  if (IsProvisional(surviving, step) && !IsProvisional(removed, step)) removed.swap(surviving);
  command.Clear();
  command.set_removed_id(removed);
  command.set_surviving_id(surviving);
  return {};
}

Status NameByNumber(stored::v1::UnmergeNominals& command, Step& step) {
  Result<Two> two = OwnersOf(command, step);
  if (!two.ok()) return two.status();
  const auto was_merged = [&step](const std::string& one, const std::string& into) {
    return step.batch.See<NominalRow>(NominalKey(one))->surviving_id() == into;
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

}  // namespace tearline::machine
