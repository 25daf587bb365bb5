#include "broker/policy/normal_form.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "broker/status/invariant.h"

namespace tearline::policy {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

/// What is wanted of a condition so that its contrary is as wanted.
constexpr Want Contrary(Want want) {
  switch (want) {
    case Want::kYes:
      return Want::kNo;
    case Want::kNo:
      return Want::kYes;
    case Want::kNotNo:
      return Want::kNotYes;
    case Want::kNotYes:
      break;
  }
  return Want::kNotNo;
}

/// Whether all parts of a conjunction must be as wanted, or one is enough.
constexpr bool OfAll(Want want) { return want == Want::kYes || want == Want::kNotNo; }

std::optional<Terms> Bounded(Terms terms) {
  if (terms.size() > kTermsOfRuleMax) return std::nullopt;
  return terms;
}

/// Terms that hold where one of each holds.
std::optional<Terms> Both(const Terms& a, const Terms& b) {
  if (a.size() * b.size() > kTermsOfRuleMax * kTermsOfRuleMax) return std::nullopt;
  Terms both;
  for (const Term& one : a) {
    for (const Term& other : b) {
      Term term;
      std::set_union(one.begin(), one.end(), other.begin(), other.end(), std::back_inserter(term));
      both.insert(std::move(term));
    }
  }
  return Bounded(std::move(both));
}

/// Joins the terms of parts one by one: all of them must hold, or one is enough.
class Joined {
 public:
  explicit Joined(bool of_all) : of_all_(of_all) {
    terms_.emplace();
    if (of_all) terms_->insert(Term());
  }

  void Add(const std::optional<Terms>& part) {
    if (!terms_ || !part) {
      terms_.reset();
    } else if (of_all_) {
      terms_ = Both(*terms_, *part);
    } else {
      terms_->insert(part->begin(), part->end());
      terms_ = Bounded(*std::move(terms_));
    }
  }
  std::optional<Terms> Take() && { return std::move(terms_); }

 private:
  const bool of_all_;
  std::optional<Terms> terms_;
};

Message& PartOf(Part part, v1::Condition& condition) {
  if (part == Part::kEvent) return *condition.mutable_event();
  if (part == Part::kNominal) return *condition.mutable_nominal();
  return *condition.mutable_recipient();
}

}  // namespace

void NormalForm::AddFields(const Message& fields, Part part, std::vector<std::size_t>& found) {
  const auto& reflection = *fields.GetReflection();
  std::vector<const FieldDescriptor*> present;
  reflection.ListFields(fields, &present);
  for (const FieldDescriptor* field : present) {
    TEARLINE_INVARIANT(field->number() < static_cast<int>(kFieldsOfPart),
                       "the fields of a condition's part are numbered below 32");
    Atom atom;
    atom.question = QuestionOf(part, field->number());
    Message& asked = PartOf(part, atom.asked);
    asked.CopyFrom(fields);
    for (const FieldDescriptor* other : present) {
      if (other != field) reflection.ClearField(&asked, other);
    }
    const auto [place, is_new] = places_.try_emplace(atom.asked.SerializeAsString(), atoms_.size());
    if (is_new) atoms_.push_back(std::move(atom));
    found.push_back(place->second);
  }
}

std::vector<std::size_t> NormalForm::AtomsIn(const v1::Condition& condition) {
  std::vector<std::size_t> found;
  AddFields(condition.event(), Part::kEvent, found);
  AddFields(condition.nominal(), Part::kNominal, found);
  AddFields(condition.recipient(), Part::kRecipient, found);
  return found;
}

std::optional<Terms> NormalForm::TermsOf(const v1::Condition& condition, Want want) {
  Joined joined(OfAll(want));
  for (const std::size_t atom : AtomsIn(condition)) joined.Add(Terms{{Leaf{atom, want}}});
  for (const v1::Condition& part : condition.all()) joined.Add(TermsOf(part, want));
  for (const v1::Condition& part : condition.none()) joined.Add(TermsOf(part, Contrary(want)));
  if (!condition.any().empty()) {
    Joined any(!OfAll(want));
    for (const v1::Condition& part : condition.any()) any.Add(TermsOf(part, want));
    joined.Add(std::move(any).Take());
  }
  return std::move(joined).Take();
}

Term NormalForm::NeededBy(const v1::Condition& condition, Want want) {
  if (!OfAll(want)) return {};
  std::set<Leaf> needed;
  for (const std::size_t atom : AtomsIn(condition)) needed.insert(Leaf{atom, want});
  for (const v1::Condition& part : condition.all()) {
    const Term inner = NeededBy(part, want);
    needed.insert(inner.begin(), inner.end());
  }
  return {needed.begin(), needed.end()};
}

}  // namespace tearline::policy
