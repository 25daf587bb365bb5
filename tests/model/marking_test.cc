#include "broker/model/marking.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "broker/model/limits.h"

namespace tearline::model {
namespace {

/// Reads "OFFICIAL-SENSITIVE police uk": a tier and caveats; "" is no marking at all.
v1::Marking Read(const std::string& text) {
  v1::Marking marking;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (word == "OFFICIAL") marking.set_tier(v1::TIER_OFFICIAL);
    if (word == "SECRET") marking.set_tier(v1::TIER_SECRET);
    if (word == "TOP-SECRET") marking.set_tier(v1::TIER_TOP_SECRET);
    if (word == "OFFICIAL-SENSITIVE") marking.set_tier(v1::TIER_OFFICIAL);
    if (word == "SECRET-SENSITIVE") marking.set_tier(v1::TIER_SECRET);
    if (word == "TIER-9") marking.set_tier(static_cast<v1::Tier>(9));
    if (word.ends_with("-SENSITIVE")) marking.set_sensitive(true);
    if (word == "police") marking.add_caveats(v1::CAVEAT_POLICE_ONLY);
    if (word == "ct") marking.add_caveats(v1::CAVEAT_CT_BRIEFED_ONLY);
    if (word == "uk") marking.add_caveats(v1::CAVEAT_UK_EYES_ONLY);
    if (word == "hmg") marking.add_instructions(v1::HANDLING_INSTRUCTION_HMG_USE_ONLY);
    if (word == "embargo") marking.add_instructions(v1::HANDLING_INSTRUCTION_EMBARGOED);
    if (word == "instruction-9") {
      marking.add_instructions(static_cast<v1::HandlingInstruction>(9));
    }
    if (word == "personal") marking.add_descriptors(v1::MARKING_DESCRIPTOR_PERSONAL_DATA);
    if (word == "privilege") {
      marking.add_descriptors(v1::MARKING_DESCRIPTOR_LEGAL_PROFESSIONAL_PRIVILEGE);
    }
    if (word == "descriptor-0") marking.add_descriptors(v1::MARKING_DESCRIPTOR_UNSPECIFIED);
    if (word == "caveat-0") marking.add_caveats(v1::CAVEAT_UNSPECIFIED);
    if (word == "caveat-99") marking.add_caveats(static_cast<v1::Caveat>(99));
  }
  return marking;
}

struct Row {
  const char* reader;
  const char* marked;
  bool may_hold;
};

// Read each row as: "someone cleared for <reader> may hold what is marked <marked>".
constexpr Row kRows[] = {
    // reader                       marked                          may hold
    {"OFFICIAL", "OFFICIAL", true},
    {"OFFICIAL", "OFFICIAL-SENSITIVE", false},
    {"OFFICIAL-SENSITIVE", "OFFICIAL", true},
    {"OFFICIAL-SENSITIVE", "OFFICIAL-SENSITIVE", true},
    {"OFFICIAL-SENSITIVE", "SECRET", false},
    {"SECRET", "OFFICIAL", true},
    {"SECRET", "OFFICIAL-SENSITIVE", false},  // Height is not reach.
    {"SECRET-SENSITIVE", "OFFICIAL-SENSITIVE", true},
    {"TOP-SECRET", "SECRET", true},
    {"SECRET", "TOP-SECRET", false},
    {"OFFICIAL-SENSITIVE police", "OFFICIAL-SENSITIVE police", true},
    {"OFFICIAL-SENSITIVE uk", "OFFICIAL-SENSITIVE police", false},
    {"OFFICIAL-SENSITIVE police uk", "OFFICIAL-SENSITIVE police", true},
    {"OFFICIAL-SENSITIVE police", "OFFICIAL-SENSITIVE police uk", false},
    {"OFFICIAL-SENSITIVE police", "OFFICIAL", true},
    {"TOP-SECRET", "OFFICIAL police", false},
    {"OFFICIAL", "OFFICIAL hmg embargo personal",
     true},  // What to do with it, not who may hold it.
    {"OFFICIAL", "OFFICIAL-SENSITIVE hmg", false},
    {"", "OFFICIAL", false},  // An unknown reader is denied.
    {"OFFICIAL", "", false},  // So is an unknown marking.
    {"", "", false},
    {"TIER-9", "OFFICIAL", false},  // A tier from another century's broker.
    {"TOP-SECRET", "TIER-9", false},
    {"TIER-9", "TIER-9", false},
    {"OFFICIAL caveat-99", "OFFICIAL caveat-99", false},
    {"OFFICIAL caveat-99", "OFFICIAL", true},
    {"OFFICIAL caveat-0", "OFFICIAL caveat-0", false},
};

TEST(Marking, DominatesExactlyWhereTheTableSaysSo) {
  for (const Row& row : kRows) {
    EXPECT_EQ(Dominates(Read(row.reader), Read(row.marked)), row.may_hold)
        << "reader `" << row.reader << "`, marked `" << row.marked << "`";
  }
}

TEST(Marking, DominatesIsTransitive) {
  for (const Row& a : kRows) {
    for (const Row& b : kRows) {
      for (const Row& c : kRows) {
        const v1::Marking high = Read(a.reader);
        const v1::Marking middle = Read(b.marked);
        const v1::Marking low = Read(c.marked);
        if (Dominates(high, middle) && Dominates(middle, low)) {
          EXPECT_TRUE(Dominates(high, low))
              << a.reader << " over " << b.marked << " over " << c.marked;
        }
      }
    }
  }
}

struct CheckRow {
  const char* marking;
  v1::ErrorReason as_marking;
  v1::ErrorReason as_clearance;
};

constexpr v1::ErrorReason kGood = v1::ERROR_REASON_UNSPECIFIED;
constexpr v1::ErrorReason kLabel = v1::ERROR_REASON_LABEL_INVALID;

constexpr CheckRow kCheckRows[] = {
    {"OFFICIAL", kGood, kGood},
    {"OFFICIAL-SENSITIVE", kGood, kGood},
    {"SECRET", kGood, kGood},
    {"SECRET-SENSITIVE", kLabel, kGood},  // Sensitive is a marking of OFFICIAL, and a reach of any.
    {"OFFICIAL police ct uk", kGood, kGood},
    {"OFFICIAL ct police", kLabel, kLabel},                      // Not in rising order.
    {"OFFICIAL police police", kLabel, kLabel},                  // Twice.
    {"OFFICIAL hmg embargo personal privilege", kGood, kLabel},  // A clearance has neither.
    {"OFFICIAL hmg", kGood, kLabel},
    {"OFFICIAL personal", kGood, kLabel},
    {"OFFICIAL embargo hmg", kLabel, kLabel},
    {"OFFICIAL personal personal", kLabel, kLabel},
    {"OFFICIAL instruction-9", kLabel, kLabel},
    {"OFFICIAL descriptor-0", kLabel, kLabel},
    {"", kLabel, kLabel},
    {"TIER-9", kLabel, kLabel},
    {"OFFICIAL caveat-99", kLabel, kLabel},
    {"OFFICIAL caveat-0", kLabel, kLabel},
};

TEST(Marking, IsRefusedExactlyWhereTheTableSaysSo) {
  for (const CheckRow& row : kCheckRows) {
    EXPECT_EQ(ReasonOf(CheckMarking(Read(row.marking), "m")), row.as_marking) << row.marking;
    EXPECT_EQ(ReasonOf(CheckClearance(Read(row.marking), "m")), row.as_clearance) << row.marking;
  }
}

TEST(Marking, OfTooManyCaveatsIsRefusedByLimit) {
  v1::Marking marking = Read("OFFICIAL");
  for (std::size_t i = 0; i < kCaveatsMax; ++i) marking.add_caveats(v1::CAVEAT_POLICE_ONLY);
  EXPECT_EQ(ReasonOf(CheckMarking(marking, "m")), kLabel);  // Eight are counted, then read.
  marking.add_caveats(v1::CAVEAT_POLICE_ONLY);
  EXPECT_EQ(ReasonOf(CheckMarking(marking, "m")), v1::ERROR_REASON_LIMIT_PASSED);
}

TEST(Marking, OfAnotherVocabularyIsRefusedByPlace) {
  v1::Marking marking = Read("OFFICIAL police caveat-99");
  EXPECT_EQ(SentenceOf(CheckMarking(marking, "event.label.marking")),
            "`event.label.marking.caveats[1]` is not a value this broker knows");
}

TEST(Marking, IsWrittenAsOnPaper) {
  EXPECT_EQ(MarkingText(Read("OFFICIAL")), "OFFICIAL");
  EXPECT_EQ(MarkingText(Read("OFFICIAL-SENSITIVE")), "OFFICIAL-SENSITIVE");
  EXPECT_EQ(MarkingText(Read("OFFICIAL-SENSITIVE police uk")),
            "OFFICIAL-SENSITIVE, POLICE ONLY, UK EYES ONLY");
  EXPECT_EQ(MarkingText(Read("OFFICIAL-SENSITIVE police hmg embargo personal privilege")),
            "OFFICIAL-SENSITIVE, POLICE ONLY, HMG USE ONLY, EMBARGOED, PERSONAL DATA, LEGAL "
            "PROFESSIONAL PRIVILEGE");
  EXPECT_EQ(MarkingText(Read("SECRET ct")), "SECRET, CT BRIEFED ONLY");
  EXPECT_EQ(MarkingText(Read("TOP-SECRET")), "TOP SECRET");
  EXPECT_EQ(MarkingText(Read("")), "UNMARKED");
  EXPECT_EQ(MarkingText(Read("OFFICIAL caveat-99")), "OFFICIAL, UNKNOWN CAVEAT");
}

}  // namespace
}  // namespace tearline::model
