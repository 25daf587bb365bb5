#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "broker/policy/condition.h"

namespace tearline::policy {

/// What a question (normal_form.h) is answered with in a situation, as a number: situations that
/// answer alike make every atom of that question alike true. The numbers mean nothing else.

/// Whether a question is answered with words, by WordsOf, and not with a number.
[[nodiscard]] bool IsAboutWords(std::size_t question);

/// The words. Requires: IsAboutWords(question).
[[nodiscard]] std::string_view WordsOf(std::size_t question, const EventFacts& event);

/// The number. Allocates nothing.
///
/// Requires: not IsAboutWords(question). Every field of a condition has its answer.
[[nodiscard]] std::uint32_t AnswerTo(std::size_t question, const Situation& situation);

/// Whom a question is about.
enum class About : std::uint8_t {
  kEvent,      ///< The event alone.
  kNominal,    ///< A nominal, or what the recipient is to it.
  kRecipient,  ///< The recipient, and what it is to the event.
};
[[nodiscard]] About AboutWhom(std::size_t question);

}  // namespace tearline::policy
