#include "tests/simulation/versioned_state.h"

#include <gtest/gtest.h>

#include "tests/doubles/memory_state.h"

namespace tearline::simulation {
namespace {

state::Key Row(const char* name) { return state::Key(state::Table::kAgency).Name(name); }

void Put(VersionedState& state, model::Position position, const char* name, const char* value) {
  const auto view = state.Now();
  state::Batch batch(*view);
  batch.Put(Row(name), value);
  ASSERT_TRUE(state.Commit(batch, position).ok());
}

TEST(VersionedState, AViewStaysAsItWas) {
  VersionedState state;
  Put(state, 1, "a", "one");
  const auto before = state.Now();
  Put(state, 2, "a", "two");
  Put(state, 3, "b", "three");
  EXPECT_EQ(before->Get(Row("a")), "one");
  EXPECT_EQ(before->Get(Row("b")), std::nullopt);
  EXPECT_EQ(before->position(), 1u);
  EXPECT_EQ(before->Scan(state::Key(state::Table::kAgency), 10).size(), 1u);
  EXPECT_EQ(state.Now()->Get(Row("a")), "two");
  EXPECT_EQ(state.Now()->Scan(state::Key(state::Table::kAgency), 10).size(), 2u);
}

TEST(VersionedState, LosesTheLastCommitsAndNothingElse) {
  VersionedState state;
  Put(state, 1, "a", "one");
  const crypto::Digest before = state.Digest();
  Put(state, 4, "a", "two");
  Put(state, 5, "b", "three");
  ASSERT_EQ(state.Commits(), 3u);
  state.LoseLast(2);
  EXPECT_EQ(state.Position(), 1u);
  EXPECT_EQ(state.Now()->Get(Row("a")), "one");
  EXPECT_EQ(state.Digest(), before);
  state.LoseLast(1);
  EXPECT_EQ(state.Position(), 0u);
  EXPECT_EQ(state.Now()->Get(Row("a")), std::nullopt);
}

TEST(VersionedState, HasTheDigestOfEveryOtherState) {
  VersionedState state;
  doubles::MemoryState other;
  Put(state, 1, "a", "one");
  Put(state, 2, "b", "two");
  state::Batch first(other);
  first.Put(Row("a"), "one");
  first.Put(Row("b"), "two");
  other.Commit(first, 2);
  EXPECT_EQ(state.Digest(), other.Digest());
}

TEST(VersionedState, FailsOneCommitWholly) {
  VersionedState state;
  Put(state, 1, "a", "one");
  state.FailNextCommit();
  const auto view = state.Now();
  state::Batch batch(*view);
  batch.Put(Row("a"), "two");
  EXPECT_EQ(ReasonOf(state.Commit(batch, 2)), v1::ERROR_REASON_STORAGE_FAILED);
  EXPECT_EQ(state.Now()->Get(Row("a")), "one");
  EXPECT_TRUE(state.Commit(batch, 2).ok());
}

}  // namespace
}  // namespace tearline::simulation
