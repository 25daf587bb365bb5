#include "broker/machine/supervisor.h"

#include <algorithm>
#include <vector>

#include "broker/machine/case_row.h"
#include "broker/machine/identity.h"
#include "broker/machine/rows.h"

namespace tearline::machine {
namespace {

/// The case's supervising post; "" if there is no case, or it names none.
std::string SupervisorByCase(const std::string& nominal_id, const state::Reader& reader) {
  const auto its_case = CaseOfNominal(nominal_id, reader);
  return its_case ? its_case->case_().supervising_post() : std::string();
}

/// Those named for the person, the one of the nominal it goes by first.
std::vector<std::string> Named(const std::string& nominal_id, const state::Reader& reader) {
  std::vector<std::string> posts;
  for (const std::string& id : SamePerson(nominal_id, reader)) {
    const auto nominal = reader.See<stored::v1::NominalRow>(NominalKey(id));
    if (nominal && !nominal->supervising_post().empty()) {
      posts.push_back(nominal->supervising_post());
    }
  }
  return posts;
}

}  // namespace

std::string SupervisorOf(const std::string& nominal_id, const state::Reader& reader) {
  const std::string by_case = SupervisorByCase(nominal_id, reader);
  if (!by_case.empty()) return by_case;
  const std::vector<std::string> named = Named(nominal_id, reader);
  return named.empty() ? std::string() : named.front();
}

std::set<std::string> SupervisorsWithoutCase(const std::string& nominal_id,
                                             const state::Reader& reader) {
  if (!SupervisorByCase(nominal_id, reader).empty()) return {};
  return SupervisorsNamed(nominal_id, reader);
}

std::set<std::string> SupervisorsNamed(const std::string& nominal_id, const state::Reader& reader) {
  const std::vector<std::string> named = Named(nominal_id, reader);
  return {named.begin(), named.end()};
}

std::set<std::string> SupervisorsIfParted(const std::string& removed_id,
                                          const state::Reader& reader) {
  const auto its_case = CaseOfNominal(removed_id, reader);
  if (!its_case || its_case->case_().supervising_post().empty()) return {};
  const std::vector<std::string> goes = GoesWith(removed_id, reader);
  const auto leaves = [&goes](const std::string& id) {
    return std::find(goes.begin(), goes.end(), id) != goes.end();
  };
  const bool case_leaves = leaves(NominalOf(*its_case));
  std::set<std::string> posts;
  for (const std::string& id : SamePerson(removed_id, reader)) {
    const auto nominal = reader.See<stored::v1::NominalRow>(NominalKey(id));
    if (nominal && leaves(id) != case_leaves) posts.insert(nominal->supervising_post());
  }
  posts.erase("");
  posts.erase(its_case->case_().supervising_post());
  return posts;
}

bool SupervisesWithoutCase(const std::string& post, const std::string& nominal_id,
                           const state::Reader& reader) {
  return SupervisorsWithoutCase(nominal_id, reader).contains(post);
}

}  // namespace tearline::machine
