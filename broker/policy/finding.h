#pragma once

#include <string>

namespace tearline::policy {

/// What sort of fault was found in a policy that reads.
enum class Fault {
  kTestFailed,      ///< A test, or a cell of the matrix, says otherwise than the rules.
  kNotCovered,      ///< No test shows where a rule decides, or where it does not.
  kUnreachable,     ///< A rule's condition can never hold.
  kNeverDecides,    ///< A rule that other rules always beat, or say already.
  kDutyDefeated,    ///< A duty that an absolute cap always defeats.
  kNeverTold,       ///< Something is owed to recipients who can never get even a pointer.
  kKeepsNobodyOut,  ///< Who is excluded or in conflict is told more than that something is held.
  kTooComplex,      ///< The rules are too entangled to be analysed within the limit.
};

/// Which situations are held possible when rules are looked at.
enum class Scope {
  /// As they were understood first: nobody supervises a person without a case, and every originator
  /// is of some kind. Policies that were proposed then are looked at so for ever.
  kFirst,
  kAll,  ///< All that the machine makes.
};

/// One fault. A policy with faults may be read, shown and compared, never proposed.
struct Finding {
  Fault fault;
  std::string about;     ///< The rule's id; or the test's name, or the event of a matrix row.
  std::string sentence;  ///< What is wrong, and what would be right; without `about`'s words.

  friend bool operator==(const Finding&, const Finding&) = default;
};

}  // namespace tearline::policy
