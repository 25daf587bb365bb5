#pragma once

#include <google/protobuf/descriptor.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/policy/finding.h"
#include "tearline/v1/policy.pb.h"

namespace tearline::policy {

/// How each field of a condition is to be understood, when rules are looked at in every situation.
/// A field is named with its message: "EventCondition.risk".

/// How a field's fact is to be understood.
enum class FieldSort {
  kOne,    ///< One value of an enum.
  kMarks,  ///< Any of an enum's values at once.
  kFlag,   ///< True or false, and always known.
  kType,   ///< An event type: whole, or a beginning that ends in a dot.
  kCode,   ///< One of some codes, or another, or none.
  kPanel,  ///< Asked of the seat: is there one.
};

struct FieldRow {
  std::string_view field;
  FieldSort sort;
  bool none = false;     ///< It may be known that there is none.
  bool unknown = false;  ///< It may be unknown.
};

/// The field's row; null for a field that has none.
[[nodiscard]] const FieldRow* FindFieldRow(std::string_view field);

/// The enum of the field's values; null if they are none of an enum.
[[nodiscard]] const google::protobuf::EnumDescriptor* EnumOfField(std::string_view field);

/// What conditions mention of a field: an enum's numbers, 0 and 1 for a flag, or texts.
struct Mentions {
  std::vector<int> numbers;
  std::vector<std::string> texts;
};

/// Adds what `condition` mentions, of each field by its name.
void CollectMentions(const v1::Condition& condition, std::map<std::string, Mentions>& mentions);

/// Unknown, among a variable's values.
inline constexpr int kUnknownValue = -1;

/// One thing that is asked of a situation.
struct Variable {
  std::string field;
  std::vector<int> values;         ///< An enum's numbers, 0 for none; or places in `texts`.
  std::vector<std::string> texts;  ///< For event types and codes.
  std::optional<int> mark;         ///< For marks: which one; its values are 0 and 1.
};

/// What a policy's rules ask, in the order of the table; and how many of the variables, the first,
/// are about the kind of recipient alone.
struct Variables {
  std::vector<Variable> all;
  std::uint32_t of_recipient = 0;
};
[[nodiscard]] Variables VariablesOf(const v1::Policy& policy, Scope scope = Scope::kAll);

}  // namespace tearline::policy
