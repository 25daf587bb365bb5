#include "broker/machine/brought_in.h"

#include <cstddef>
#include <limits>

#include "broker/machine/case_row.h"
#include "broker/machine/glass.h"
#include "broker/machine/identity.h"
#include "broker/machine/judge.h"
#include "broker/machine/reach.h"
#include "broker/machine/rows.h"
#include "broker/machine/supervisor.h"
#include "broker/status/invariant.h"

namespace tearline::machine {

using state::Key;
using state::Table;

std::set<std::string> PostsOfPerson(const std::string& nominal_id, std::int64_t now_ms,
                                    const state::Reader& reader) {
  std::set<std::string> posts = PostsWithGlass(nominal_id, now_ms, reader);
  if (const auto row = CaseOfNominal(nominal_id, reader)) posts.merge(PostsOfCase(*row));
  posts.merge(SupervisorsWithoutCase(nominal_id, reader));
  return posts;
}

std::set<std::string> PeopleOfPost(const std::string& post, const state::Reader& reader) {
  constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();  // a post's
  std::set<std::string> people;
  const Key cases = Key(Table::kCaseOf).Name(post);
  for (const auto& [key, nothing] : reader.Scan(cases, kAll)) {
    const auto row = reader.See<stored::v1::CaseRow>(CaseKey(key.substr(cases.bytes().size())));
    TEARLINE_INVARIANT(row != nullptr, "a case that brings a post in is there");
    people.insert(NominalOf(*row));
  }
  const Key supervised = Key(Table::kSupervised).Name(post);
  for (const auto& [key, nothing] : reader.Scan(supervised, kAll)) {
    people.insert(key.substr(supervised.bytes().size()));
  }
  return people;
}

bool IsJudgedFor(const std::string& nominal_id, const std::string& post, std::int64_t now_ms,
                 const state::Reader& reader) {
  return PostsOfPerson(nominal_id, now_ms, reader).contains(post) ||
         StandsInForPerson(nominal_id, post, reader);
}

}  // namespace tearline::machine
