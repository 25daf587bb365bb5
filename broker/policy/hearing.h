#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "broker/policy/compiled_policy.h"
#include "broker/policy/ruling.h"

namespace tearline::policy {

/// The fast engine: one event heard at a time, and ruled on for many posts. It decides exactly as
/// Evaluate (evaluate.h) does; tests hold the two side by side.
///
/// Every answer to a question (answer.h) has a row of bits: the terms it leaves standing. What is
/// asked of the event is looked up once; posts whose answers are all alike are ruled on once; a row
/// is made by asking the plain conditions, the first time an answer is met. So the cost of a post
/// is a row for each question, whatever the rules say, and no allocation.
///
/// Threads: one.
class Hearing {
 public:
  /// Requires: `policy` outlives it.
  explicit Hearing(const PolicySet& policy) : set_(policy), policy_(policy) {}
  Hearing(const Hearing&) = delete;
  Hearing& operator=(const Hearing&) = delete;

  const CompiledPolicy& policy() const { return policy_; }

  /// The policy as it is written.
  const v1::Policy& written() const { return set_.policy(); }

  /// When it makes one composite of several events.
  const std::vector<CompositeRule>& composites() const { return set_.composites(); }

  /// Begins with an event.
  ///
  /// Requires: at most kEventSegmentsMax segments; `event` stays as it is until the next.
  void Open(const EventFacts& event);

  /// Goes on with the event that was opened last, whose facts lie elsewhere now.
  ///
  /// Requires: `event` equals the one that was opened, and stays as it is until the next.
  void GoOn(const EventFacts& event) { event_ = &event; }

  /// What the policy says for one post. The answer stands until the next call.
  ///
  /// Requires: an event was opened; at most kEventNominalsMax nominals.
  const Ruling& Hear(std::span<const NominalFacts> nominals, const RecipientFacts& recipient);

 private:
  /// Answers below are looked up by place: every single value of an enum is.
  static constexpr std::size_t kFew = 64;
  /// Rows of one question that are kept. Beyond, they are made anew: a policy meets some hundred
  /// types of event.
  static constexpr std::uint32_t kRowsMax = 1024;

  /// The rows of one question.
  struct Rows {
    std::array<std::uint32_t, kFew> of_few{};        ///< By answer: place of its row, from 1.
    std::map<std::uint32_t, std::uint32_t> of_many;  ///< The same of answers from kFew on.
    std::map<std::string, std::uint32_t, std::less<>> words;  ///< Words answered, as numbers.
    std::uint32_t count = 0;
    Bits bits;
  };
  /// Posts whose answers are all alike, and the ruling on them.
  struct Class {
    std::uint64_t event = 0;  ///< Counted; a class of another event is vacant.
    std::uint64_t hash = 0;
    std::size_t answers_at = 0;
    std::size_t answers = 0;
    std::size_t ruling = 0;
  };
  static constexpr std::size_t kClassSlots = 1024;
  static constexpr std::size_t kClassesMax = kClassSlots / 2;

  std::uint32_t AnswerInWords(std::size_t question, const EventFacts& event);
  const std::uint64_t* RowOf(std::size_t question, std::uint32_t answer,
                             const Situation& situation);
  std::uint32_t MakeRow(std::size_t question, const Situation& situation);
  void AskPlainly(const Situation& situation, Bits& bits) const;

  void ReadAnswers(std::span<const NominalFacts> nominals, const RecipientFacts& recipient);
  Class& Find(std::uint64_t hash);
  Ruling Judge(std::span<const NominalFacts> nominals, const RecipientFacts& recipient);

  const PolicySet& set_;
  const CompiledPolicy policy_;
  std::array<Rows, kQuestions> rows_;

  // Of the event.
  const EventFacts* event_ = nullptr;
  std::uint64_t events_ = 0;  ///< Opened so far.
  bool can_be_judged_ = false;
  std::size_t places_ = 0;  ///< One above the highest place of a nominal that a segment names.
  std::optional<std::uint32_t> tear_line_;  ///< Of the post being heard.
  Bits of_event_;

  // Of the posts heard.
  std::vector<std::uint32_t> answers_;  ///< Of the post being heard, one after the other.
  std::vector<std::uint32_t> keys_;     ///< Of all classes, kept for comparing.
  std::vector<Class> classes_ = std::vector<Class>(kClassSlots);
  std::vector<Ruling> rulings_;
  Ruling beyond_;  ///< Of a post whose class has no room left.

  // While ruling.
  Bits of_recipient_;
  std::array<Bits, model::kEventNominalsMax> spoke_;
  std::array<Weighed, model::kEventNominalsMax> weighed_;
};

}  // namespace tearline::policy
