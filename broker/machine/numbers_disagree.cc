#include "broker/machine/numbers_disagree.h"

#include <algorithm>
#include <utility>

#include "broker/machine/identity.h"
#include "broker/machine/numbers.h"
#include "broker/machine/review_told.h"
#include "broker/machine/rows.h"

namespace tearline::machine {
namespace {

using stored::v1::IdentifierRow;
using stored::v1::NominalRow;

bool KnowsWhoseItIs(const IdentifierRow& row, const stored::v1::Publish& command,
                    const Step& step) {
  return row.asserted_by() == command.originating_agency() ||
         row.asserted_by() == step.actor.agency() ||
         IsWithPerson(row.nominal_id(), step.actor.post(), step.now_ms(), step.batch);
}

std::string TextOf(const std::string& nominal_id) {
  return model::NominalId::FromBytes(nominal_id)->Text();
}

bool IsRemembered(const NominalRow& row, const std::string& with) {
  const auto& known = row.disagreeing_ids();
  return std::find(known.begin(), known.end(), with) != known.end();
}

/// Remembers at `id` that it disagrees with `with`, unless there are too many.
void Remember(const std::string& id, const std::string& with, Step& step) {
  NominalRow row = *step.batch.See<NominalRow>(NominalKey(id));
  if (IsRemembered(row, with) || row.disagreeing_ids_size() >= kDisagreeingMax) return;
  row.add_disagreeing_ids(with);
  step.batch.PutRow(NominalKey(id), std::move(row));
}

}  // namespace

void NumbersGiven::Note(const IdentifierRow& first, const IdentifierRow& other,
                        const stored::v1::Publish& command, const Step& step) {
  if (step.header.behaviour_version < kDisagreementsSaidFrom ||
      first.nominal_id() == other.nominal_id()) {
    return;
  }
  // As the post knows who is one: from whom a merge is kept, to them the two are two.
  const std::string& post = step.actor.post();
  const bool are_two = NameFor(post, first.nominal_id(), step.batch) !=
                       NameFor(post, other.nominal_id(), step.batch);
  warned_ = warned_ || (are_two && KnowsWhoseItIs(first, command, step) &&
                        KnowsWhoseItIs(other, command, step));
  if (SurvivorOf(first.nominal_id(), step.batch) != SurvivorOf(other.nominal_id(), step.batch)) {
    found_.insert({first.nominal_id(), other.nominal_id()});
  }
}

void NumbersGiven::NoteOutOfItsTime(const IdentifierRow& taken) {
  out_of_their_time_.emplace(taken.nominal_id(), taken.asserted_by());
}

void NumbersGiven::HaveReviewed(bool imported, Step& step) const {
  // What nobody could be asked to review is asked again when it is given again.
  const auto is_reviewed = [&](const std::string& taken, const std::string& other) {
    return imported || IsRemembered(*step.batch.See<NominalRow>(NominalKey(taken)), other);
  };
  for (const auto& [taken, other] : found_) {
    step.AddChanged("numbers-disagree", TextOf(taken), TextOf(other));
    if (is_reviewed(taken, other) || !OpenReviewOfNumbers(taken, other, step)) continue;
    Remember(taken, other, step);
    Remember(other, taken, step);
  }
  for (const auto& [taken, asserted_by] : out_of_their_time_) {
    step.AddChanged("number-out-of-its-time", TextOf(taken));
    if (is_reviewed(taken, taken)) continue;
    if (OpenReviewOfNumberOutOfItsTime(taken, asserted_by, step)) Remember(taken, taken, step);
  }
}

void ForgetOutOfItsTime(const std::string& nominal_id, Step& step) {
  const auto known = step.batch.See<NominalRow>(NominalKey(nominal_id));
  if (!known || !IsRemembered(*known, nominal_id)) return;
  NominalRow row = *known;
  auto& ids = *row.mutable_disagreeing_ids();
  ids.erase(std::remove(ids.begin(), ids.end(), nominal_id), ids.end());
  step.batch.PutRow(NominalKey(nominal_id), std::move(row));
}

}  // namespace tearline::machine
