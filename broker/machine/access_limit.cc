#include "broker/machine/access_limit.h"

#include <google/protobuf/repeated_field.h>

#include <algorithm>

#include "broker/machine/rows.h"
#include "broker/policy/facts.h"

namespace tearline::machine {
namespace {

using Names = google::protobuf::RepeatedPtrField<std::string>;

bool Has(const Names& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Whether some name of `from` that is of `agency` is missing in `in`.
bool Misses(const std::string& agency, const Names& from, const Names& in) {
  return std::any_of(from.begin(), from.end(), [&](const std::string& name) {
    return AgencyOfPost(name) == agency && !Has(in, name);
  });
}

}  // namespace

bool IsLimited(const stored::v1::NominalRow& nominal) {
  return !nominal.excluded().empty() || !nominal.only().empty();
}

bool IsKeptOut(const std::string& post, const stored::v1::NominalRow& nominal) {
  return policy::IsKeptOut(post, nominal.excluded(), nominal.only());
}

bool IsInConflict(const std::string& post, const stored::v1::NominalRow& nominal) {
  return Has(nominal.in_conflict(), post);
}

bool LetsSeeMore(const std::string& agency, const stored::v1::NominalRow& before,
                 const stored::v1::NominalRow& after) {
  if (Misses(agency, before.excluded(), after.excluded())) return true;
  if (before.only().empty()) return false;
  return after.only().empty() || Misses(agency, after.only(), before.only());
}

}  // namespace tearline::machine
