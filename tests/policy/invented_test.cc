// What the random cases are made of. An engine is held to its oracle only by what is asked of it
// and answered: a field that every case answers alike is not held at all.
#include "tests/policy/invented.h"

#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "broker/policy/condition.h"
#include "broker/policy/evaluate.h"
#include "broker/policy/hearing.h"
#include "tests/policy/dice.h"
#include "tests/policy/plain_words.h"

namespace tearline::policy {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr int kScenes = 3000;
/// So often must each answer have been given, and each word been the one that was asked for.
constexpr int kTimes = 30;

/// Facts that nobody need say: the broker knows them of everybody.
const std::set<std::string> kAlwaysKnown = {
    "EventCondition.purpose",           "EventCondition.legal_basis",
    "EventCondition.sensitive",         "EventCondition.originator_controlled",
    "EventCondition.breach",            "EventCondition.existence_may_be_told",
    "EventCondition.scheme",            "NominalCondition.has_case",
    "NominalCondition.access_limited",  "RecipientCondition.on_panel",
    "RecipientCondition.supervising",   "RecipientCondition.accountable_officer",
    "RecipientCondition.cleared",       "RecipientCondition.released_to",
    "RecipientCondition.excluded",      "RecipientCondition.in_conflict",
    "RecipientCondition.of_case_area",
};

struct Asked {
  std::string field;  ///< "EventCondition.risk"
  v1::Condition condition;
};

/// Every field, asked for each of its words alone.
std::vector<Asked> EveryWord() {
  std::vector<Asked> all;
  for (int part = 0; part < 3; ++part) {
    const auto part_of = [part](v1::Condition& condition) -> Message& {
      if (part == 0) return *condition.mutable_event();
      if (part == 1) return *condition.mutable_nominal();
      return *condition.mutable_recipient();
    };
    v1::Condition empty;
    const auto& descriptor = *part_of(empty).GetDescriptor();
    for (int i = 0; i < descriptor.field_count(); ++i) {
      const FieldDescriptor* field = descriptor.field(i);
      const auto add = [&](const auto& say) {
        Asked asked{std::string(descriptor.name()), {}};
        asked.field.append(".").append(field->name());
        Message& of = part_of(asked.condition);
        say(*of.GetReflection(), of);
        all.push_back(asked);
      };
      if (!field->is_repeated()) {
        for (const bool wanted : {true, false}) {
          add([&](const auto& reflection, Message& of) { reflection.SetBool(&of, field, wanted); });
        }
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
        for (int word = 1; word < field->enum_type()->value_count(); ++word) {
          const int number = field->enum_type()->value(word)->number();
          add([&](const auto& reflection, Message& of) {
            reflection.AddEnumValue(&of, field, number);
          });
        }
      } else {
        for (const std::string& word : Inventor::WordsOf(*field)) {
          add([&](const auto& reflection, Message& of) { reflection.AddString(&of, field, word); });
        }
      }
    }
  }
  return all;
}

std::vector<Scene> Scenes() {
  Inventor inventor{Dice(11'000)};
  std::vector<Scene> scenes;
  for (int i = 0; i < kScenes; ++i) scenes.push_back(inventor.Invent());
  return scenes;
}

Situation SituationOf(const Scene& scene) {
  static const NominalFacts nobody;
  const NominalFacts& first = scene.nominals.empty() ? nobody : scene.nominals.front();
  return {scene.event, first, scene.recipient};
}

/// No vocabulary falls out of the random cases unnoticed: whoever adds a field, or a word to one,
/// sees to it that the Inventor answers it.
TEST(Inventor, AnswersEveryFieldYesNoAndUnknownAndEveryWordYes) {
  const std::vector<Scene> scenes = Scenes();
  std::map<std::string, std::map<Truth, int>> answered;
  for (const Asked& asked : EveryWord()) {
    int yes = 0;
    for (const Scene& scene : scenes) {
      const Truth truth = Holds(asked.condition, SituationOf(scene));
      ++answered[asked.field][truth];
      yes += truth == Truth::kYes ? 1 : 0;
    }
    EXPECT_GE(yes, kTimes) << asked.condition.ShortDebugString() << " holds too seldom, seed "
                           << Seed();
  }
  EXPECT_GE(answered.size(), 39U);
  for (auto& [field, times] : answered) {
    EXPECT_GE(times[Truth::kNo], kTimes) << field << ", seed " << Seed();
    if (kAlwaysKnown.contains(field)) {
      EXPECT_EQ(times[Truth::kUnknown], 0) << field << ", seed " << Seed();
    } else {
      EXPECT_GE(times[Truth::kUnknown], kTimes) << field << ", seed " << Seed();
    }
  }
}

/// Each word by itself, where nothing else can hide it: a grant speaks if it holds, a cap unless it
/// does not, and the fast engine hears both as the plain one does.
TEST(Inventor, ShowsThatBothEnginesHearEveryWordAlike) {
  const std::vector<Scene> scenes = Scenes();
  v1::Policy text = Rules("grant G1 full; cap A1 pointer; grant G2 tear-line").policy();
  for (const Asked& asked : EveryWord()) {
    *text.mutable_rules(0)->mutable_when() = asked.condition;
    *text.mutable_rules(1)->mutable_when() = asked.condition;
    Result<PolicySet> policy = PolicySet::Of(text, "invented");
    ASSERT_TRUE(policy.ok()) << SentenceOf(policy.status());
    Hearing hearing(*policy);
    for (int i = 0; i < kScenes; i += 10) {
      const Scene& scene = scenes[static_cast<std::size_t>(i)];
      hearing.Open(scene.event);
      const Decision fast = DecisionOf(hearing.Hear(scene.nominals, scene.recipient),
                                       hearing.policy(), scene.nominals);
      ASSERT_EQ(Evaluate(*policy, scene.event, scene.nominals, scene.recipient), fast)
          << asked.condition.ShortDebugString() << ", scene " << i << ", seed " << Seed();
    }
  }
}

}  // namespace
}  // namespace tearline::policy
