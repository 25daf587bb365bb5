#pragma once

#include <google/protobuf/message.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/policy/diagram.h"
#include "broker/policy/situation_fields.h"
#include "tearline/v1/policy.pb.h"

namespace tearline::policy {

/// Every situation that a policy's rules can tell apart: one event, one nominal, one recipient.
///
/// A condition's field is asked of one variable (or, where a thing may bear several marks, of one
/// for each mark that some rule names). Unknown is a value like any other, and conditions combine
/// as Holds in condition.h combines them. Left out are situations that the machine never makes: a
/// seat without a case, a sanitisation code under handling P, one's own event of another kind, a
/// recipient's agency of no kind. An originator is of no kind where the broker is: of a composite.
///
/// A field that has no row in situation_fields.cc may be anything, for each condition by itself:
/// less is then found, and nothing false.
class Situations {
 public:
  Situations(const v1::Policy& policy, std::size_t steps_max, Scope scope = Scope::kAll);

  /// Where the rule speaks: a grant where its condition holds, others unless theirs does not.
  Diagrams::Set Speaks(const v1::Rule& rule);

  /// Where a flag of conditions, such as "RecipientCondition.excluded", is true. Everywhere
  /// possible if no rule asks for it.
  Diagrams::Set WhereTrue(std::string_view flag) {
    return diagrams_.And(possible_, Is(flag, [](int value) { return value == 1; }));
  }

  /// Where some segment carries the flag. Everywhere possible if no rule asks for it.
  Diagrams::Set Carries(v1::ContentFlag flag);

  /// What is left of `set` when only the kind of recipient is asked for, not event or nominal.
  Diagrams::Set RecipientsOf(Diagrams::Set set) {
    return diagrams_.Project(set, recipient_variables_);
  }

  /// One recipient of a set that RecipientsOf made, in the words of conditions:
  /// "agency_kind AGENCY_KIND_POLICE, seat SEAT_KIND_MEMBER". Requires: it is not kNone.
  std::string Recipient(Diagrams::Set set) const;

  Diagrams& diagrams() { return diagrams_; }

 private:
  /// Where a condition holds, and where it is not that it does not.
  struct Heard {
    Diagrams::Set yes;
    Diagrams::Set not_no;
  };

  Situations(Variables variables, std::size_t steps_max, Scope scope);
  static std::vector<std::uint32_t> Sizes(const std::vector<Variable>& variables);

  std::optional<std::uint32_t> Find(std::string_view field, std::optional<int> mark = {}) const;
  Diagrams::Set Is(std::string_view field, const std::function<bool(int value)>& holds);
  void Require(Diagrams::Set always) { possible_ = diagrams_.And(possible_, always); }
  Diagrams::Set Implies(Diagrams::Set a, Diagrams::Set b) {
    return diagrams_.Or(diagrams_.Not(a), b);
  }
  void RequireCases(Scope scope);
  void RequireLabels();
  void RequireOrigin(Scope scope);

  Heard HearCondition(const v1::Condition& condition);
  Heard HearPart(const google::protobuf::Message& part);
  Heard HearField(const std::string& field, const Mentions& wanted);
  Heard HearMarks(const std::string& field, const Mentions& wanted);
  Heard Both(Heard a, Heard b);
  Heard Turned(Heard heard);

  const std::uint32_t recipient_variables_;
  const std::vector<Variable> variables_;
  Diagrams diagrams_;
  Diagrams::Set possible_ = Diagrams::kAll;
};

}  // namespace tearline::policy
