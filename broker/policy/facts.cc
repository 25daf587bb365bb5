#include "broker/policy/facts.h"

#include <algorithm>

namespace tearline::policy {
namespace {

using Names = google::protobuf::RepeatedPtrField<std::string>;

/// A list names a post by itself or by its agency.
bool Covers(const Names& names, const std::string& post) {
  const std::string agency = post.substr(0, post.find('/'));
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& name) { return name == post || name == agency; });
}

}  // namespace

bool IsKeptOut(const std::string& post, const Names& excluded, const Names& only) {
  return Covers(excluded, post) || (!only.empty() && !Covers(only, post));
}

NominalFacts StandingIn(const v1::Case& its_case, const std::string& post) {
  NominalFacts facts;
  facts.has_case = true;
  facts.category = its_case.category();  // "not known" among them: policy tells it from "none"
  facts.level = its_case.level();
  facts.lead_agency = its_case.lead_agency();
  facts.area = its_case.area();
  facts.accountable_officer = its_case.accountable_post() == post;
  facts.supervising = its_case.supervising_post() == post;
  for (const v1::Seat& seat : its_case.seats()) {
    if (seat.post() == post) facts.seat = seat.kind();
  }
  for (const v1::CasePost& named : its_case.named_posts()) {
    if (named.post() == post) facts.functions.push_back(named.function());
  }
  return facts;
}

}  // namespace tearline::policy
