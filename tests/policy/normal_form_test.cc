#include "broker/policy/normal_form.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "tests/policy/plain_words.h"

namespace tearline::policy {
namespace {

constexpr Want kAllWants[] = {Want::kYes, Want::kNotNo, Want::kNo, Want::kNotYes};

/// Every way in which three atoms can be true: breach, no category known, on the panel.
struct World {
  EventFacts event = PlainEvent();
  NominalFacts nominal;
  RecipientFacts recipient = PlainRecipient();
};

std::vector<World> Worlds() {
  std::vector<World> worlds;
  for (int i = 0; i < 2 * 3 * 2; ++i) {
    World& world = worlds.emplace_back();
    world.event.facts.set_breach(i % 2 == 0);
    if (i / 2 % 3 != 0) {
      world.nominal.category = i / 2 % 3 == 1 ? v1::MAPPA_CATEGORY_1 : v1::MAPPA_CATEGORY_2;
    }
    if (i / 6 == 0) world.nominal.seat = v1::SEAT_KIND_CHAIR;
  }
  return worlds;
}

const char kB[] = "event { breach: true }";
const char kC[] = "nominal { category: MAPPA_CATEGORY_1 }";
const char kP[] = "recipient { on_panel: true }";

std::string Cat(std::initializer_list<const char*> parts) {
  std::string text;
  for (const char* part : parts) text += part;
  return text;
}

/// One of the terms holds exactly where the plain condition is as wanted.
TEST(NormalForm, HoldsExactlyWhereTheConditionDoes) {
  const std::string conditions[] = {
      "",
      kB,
      kC,
      Cat({kB, kC, kP}),
      Cat({"any { ", kB, " } any { ", kC, " }"}),
      Cat({"none { ", kC, " } none { ", kP, " }"}),
      Cat({"none { any { ", kC, " } any { ", kB, " } ", kP, " }"}),
      Cat({"all { any { ", kB, " } any { ", kC, " } } all { any { ", kC, " } any { ", kP, " } }"}),
      Cat({kP, " none { none { ", kC, " ", kB, " } }"}),
      Cat({"any { none { ", kC, " } } any { all { ", kB, " } all { ", kP, " } }"}),
      "any {}",
      "none {}",
      Cat({"none { ", kB, " any {} }"}),
      Cat({kB, " all { none {} }"}),
  };
  for (const std::string& text : conditions) {
    const auto condition = Read<v1::Condition>(text);
    for (const Want want : kAllWants) {
      NormalForm form;
      const std::optional<Terms> terms = form.TermsOf(condition, want);
      ASSERT_TRUE(terms.has_value()) << text;
      for (const World& world : Worlds()) {
        const Situation situation{world.event, world.nominal, world.recipient};
        bool holds = false;
        for (const Term& term : *terms) {
          bool all = true;
          for (const Leaf& leaf : term) {
            all = all && Satisfies(Holds(form.atoms()[leaf.atom].asked, situation), leaf.want);
          }
          holds = holds || all;
        }
        const bool wanted = Satisfies(Holds(condition, situation), want);
        EXPECT_EQ(holds, wanted) << text << ", want " << static_cast<int>(want);
        for (const Leaf& leaf : form.NeededBy(condition, want)) {
          if (!wanted) continue;
          EXPECT_TRUE(Satisfies(Holds(form.atoms()[leaf.atom].asked, situation), leaf.want))
              << text << " does not need that";
        }
      }
    }
  }
}

TEST(NormalForm, KeepsAnAtomOnceAndAsksOneThingWithEach) {
  NormalForm form;
  const auto condition = Read<v1::Condition>(
      "event { breach: true risk: [ RISK_HIGH, RISK_LOW ] } any { event { breach: true } } any { "
      "event { breach: false } }");
  ASSERT_TRUE(form.TermsOf(condition, Want::kYes).has_value());
  ASSERT_EQ(form.atoms().size(), 3u);
  EXPECT_EQ(form.atoms()[0].asked.SerializeAsString(),
            Read<v1::Condition>("event { risk: [ RISK_HIGH, RISK_LOW ] }").SerializeAsString());
}

/// Alternatives of alternatives: taken apart to kTermsOfRuleMax, and no further.
TEST(NormalForm, GivesUpOnTooManyAlternatives) {
  for (const std::size_t width : {5u, 6u}) {
    std::string text;
    for (int side = 0; side < 2; ++side) {
      text += "all { ";
      for (std::size_t i = 0; i < width; ++i) {
        text += "any { event { urgency: URGENCY_URGENT risk: RISK_HIGH event_type: 'a" +
                std::to_string(side) + "." + std::to_string(i) + "' } } ";
      }
      text += "} ";
    }
    NormalForm form;
    const auto condition = Read<v1::Condition>("recipient { on_panel: true } " + text);
    const std::optional<Terms> terms = form.TermsOf(condition, Want::kYes);
    EXPECT_EQ(terms.has_value(), width * width <= kTermsOfRuleMax) << width;
    EXPECT_EQ(form.NeededBy(condition, Want::kYes).size(), 1u);
  }
}

}  // namespace
}  // namespace tearline::policy
