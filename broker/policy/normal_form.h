#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "broker/policy/condition.h"
#include "tearline/v1/policy.pb.h"

namespace tearline::policy {

/// Conditions taken apart into what can be looked up. An *atom* is one field of one part of a
/// condition: it asks one thing about one fact. A *term* is a set of atoms, each with what is
/// wanted of its truth; it holds if all are as wanted. A condition is as wanted exactly where one
/// of its terms holds: Kleene's three values become two here, since whoever asks a rule wants to
/// know either that its condition holds or that it does not fail.

/// What is wanted of a truth.
enum class Want : std::uint8_t { kYes, kNotNo, kNo, kNotYes };
inline constexpr std::size_t kWants = 4;

[[nodiscard]] constexpr bool Satisfies(Truth truth, Want want) {
  switch (want) {
    case Want::kYes:
      return truth == Truth::kYes;
    case Want::kNotNo:
      return truth != Truth::kNo;
    case Want::kNo:
      return truth == Truth::kNo;
    case Want::kNotYes:
      return truth != Truth::kYes;
  }
  return false;
}

/// A part of a condition.
enum class Part : std::uint8_t { kEvent, kNominal, kRecipient };

/// What an atom asks about: a field of a part. Numbered below kQuestions.
inline constexpr std::size_t kFieldsOfPart = 32;
inline constexpr std::size_t kQuestions = 3 * kFieldsOfPart;
[[nodiscard]] constexpr std::size_t QuestionOf(Part part, int field) {
  return static_cast<std::size_t>(part) * kFieldsOfPart + static_cast<std::size_t>(field);
}

struct Atom {
  std::size_t question = 0;
  v1::Condition asked;  ///< That one field, and nothing else.
};

struct Leaf {
  std::size_t atom = 0;  ///< By place in NormalForm::atoms.
  Want want = Want::kYes;

  friend auto operator<=>(const Leaf&, const Leaf&) = default;
};

/// Rising, each once. An empty term always holds.
using Term = std::vector<Leaf>;
/// One is enough. No term never holds.
using Terms = std::set<Term>;

/// Terms by which one rule's condition is looked up. What would need more, alternatives within
/// alternatives, is asked plainly: that is slower, and refused to nobody.
inline constexpr std::size_t kTermsOfRuleMax = 32;

/// Takes conditions apart, and keeps each atom once.
class NormalForm {
 public:
  /// The terms of which one holds exactly where `condition`'s truth is as wanted; nothing if there
  /// would be more than kTermsOfRuleMax.
  [[nodiscard]] std::optional<Terms> TermsOf(const v1::Condition& condition, Want want);

  /// Leaves that hold wherever `condition`'s truth is as wanted, though perhaps elsewhere too.
  [[nodiscard]] Term NeededBy(const v1::Condition& condition, Want want);

  const std::vector<Atom>& atoms() const { return atoms_; }

 private:
  /// The atoms of a condition's own parts.
  std::vector<std::size_t> AtomsIn(const v1::Condition& condition);
  void AddFields(const google::protobuf::Message& fields, Part part,
                 std::vector<std::size_t>& found);

  std::vector<Atom> atoms_;
  std::map<std::string, std::size_t> places_;  ///< By the atom's bytes.
};

}  // namespace tearline::policy
