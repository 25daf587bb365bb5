#include "broker/model/dominating_label.h"

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <string>
#include <vector>

#include "broker/model/label_check.h"
#include "broker/model/marking.h"

namespace tearline::model {
namespace {

v1::Label Read(const std::string& text) {
  v1::Label label;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &label)) << text;
  return label;
}

std::string Bytes(const v1::Label& label) { return label.SerializeAsString(); }

/// Labels as originators write them, from a fixed seed; every one would be accepted.
class Originator {
 public:
  v1::Label Write() {
    v1::Label label;
    v1::Marking& marking = *label.mutable_marking();
    marking.set_tier(static_cast<v1::Tier>(1 + Below(3)));
    marking.set_sensitive(marking.tier() == v1::TIER_OFFICIAL && Below(2) == 0);
    for (int caveat = 1; caveat <= 5; ++caveat) {
      if (Below(3) == 0) marking.add_caveats(static_cast<v1::Caveat>(caveat));
    }
    if (Below(3) == 0) marking.add_instructions(v1::HANDLING_INSTRUCTION_EMBARGOED);
    if (Below(3) == 0) marking.add_descriptors(v1::MARKING_DESCRIPTOR_LEGAL);
    if (Below(4) == 0) {
      v1::FiveByFiveGrade& grade = *label.mutable_grading()->mutable_five_by_five();
      grade.set_source(static_cast<v1::FiveByFiveSource>(1 + Below(5)));
      grade.set_information(static_cast<v1::FiveByFiveInformation>(1 + Below(5)));
      grade.set_handling(static_cast<v1::FiveByFiveHandling>(1 + Below(5)));
    } else if (Below(2) == 0) {
      v1::Grading& grading = *label.mutable_grading();
      grading.set_source(static_cast<v1::SourceGrade>(1 + Below(3)));
      grading.set_information(static_cast<v1::InformationGrade>(1 + Below(5)));
      grading.set_handling(static_cast<v1::HandlingCode>(1 + Below(2)));
      if (grading.handling() == v1::HANDLING_CODE_CONDITIONS) {
        grading.set_action(static_cast<v1::ActionCode>(1 + Below(3)));
        grading.set_sanitisation(static_cast<v1::SanitisationCode>(1 + Below(2)));
      }
    }
    label.set_originator_controlled(Below(2) == 0);
    for (const char* post : {"health/ward", "police/desk", "prison/security"}) {
      if (label.originator_controlled() && Below(2) == 0) label.add_released_to_posts(post);
    }
    if (Below(2) == 0) label.set_pointer_post(Below(2) == 0 ? "police/desk" : "prison/desk");
    label.set_existence_may_be_told(!label.pointer_post().empty() && Below(2) == 0);
    label.set_holder_may_be_named(Below(2) == 0);
    EXPECT_TRUE(CheckLabel(label, "label").ok());
    return label;
  }

 private:
  std::size_t Below(std::size_t bound) { return chance_() % bound; }
  std::mt19937 chance_{20'260'301};
};

std::vector<v1::Label> Labels(std::size_t count) {
  Originator originator;
  std::vector<v1::Label> labels;
  for (std::size_t i = 0; i < count; ++i) labels.push_back(originator.Write());
  return labels;
}

/// `a` is at or above `b`: joining b to it changes nothing.
bool IsAbove(const v1::Label& a, const v1::Label& b) { return Bytes(Join(a, b)) == Bytes(a); }

TEST(DominatingLabel, IsTheJoinOfALattice) {
  const std::vector<v1::Label> labels = Labels(40);
  for (const v1::Label& a : labels) {
    EXPECT_EQ(Bytes(Join(a, a)), Bytes(a)) << a.ShortDebugString();
    for (const v1::Label& b : labels) {
      const v1::Label joined = Join(a, b);
      EXPECT_EQ(Bytes(joined), Bytes(Join(b, a)));
      EXPECT_TRUE(IsAbove(joined, a) && IsAbove(joined, b));
      for (const v1::Label& c : labels) {
        ASSERT_EQ(Bytes(Join(joined, c)), Bytes(Join(a, Join(b, c))))
            << a.ShortDebugString() << " / " << b.ShortDebugString() << " / "
            << c.ShortDebugString();
        // The lowest that dominates both: whatever does is above it.
        ASSERT_TRUE(!(IsAbove(c, a) && IsAbove(c, b)) || IsAbove(c, joined));
      }
    }
  }
}

