#include "broker/model/dominating_label.h"

#include <google/protobuf/repeated_field.h>

#include <algorithm>
#include <set>
#include <string>

#include "broker/status/invariant.h"

namespace tearline::model {
namespace {

using Values = google::protobuf::RepeatedField<int>;
using Posts = google::protobuf::RepeatedPtrField<std::string>;

void Unite(const Values& a, const Values& b, Values& united) {
  std::set<int> all(a.begin(), a.end());
  all.insert(b.begin(), b.end());
  united.Clear();
  for (const int value : all) united.Add(value);
}

/// Of two codes with "none" the one that is said; of two that are said the stricter. A1 is the
/// strictest action, and the lowest number.
v1::ActionCode Stricter(v1::ActionCode a, v1::ActionCode b) {
  if (a == v1::ACTION_CODE_UNSPECIFIED || b == v1::ACTION_CODE_UNSPECIFIED) return std::max(a, b);
  return std::min(a, b);
}

/// The handlings of 5x5x5 are audiences, none within another: where they differ, what is left is
/// the originating agency alone.
v1::FiveByFiveHandling Narrower(v1::FiveByFiveHandling a, v1::FiveByFiveHandling b) {
  if (a == b || b == v1::FIVE_BY_FIVE_HANDLING_UNSPECIFIED) return a;
  return a == v1::FIVE_BY_FIVE_HANDLING_UNSPECIFIED ? b : v1::FIVE_BY_FIVE_HANDLING_WITHIN_AGENCY;
}

v1::Grading ByFiveByFive(const v1::Grading& a, const v1::Grading& b) {
  v1::Grading joined;
  v1::FiveByFiveGrade& grade = *joined.mutable_five_by_five();
  const v1::FiveByFiveGrade& one = a.five_by_five();
  const v1::FiveByFiveGrade& other = b.five_by_five();
  grade.set_source(std::max(one.source(), other.source()));
  grade.set_information(std::max(one.information(), other.information()));
  grade.set_handling(Narrower(one.handling(), other.handling()));
  return joined;
}

/// Posts to which both are released. What nobody controls is released to all.
void Release(const v1::Label& a, const v1::Label& b, Posts& released) {
  std::set<std::string> left;
  const auto& of_a = a.released_to_posts();
  const auto& of_b = b.released_to_posts();
  if (a.originator_controlled()) left.insert(of_a.begin(), of_a.end());
  if (b.originator_controlled()) {
    const std::set<std::string> others(of_b.begin(), of_b.end());
    if (!a.originator_controlled()) left = others;
    std::erase_if(left, [&others](const std::string& post) { return !others.contains(post); });
  }
  released.Clear();
  for (const std::string& post : left) released.Add(std::string(post));
}

}  // namespace

v1::Marking Join(const v1::Marking& a, const v1::Marking& b) {
  v1::Marking joined;
  joined.set_tier(std::max(a.tier(), b.tier()));
  joined.set_sensitive(a.sensitive() || b.sensitive());
  Unite(a.caveats(), b.caveats(), *joined.mutable_caveats());
  Unite(a.instructions(), b.instructions(), *joined.mutable_instructions());
  Unite(a.descriptors(), b.descriptors(), *joined.mutable_descriptors());
  return joined;
}

v1::Grading Join(const v1::Grading& a, const v1::Grading& b) {
  if (a.has_five_by_five() || b.has_five_by_five()) return ByFiveByFive(a, b);
  v1::Grading joined;
  joined.set_source(std::max(a.source(), b.source()));
  joined.set_information(std::max(a.information(), b.information()));
  joined.set_handling(std::max(a.handling(), b.handling()));
  joined.set_action(Stricter(a.action(), b.action()));
  joined.set_sanitisation(std::max(a.sanitisation(), b.sanitisation()));
  return joined;
}

v1::Label Join(const v1::Label& a, const v1::Label& b) {
  v1::Label joined;
  *joined.mutable_marking() = Join(a.marking(), b.marking());
  if (a.has_grading() || b.has_grading()) {
    *joined.mutable_grading() = Join(a.grading(), b.grading());
  }
  joined.set_originator_controlled(a.originator_controlled() || b.originator_controlled());
  Release(a, b, *joined.mutable_released_to_posts());
  if (a.pointer_post() == b.pointer_post()) {
    joined.set_pointer_post(a.pointer_post());
    joined.set_existence_may_be_told(a.existence_may_be_told() && b.existence_may_be_told());
    joined.set_holder_may_be_named(a.holder_may_be_named() && b.holder_may_be_named());
  }
  return joined;
}

v1::Label DominatingLabel(std::span<const v1::Label> members) {
  TEARLINE_INVARIANT(!members.empty(), "a composite is made of something");
  v1::Label dominating = Join(members.front(), members.front());
  for (const v1::Label& member : members.subspan(1)) dominating = Join(dominating, member);
  return dominating;
}

}  // namespace tearline::model
