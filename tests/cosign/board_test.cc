#include "broker/cosign/board.h"

#include <gtest/gtest.h>

namespace tearline::cosign {
namespace {

std::vector<audit::WitnessKey> Three() {
  return {{"k0", "w0", "", ""}, {"k1", "w1", "", ""}, {"k2", "w2", "", ""}};
}

TEST(Board, AddsLinesInOrderOnceThereAreEnough) {
  Board board(Three(), 2);
  EXPECT_EQ(board.Add(2, 7, "note\n", {"two\n", 100}), std::nullopt);
  EXPECT_EQ(board.Add(2, 7, "note\n", {"two\n", 100}), std::nullopt) << "one witness counts once";
  EXPECT_EQ(board.CosignedSize(), 0u);
  EXPECT_EQ(board.Add(0, 7, "note\n", {"zero\n", 101}), "note\nzero\ntwo\n");
  EXPECT_EQ(board.Add(1, 7, "note\n", {"one\n", 102}), "note\nzero\none\ntwo\n")
      << "more is better";
  EXPECT_EQ(board.CosignedSize(), 7u);
}

TEST(Board, ALateOneDoesNotTakeThePlaceOfALargerOne) {
  Board board(Three(), 2);
  board.Add(0, 7, "small\n", {"a\n", 1});
  board.Add(0, 9, "large\n", {"b\n", 2});
  EXPECT_TRUE(board.Add(1, 9, "large\n", {"c\n", 3}).has_value());
  EXPECT_EQ(board.Add(1, 7, "small\n", {"d\n", 4}), std::nullopt);
  EXPECT_EQ(board.CosignedSize(), 9u);
}

TEST(Board, GathersForASlowWitnessSoFarAndNoFurther) {
  Board board(Three(), 2);
  for (std::uint64_t size = 1; size <= kGatheredMax; ++size) {
    board.Add(0, size, std::to_string(size), {"a\n", 1});
  }
  EXPECT_TRUE(board.Add(1, 1, "1", {"b\n", 1}).has_value()) << "the oldest is still there";
  board.Add(0, kGatheredMax + 1, "next", {"a\n", 1});
  EXPECT_EQ(board.Add(2, 1, "1", {"c\n", 1}), std::nullopt) << "and now it is not";
}

TEST(Board, SaysHowFarEachIs) {
  Board board(Three(), 1);
  board.SetContradicts(1, true);
  board.Add(0, 7, "note\n", {"a\n", 100});
  board.Add(0, 5, "older\n", {"a\n", 101});
  const std::vector<Standing> standings = board.Standings();
  ASSERT_EQ(standings.size(), 3u);
  EXPECT_EQ(standings[0].verifier_key, "k0");
  EXPECT_EQ(standings[0].tree_size, 7u);
  EXPECT_EQ(standings[0].cosigned_s, 100u);
  EXPECT_TRUE(standings[1].contradicts);
  EXPECT_EQ(standings[2].tree_size, 0u);
  EXPECT_FALSE(standings[1].forgot);
  board.Add(1, 7, "note\n", {"b\n", 100});
  EXPECT_FALSE(board.Standings()[1].contradicts) << "it cosigns again";
  board.SetForgot(1);
  board.Add(1, 8, "next\n", {"b\n", 101});
  EXPECT_TRUE(board.Standings()[1].forgot) << "what it cosigns later brings nothing back";
  EXPECT_FALSE(board.Standings()[0].forgot);
}

}  // namespace
}  // namespace tearline::cosign
