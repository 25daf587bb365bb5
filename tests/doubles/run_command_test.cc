#include "tests/doubles/run_command.h"

#include <gtest/gtest.h>

#include <string>

namespace tearline::doubles {
namespace {

TEST(RunCommand, GivesBackWhatWasWrittenAndHowItEnded) {
  const CommandOutcome outcome = RunCommand({"sh", "-c", "cat; echo problem >&2; exit 3"}, "words");
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_EQ(outcome.output, "words");
  EXPECT_EQ(outcome.errors, "problem\n");
}

TEST(RunCommand, PassesArgumentsAsTheyStand) {
  EXPECT_EQ(RunCommand({"printf", "%s|%s", "a b", "$HOME"}).output, "a b|$HOME");
}

TEST(RunCommand, TellsOfSignalsAndOfProgramsThatAreNotThere) {
  EXPECT_EQ(RunCommand({"sh", "-c", "kill -9 $$"}).exit_code, 128 + 9);
  EXPECT_EQ(RunCommand({"/nowhere/no-such-program"}).exit_code, 127);
}

}  // namespace
}  // namespace tearline::doubles
