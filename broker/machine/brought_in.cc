#include "broker/machine/brought_in.h"

#include "broker/machine/glass.h"
#include "broker/machine/identity.h"
#include "broker/machine/judge.h"
#include "broker/machine/reach.h"
#include "broker/machine/supervisor.h"

namespace tearline::machine {

std::set<std::string> PostsOfPerson(const std::string& nominal_id, std::int64_t now_ms,
                                    const state::Reader& reader) {
  std::set<std::string> posts = PostsWithGlass(nominal_id, now_ms, reader);
  if (const auto row = CaseOfNominal(nominal_id, reader)) posts.merge(PostsOfCase(*row));
  posts.merge(SupervisorsWithoutCase(nominal_id, reader));
  return posts;
}

bool IsJudgedFor(const std::string& nominal_id, const std::string& post, std::int64_t now_ms,
                 const state::Reader& reader) {
  return PostsOfPerson(nominal_id, now_ms, reader).contains(post) ||
         StandsInForPerson(nominal_id, post, reader);
}

}  // namespace tearline::machine
