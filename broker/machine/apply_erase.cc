#include <limits>
#include <string>
#include <vector>

#include "broker/machine/apply.h"
#include "broker/machine/composite.h"
#include "broker/machine/erased_reads.h"
#include "broker/machine/identity.h"
#include "broker/machine/obligation.h"
#include "broker/machine/obligation_row.h"
#include "broker/machine/rows.h"
#include "broker/machine/subject_key.h"
#include "broker/machine/tell_originators.h"
#include "broker/model/limits.h"
#include "broker/model/utf8.h"

namespace tearline::machine {
namespace {

/// As many keys as sealed something about one person, a few for each quarter of a year, and as many
/// obligations as are open about them.
constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

/// The keys of a nominal that stand.
std::vector<std::string> KeysOf(const std::string& nominal_id, const state::Reader& reader) {
  std::vector<std::string> ids;
  const state::Key owned = state::Key(state::Table::kSubjectKeyOf).Fixed(nominal_id);
  for (const auto& [key, nothing] : reader.Scan(owned, kAll)) {
    ids.push_back(key.substr(key.size() - model::SubjectKeyId::kBytes));
  }
  return ids;
}

Status CheckLost(const stored::v1::AcceptLostKeys& command, const Step& step) {
  const auto count = static_cast<std::size_t>(command.subject_key_ids_size());
  if (count == 0 || count > model::kLostKeysMax) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED,
                  "one record says of 1 to 1,024 keys that they are lost");
  }
  if (command.because().size() > model::kBecauseBytesMax || !model::IsUtf8(command.because()) ||
      command.second_by().size() > model::kOnBehalfOfBytesMax ||
      !model::IsUtf8(command.second_by())) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                  "`because` and `second_by` must be UTF-8 and within their lengths");
  }
  if (command.second_by().empty() || command.second_by() == step.actor.on_behalf_of_user()) {
    return Refuse(v1::ERROR_REASON_SECOND_HAND_REQUIRED,
                  "a second person must have looked, too, and be named");
  }
  for (const std::string& id : command.subject_key_ids()) {
    const auto row = step.batch.Find<stored::v1::SubjectKeyRow>(SubjectKeyKey(id));
    if (!row) return Refuse(v1::ERROR_REASON_NOT_FOUND, "a key that is lost must have been known");
  }
  return {};
}

}  // namespace

Status ApplyEraseNominal(const stored::v1::EraseNominal& command, Step& step) {
  const std::string& nominal_id = command.nominal_id();
  if (!step.batch.Get(NominalKey(nominal_id))) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND, "no such nominal");
  }
  const std::vector<std::string> ids = SamePerson(nominal_id, step.batch);
  std::vector<std::string> keys;
  for (const std::string& id : ids) {
    const std::vector<std::string> its = KeysOf(id, step.batch);
    keys.insert(keys.end(), its.begin(), its.end());
  }
  if (keys.empty()) {
    return Refuse(v1::ERROR_REASON_WRONG_STATE,
                  "nothing about this nominal can be opened: all of it was erased before");
  }

  for (const std::string& key : keys) EraseKey(key, step);
  step.AddChanged("nominal-erased", model::NominalId::FromBytes(nominal_id)->Text(),
                  std::to_string(keys.size()));
  // What is gone can be told to nobody any more, and nobody can be chased for it.
  for (const std::string& each : ids) {
    for (const auto& [key, id] : step.batch.Scan(OpenAbout(each), kAll)) {
      End(id, stored::v1::DISCHARGE_METHOD_OVERTAKEN, step);
    }
    if (step.header.behaviour_version >= kErasedReadsEndFrom) EndErasedReads(each, step);
    TellOriginatorsOfErasure(each, step);
    EndComposites(each, step);
  }
  step.applied.telling_changed = true;
  return {};
}

Status ApplyAcceptLostKeys(const stored::v1::AcceptLostKeys& command, Step& step) {
  TEARLINE_RETURN_IF_REFUSED(CheckLost(command, step));
  for (const std::string& id : command.subject_key_ids()) EraseKey(id, step);
  step.AddChanged("keys-lost", std::to_string(command.subject_key_ids_size()), command.because());
  step.AddChanged("keys-lost-seen-by", command.second_by());
  step.applied.telling_changed = true;
  return {};
}

}  // namespace tearline::machine
