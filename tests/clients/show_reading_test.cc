#include "clients/cli/show_reading.h"

#include <gtest/gtest.h>

namespace tearline::cli {
namespace {

v1::ResolveNominalResponse Answer(v1::ResolutionOutcome outcome, const std::string& nominal) {
  v1::ResolveNominalResponse response;
  response.set_outcome(outcome);
  response.mutable_recorded()->set_made_id(nominal);
  response.add_readings()->set_verified(true);
  return response;
}

TEST(ShowReading, SaysWhatAskingCameTo) {
  v1::ResolveNominalResponse match = Answer(v1::RESOLUTION_OUTCOME_MATCH, "nom_1");
  match.add_sources("police");
  match.add_sources("prison");
  EXPECT_EQ(ResolutionText(match),
            "nom_1\n"
            "  match: a verified number, and all that are known lead to this person\n"
            "  asserted by police, prison\n");
  match.set_other_sources(true);
  EXPECT_NE(ResolutionText(match).find("asserted by police, prison and others\n"),
            std::string::npos);
  match.clear_sources();
  EXPECT_NE(ResolutionText(match).find("asserted by others than you\n"), std::string::npos);

  v1::ResolveNominalResponse possible = Answer(v1::RESOLUTION_OUTCOME_POSSIBLE, "nom_1");
  possible.mutable_readings(0)->set_verified(false);
  EXPECT_EQ(ResolutionText(possible),
            "nom_1\n"
            "  possible: what is known was not verified, or is superseded; compare before you rely "
            "on it\n"
            "  the number does not verify as its type\n");
}

TEST(ShowReading, NamesNobodyWhereNumbersDisagreeOrNobodyHasThem) {
  v1::ResolveNominalResponse two = Answer(v1::RESOLUTION_OUTCOME_POSSIBLE, "");
  two.set_numbers_disagree(true);
  EXPECT_EQ(ResolutionText(two),
            "the numbers lead to different people\n"
            "  possible: ask for each alone, and find out which is wrong\n");
  v1::ResolveNominalResponse none = Answer(v1::RESOLUTION_OUTCOME_NONE, "");
  EXPECT_EQ(ResolutionText(none), "nobody here has that number\n");
  none.add_readings()->set_verified(true);
  EXPECT_EQ(ResolutionText(none), "nobody here has any of these numbers\n");
}

TEST(ShowReading, SaysWhatIsOdd) {
  v1::ResolveNominalResponse none = Answer(v1::RESOLUTION_OUTCOME_NONE, "");
  none.mutable_readings(0)->add_notes(v1::IDENTIFIER_NOTE_UPPER_CASED);
  none.mutable_readings(0)->add_notes(v1::IDENTIFIER_NOTE_TWO_LETTERS);
  EXPECT_EQ(OddText(none.readings()),
            "  the number has two letters: most systems write a CRN with one\n");
  none.add_readings();
  EXPECT_EQ(OddText(none.readings()),
            "  number 1 has two letters: most systems write a CRN with one\n"
            "  number 2 does not verify as its type\n");
  EXPECT_EQ(NotesText(none.readings(0).notes()), "upper-cased, two-letters");
}

}  // namespace
}  // namespace tearline::cli
