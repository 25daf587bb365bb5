#include "broker/policy/hearing.h"

#include <algorithm>
#include <bit>

#include "broker/policy/tear_line_choice.h"
#include "broker/status/invariant.h"

namespace tearline::policy {
namespace {

/// Suspended, the tear-line, how many nominals, which of them the glass is broken for.
constexpr std::ptrdiff_t kAnswersAboutNothing = 4;

const NominalFacts& Nobody() {
  static const NominalFacts nobody;
  return nobody;
}

/// When only the event is asked about.
const RecipientFacts& NoRecipient() {
  static const RecipientFacts none;
  return none;
}

bool IsKnown(v1::ContentFlag flag) {
  return flag != v1::CONTENT_FLAG_UNSPECIFIED && v1::ContentFlag_IsValid(flag);
}

/// Nominals by place.
std::uint32_t GlassBrokenFor(std::span<const NominalFacts> nominals) {
  std::uint32_t broken = 0;
  for (std::size_t place = 0; place < nominals.size(); ++place) {
    if (!nominals[place].glass.empty()) broken |= std::uint32_t{1} << place;
  }
  return broken;
}

void And(const std::uint64_t* row, Bits& bits) {
  for (std::size_t word = 0; word < bits.size(); ++word) bits[word] &= row[word];
}

std::uint64_t HashOf(std::span<const std::uint32_t> answers) {
  std::uint64_t hash = answers.size();
  for (const std::uint32_t answer : answers) {
    hash = (hash ^ answer) * 0x9E3779B97F4A7C15u;
    hash ^= hash >> 32;
  }
  return hash;
}

}  // namespace

std::uint32_t Hearing::AnswerInWords(std::size_t question, const EventFacts& event) {
  Rows& rows = rows_[question];
  const std::string_view words = WordsOf(question, event);
  const auto known = rows.words.find(words);
  if (known != rows.words.end()) return known->second;
  if (rows.words.size() == kRowsMax) rows = Rows();
  const auto answer = static_cast<std::uint32_t>(rows.words.size());
  rows.words.emplace(words, answer);
  return answer;
}

/// Every term that does not ask, or is answered as it wants.
std::uint32_t Hearing::MakeRow(std::size_t question, const Situation& situation) {
  Rows& rows = rows_[question];
  const std::size_t words = policy_.words();
  rows.bits.insert(rows.bits.end(), policy_.all().begin(), policy_.all().end());
  std::uint64_t* row = rows.bits.data() + rows.count * words;
  for (const CompiledPolicy::AskedAtom& atom : policy_.AtomsOf(question)) {
    const Truth truth = Holds(atom.asked, situation);
    for (std::size_t want = 0; want < kWants; ++want) {
      if (Satisfies(truth, static_cast<Want>(want))) continue;
      for (std::size_t word = 0; word < words; ++word) row[word] &= ~atom.needs[want][word];
    }
  }
  return ++rows.count;
}

const std::uint64_t* Hearing::RowOf(std::size_t question, std::uint32_t answer,
                                    const Situation& situation) {
  Rows& rows = rows_[question];
  std::uint32_t place = 0;
  if (answer < kFew) {
    place = rows.of_few[answer];
  } else if (const auto found = rows.of_many.find(answer); found != rows.of_many.end()) {
    place = found->second;
  }
  if (place == 0) {
    if (rows.count == kRowsMax) {
      rows.of_few = {};
      rows.of_many.clear();
      rows.count = 0;
      rows.bits.clear();
    }
    place = MakeRow(question, situation);
    (answer < kFew ? rows.of_few[answer] : rows.of_many[answer]) = place;
  }
  return rows.bits.data() + (place - 1) * policy_.words();
}

void Hearing::Open(const EventFacts& event) {
  TEARLINE_INVARIANT(event.segments.size() <= model::kEventSegmentsMax,
                     "an event that is judged has at most 8 segments");
  event_ = &event;
  ++events_;
  keys_.clear();
  rulings_.clear();
  can_be_judged_ = true;
  places_ = 0;
  for (const EventFacts::Segment& segment : event.segments) {
    can_be_judged_ =
        can_be_judged_ && std::all_of(segment.flags.begin(), segment.flags.end(), IsKnown);
    for (const std::size_t place : segment.nominals) places_ = std::max(places_, place + 1);
  }
  of_event_ = policy_.all();
  const Situation situation{event, Nobody(), NoRecipient()};
  for (const std::size_t question : policy_.Questions(About::kEvent)) {
    const std::uint32_t answer =
        IsAboutWords(question) ? AnswerInWords(question, event) : AnswerTo(question, situation);
    And(RowOf(question, answer, situation), of_event_);
  }
}

/// All that a ruling depends on beside the event: first what no rule asks, then each question's
/// answer in the order in which Judge looks them up.
void Hearing::ReadAnswers(std::span<const NominalFacts> nominals, const RecipientFacts& recipient) {
  tear_line_ =
      event_->tear_lines.empty() ? std::nullopt : ChooseTearLine(*event_, nominals, recipient);
  answers_.clear();  // kAnswersAboutNothing of them first
  answers_.push_back((recipient.suspended ? 1 : 0) + (recipient.sees_too_few ? 2 : 0));
  answers_.push_back(tear_line_ ? *tear_line_ + 1 : 0);
  answers_.push_back(static_cast<std::uint32_t>(nominals.size()));
  answers_.push_back(GlassBrokenFor(nominals));
  for (const std::size_t question : policy_.Questions(About::kRecipient)) {
    answers_.push_back(AnswerTo(question, {*event_, Nobody(), recipient}));
  }
  const auto ask_about = [&](const NominalFacts& nominal) {
    for (const std::size_t question : policy_.Questions(About::kNominal)) {
      answers_.push_back(AnswerTo(question, {*event_, nominal, recipient}));
    }
  };
  for (const NominalFacts& nominal : nominals) ask_about(nominal);
  if (nominals.empty()) ask_about(Nobody());
}

/// The class of the answers that were read, or where there is room for it.
Hearing::Class& Hearing::Find(std::uint64_t hash) {
  for (std::size_t slot = hash % kClassSlots;; slot = (slot + 1) % kClassSlots) {
    Class& each = classes_[slot];
    if (each.event != events_) return each;
    if (each.hash == hash && each.answers == answers_.size() &&
        std::equal(answers_.begin(), answers_.end(),
                   keys_.begin() + static_cast<std::ptrdiff_t>(each.answers_at))) {
      return each;
    }
  }
}

const Ruling& Hearing::Hear(std::span<const NominalFacts> nominals,
                            const RecipientFacts& recipient) {
  TEARLINE_INVARIANT(event_ != nullptr && nominals.size() <= model::kEventNominalsMax,
                     "an event that is judged concerns at most 8 nominals");
  ReadAnswers(nominals, recipient);
  const std::uint64_t hash = HashOf(answers_);
  Class& found = Find(hash);
  if (found.event == events_) return rulings_[found.ruling];
  const Ruling ruling = Judge(nominals, recipient);
  if (rulings_.size() == kClassesMax) return beyond_ = ruling;
  found = {events_, hash, keys_.size(), answers_.size(), rulings_.size()};
  keys_.insert(keys_.end(), answers_.begin(), answers_.end());
  return rulings_.emplace_back(ruling);
}

/// Where a rule's terms say only what it needs, the rule itself is asked.
void Hearing::AskPlainly(const Situation& situation, Bits& bits) const {
  for (std::size_t word = 0; word < bits.size(); ++word) {
    std::uint64_t left = bits[word] & policy_.to_be_asked()[word];
    for (; left != 0; left &= left - 1) {
      const auto term = static_cast<std::uint32_t>(
          word * kWordBits + static_cast<std::size_t>(std::countr_zero(left)));
      const v1::Rule& rule = policy_.RuleOf(term).rule->rule;
      const Truth truth = Holds(rule.when(), situation);
      const Want want = rule.kind() == v1::RULE_KIND_GRANT ? Want::kYes : Want::kNotNo;
      if (!Satisfies(truth, want)) Clear(bits.data(), term);
    }
  }
}

Ruling Hearing::Judge(std::span<const NominalFacts> nominals, const RecipientFacts& recipient) {
  auto answer = answers_.begin() + kAnswersAboutNothing;
  of_recipient_ = of_event_;
  for (const std::size_t question : policy_.Questions(About::kRecipient)) {
    And(RowOf(question, *answer++, {*event_, Nobody(), recipient}), of_recipient_);
  }
  const bool about_nobody = nominals.empty();
  const std::size_t places = about_nobody ? 1 : nominals.size();
  for (std::size_t place = 0; place < places; ++place) {
    const Situation situation{*event_, about_nobody ? Nobody() : nominals[place], recipient};
    Bits& spoke = spoke_[place];
    spoke = of_recipient_;
    for (const std::size_t question : policy_.Questions(About::kNominal)) {
      And(RowOf(question, *answer++, situation), spoke);
    }
    AskPlainly(situation, spoke);
    weighed_[place] = Weigh(policy_, spoke.data(), !situation.nominal.glass.empty());
  }
  const std::span<const Weighed> weighed(weighed_.data(), places);
  if (!can_be_judged_ || places_ > nominals.size()) {
    return Deny(policy_, weighed, about_nobody, v1::RULE_REASON_EVALUATION_FAILED);
  }
  if (recipient.suspended) {
    return Deny(policy_, weighed, about_nobody, v1::RULE_REASON_RECIPIENT_SUSPENDED);
  }
  if (recipient.sees_too_few) {
    return Deny(policy_, weighed, about_nobody, v1::RULE_REASON_TOO_FEW_MEMBERS);
  }
  return Rule(policy_, *event_, weighed, about_nobody, tear_line_);
}

}  // namespace tearline::policy