/// The lie to catch: a composite that somebody may hold who might not hold a member.
TEST(DominatingLabel, IsClearedOnlyForWhoeverIsClearedForEveryMember) {
  const std::vector<v1::Label> labels = Labels(40);
  int reached = 0;
  for (const v1::Label& a : labels) {
    for (const v1::Label& b : labels) {
      const v1::Marking joined = Join(a, b).marking();
      for (const v1::Label& c : labels) {
        for (const bool sensitive : {false, true}) {
          v1::Marking clearance = c.marking();
          clearance.set_sensitive(sensitive);
          const bool both = Dominates(clearance, a.marking()) && Dominates(clearance, b.marking());
          ASSERT_EQ(Dominates(clearance, joined), both)
              << MarkingText(clearance) << " over " << MarkingText(joined);
          reached += both ? 1 : 0;
        }
      }
    }
  }
  EXPECT_GT(reached, 1000);
}

struct Row {
  const char* what;
  const char* a;
  const char* b;
  const char* joined;
};

TEST(DominatingLabel, OfTwoIsAsTheTableSays) {
  const Row rows[] = {
      {"the higher tier, and sensitive still", "marking { tier: 1 sensitive: true }",
       "marking { tier: 2 }", "marking { tier: 2 sensitive: true }"},
      {"every caveat, instruction and descriptor",
       "marking { tier: 1 caveats: [2, 4] instructions: 2 }",
       "marking { tier: 1 caveats: 3 instructions: [1, 2] descriptors: 1 }",
       "marking { tier: 1 caveats: [2, 3, 4] instructions: [1, 2] descriptors: 1 }"},
      {"the worse grades and the stricter codes",
       "marking { tier: 1 } grading { source: 1 information: 4 handling: 2 action: 3 sanitisation: "
       "2 }",
       "marking { tier: 1 } grading { source: 3 information: 2 handling: 2 action: 1 sanitisation: "
       "1 }",
       "marking { tier: 1 } grading { source: 3 information: 4 handling: 2 action: 1 sanitisation: "
       "2 }"},
      {"conditions over none",
       "marking { tier: 1 } grading { source: 1 information: 1 handling: 1 }",
       "marking { tier: 1 } grading { source: 1 information: 1 handling: 2 action: 2 sanitisation: "
       "1 }",
       "marking { tier: 1 } grading { source: 1 information: 1 handling: 2 action: 2 sanitisation: "
       "1 }"},
      {"an older scheme stays, and nothing is converted",
       "marking { tier: 1 } grading { source: 1 information: 1 handling: 1 }",
       "marking { tier: 1 } grading { five_by_five { source: 2 information: 3 handling: 1 } }",
       "marking { tier: 1 } grading { five_by_five { source: 2 information: 3 handling: 1 } }"},
      {"two audiences leave the agency alone",
       "marking { tier: 1 } grading { five_by_five { source: 2 information: 3 handling: 1 } }",
       "marking { tier: 1 } grading { five_by_five { source: 1 information: 4 handling: 2 } }",
       "marking { tier: 1 } grading { five_by_five { source: 2 information: 4 handling: 4 } }"},
      {"released only to whom both are",
       "marking { tier: 1 } originator_controlled: true released_to_posts: ['a/x', 'b/y']",
       "marking { tier: 1 } originator_controlled: true released_to_posts: ['b/y', 'c/z']",
       "marking { tier: 1 } originator_controlled: true released_to_posts: 'b/y'"},
      {"what nobody controls is released to all",
       "marking { tier: 1 } originator_controlled: true released_to_posts: 'a/x'",
       "marking { tier: 1 }",
       "marking { tier: 1 } originator_controlled: true released_to_posts: 'a/x'"},
      {"existence told, the same post to ask",
       "marking { tier: 1 } existence_may_be_told: true pointer_post: 'a/x' holder_may_be_named: "
       "true",
       "marking { tier: 1 } existence_may_be_told: true pointer_post: 'a/x'",
       "marking { tier: 1 } existence_may_be_told: true pointer_post: 'a/x'"},
      {"two posts to ask: existence is not told",
       "marking { tier: 1 } existence_may_be_told: true pointer_post: 'a/x'",
       "marking { tier: 1 } existence_may_be_told: true pointer_post: 'b/y'",
       "marking { tier: 1 }"},
  };
  for (const Row& row : rows) {
    const std::vector<v1::Label> members = {Read(row.a), Read(row.b)};
    EXPECT_EQ(DominatingLabel(members).ShortDebugString(), Read(row.joined).ShortDebugString())
        << row.what;
  }
}

TEST(DominatingLabel, OfOneIsItsOwn) {
  const std::vector<v1::Label> one = Labels(1);
  EXPECT_EQ(Bytes(DominatingLabel(one)), Bytes(one.front()));
}

}  // namespace
}  // namespace tearline::model
