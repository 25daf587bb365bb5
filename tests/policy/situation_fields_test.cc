#include "broker/policy/situation_fields.h"

#include <gtest/gtest.h>

#include "tests/policy/plain_words.h"

namespace tearline::policy {
namespace {

/// A field that the table does not know makes every analysis blind to it: whoever adds a field to a
/// condition says here how it is to be understood.
TEST(SituationFields, SayHowEveryFieldIsToBeUnderstood) {
  for (const auto* part : {v1::EventCondition::descriptor(), v1::NominalCondition::descriptor(),
                           v1::RecipientCondition::descriptor()}) {
    for (int i = 0; i < part->field_count(); ++i) {
      std::string field(part->name());
      field.append(".").append(part->field(i)->name());
      EXPECT_NE(FindFieldRow(field), nullptr) << field << " needs a row in situation_fields.cc";
    }
  }
}

/// What makes a kind of recipient is asked first, so that the rest can be forgotten.
TEST(SituationFields, AskWhatMakesAKindOfRecipientFirst) {
  const PolicySet policy = Rules(
      "grant G1 full if event { breach: true } recipient { cleared: true seat: SEAT_KIND_CHAIR }; "
      "mask M1 witness if recipient { on_panel: false agency_kind: AGENCY_KIND_POLICE }");
  const Variables variables = VariablesOf(policy.policy());
  std::vector<std::string> fields;
  for (const Variable& variable : variables.all) fields.push_back(variable.field);
  EXPECT_EQ(fields,
            (std::vector<std::string>{"RecipientCondition.agency_kind", "RecipientCondition.seat",
                                      "RecipientCondition.cleared", "NominalCondition.has_case",
                                      "EventCondition.breach", "EventCondition.flag"}));
  EXPECT_EQ(variables.of_recipient, 2U);
}

}  // namespace
}  // namespace tearline::policy
