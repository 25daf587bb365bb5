#include "broker/policy/answer.h"

#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>

#include "broker/policy/normal_form.h"
#include "tests/policy/dice.h"
#include "tests/policy/invented.h"

namespace tearline::policy {
namespace {

struct PartOfCondition {
  Part part;
  const google::protobuf::Descriptor* fields;
};

const PartOfCondition kParts[] = {
    {Part::kEvent, v1::EventCondition::descriptor()},
    {Part::kNominal, v1::NominalCondition::descriptor()},
    {Part::kRecipient, v1::RecipientCondition::descriptor()},
};

/// A field that somebody adds to a condition and forgets here stops the test before the broker.
TEST(Answer, IsThereForEveryFieldOfACondition) {
  const EventFacts event;
  const NominalFacts nominal;
  const RecipientFacts recipient;
  for (const PartOfCondition& each : kParts) {
    for (int i = 0; i < each.fields->field_count(); ++i) {
      const std::size_t question = QuestionOf(each.part, each.fields->field(i)->number());
      if (IsAboutWords(question)) {
        EXPECT_EQ(WordsOf(question, event), "");
      } else {
        static_cast<void>(AnswerTo(question, {event, nominal, recipient}));
      }
    }
  }
}

/// The promise the rows rest on: what is answered alike is judged alike by every atom.
TEST(Answer, TellsApartWhateverSomeAtomTellsApart) {
  Inventor inventor{Dice(13'007)};
  NormalForm form;
  for (int i = 0; i < 3000; ++i) {
    static_cast<void>(form.TermsOf(inventor.Condition(1), Want::kYes));
  }
  ASSERT_GT(form.atoms().size(), 300u);
  std::map<std::pair<std::size_t, std::string>, Truth> truths;  // By atom and answer.
  std::size_t again = 0;
  for (int i = 0; i < 300; ++i) {
    Scene scene = inventor.Invent();
    scene.nominals.resize(1);
    const Situation situation{scene.event, scene.nominals[0], scene.recipient};
    for (std::size_t atom = 0; atom < form.atoms().size(); ++atom) {
      const std::size_t question = form.atoms()[atom].question;
      const std::string answer = IsAboutWords(question)
                                     ? std::string(WordsOf(question, scene.event))
                                     : std::to_string(AnswerTo(question, situation));
      const Truth truth = Holds(form.atoms()[atom].asked, situation);
      const auto [known, is_new] = truths.try_emplace({atom, answer}, truth);
      EXPECT_EQ(known->second, truth)
          << form.atoms()[atom].asked.ShortDebugString() << " answered " << answer << ", seed "
          << Seed();
      again += is_new ? 0 : 1;
    }
  }
  EXPECT_GT(again, 10'000u);
}

/// About whom a question is: another nominal or recipient changes no answer about the event, and
/// another nominal none about the recipient.
TEST(Answer, DependsOnNothingButWhomItIsAbout) {
  Inventor inventor{Dice(13'008)};
  for (int i = 0; i < 500; ++i) {
    Scene one = inventor.Invent();
    Scene other = one;
    inventor.Readdress(other);
    for (Scene* scene : {&one, &other}) scene->nominals.resize(1);
    for (const PartOfCondition& each : kParts) {
      for (int field = 0; field < each.fields->field_count(); ++field) {
        const std::size_t question = QuestionOf(each.part, each.fields->field(field)->number());
        if (IsAboutWords(question)) continue;
        const std::uint32_t first = AnswerTo(question, {one.event, one.nominals[0], one.recipient});
        if (AboutWhom(question) == About::kEvent) {
          EXPECT_EQ(first, AnswerTo(question, {one.event, other.nominals[0], other.recipient}));
        }
        if (AboutWhom(question) == About::kRecipient) {
          EXPECT_EQ(first, AnswerTo(question, {one.event, other.nominals[0], one.recipient}));
        }
      }
    }
  }
}

}  // namespace
}  // namespace tearline::policy
