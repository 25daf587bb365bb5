#include "broker/machine/capability.h"

#include "broker/machine/rows.h"
#include "broker/model/limits.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {
namespace {

state::Key AllWith(int capability) {
  return state::Key(state::Table::kCapable).U8(static_cast<std::uint8_t>(capability));
}

state::Key CapableKey(int capability, const std::string& post) {
  return AllWith(capability).Name(AgencyOfPost(post)).Name(post);
}

/// The last name of a key: all its names end in a zero byte.
std::string LastName(const std::string& key) {
  const std::size_t end = key.size() - 1;
  const std::size_t begin = key.rfind('\0', end - 1) + 1;
  return key.substr(begin, end - begin);
}

bool WorksThere(const std::string& post, const Where& where, const state::Reader& reader) {
  const auto row = reader.See<stored::v1::AgencyRow>(AgencyKey(AgencyOfPost(post)));
  if (!row || row->suspended()) return false;
  return !where.agency.empty() || row->agency().area().empty() ||
         row->agency().area() == where.area;
}

}  // namespace

Status CheckCapabilities(const v1::Post& post, const std::string& path) {
  if (post.capabilities_size() > model::kPostCapabilitiesMax) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED, "`" + path + ".capabilities` has at most 16");
  }
  std::set<int> seen;
  for (const int capability : post.capabilities()) {
    if (!v1::Capability_IsValid(capability) || capability == v1::CAPABILITY_UNSPECIFIED ||
        !seen.insert(capability).second) {
      return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                    "`" + path + ".capabilities` must be known capabilities, each once");
    }
  }
  return {};
}

void IndexCapabilities(const v1::Post& before, const v1::Post& after, Step& step) {
  for (const int capability : before.capabilities()) {
    step.batch.Erase(CapableKey(capability, after.post()));
  }
  for (const int capability : after.capabilities()) {
    step.batch.Put(CapableKey(capability, after.post()), "");
  }
}

Result<std::set<std::string>> PostsThatAnswerFor(v1::Capability capability, const Where& where,
                                                 const state::Reader& reader) {
  state::Key all = AllWith(capability);
  if (!where.agency.empty()) all = AllWith(capability).Name(where.agency);
  const auto found = reader.Scan(all, model::kCapablePostsLookedAtMax + 1);
  if (found.size() > model::kCapablePostsLookedAtMax) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED,
                  "`ask` must name an agency or posts: more than 4096 answer for this");
  }
  std::set<std::string> posts;
  for (const auto& [key, nothing] : found) {
    const std::string post = LastName(key);
    if (WorksThere(post, where, reader)) posts.insert(post);
  }
  return posts;
}

bool AnswersForSomething(const std::string& post, const state::Reader& reader) {
  bool found = false;
  for (int each = 1; each <= v1::Capability_MAX && !found; ++each) {
    found = reader.Get(CapableKey(each, post)).has_value();
  }
  return found && WorksThere(post, {AgencyOfPost(post), ""}, reader);
}

}  // namespace tearline::machine
