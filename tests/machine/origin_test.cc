#include "broker/machine/origin.h"

#include <gtest/gtest.h>

#include "tests/machine/world.h"

namespace tearline::machine {
namespace {

struct Row {
  const char* what;
  const char* agency;  ///< Originating.
  const char* post;    ///< Originating.
  bool imported;
  v1::ErrorReason reason;
};

constexpr Row kRows[] = {
    {"one's own, by the post acted for", "ct-police", "ct-police/intel", false,
     v1::ERROR_REASON_UNSPECIFIED},
    {"one's own, by a colleague's post", "ct-police", "ct-police/accountable", false,
     v1::ERROR_REASON_NOT_YOUR_POST},
    {"another's, unasked", "police", "", false, v1::ERROR_REASON_NOT_PERMITTED},
    {"that of nobody here", "circus", "", false, v1::ERROR_REASON_NOT_PERMITTED},
    {"one's own as history, by no intake post", "ct-police", "ct-police/intel", true,
     v1::ERROR_REASON_NOT_PERMITTED},
};

TEST(Origin, IsOnesOwnUnlessTheDirectorySaysOtherwise) {
  const World world;
  const stored::v1::Actor actor = World::System("ct-police/intel");
  for (const Row& row : kRows) {
    stored::v1::Publish command;
    command.set_originating_agency(row.agency);
    command.set_originating_post(row.post);
    command.set_imported(row.imported);
    EXPECT_EQ(ReasonOf(CheckOrigin(command, actor, world.state)), row.reason) << row.what;
  }
}

/// An adapter may speak for whom the directory names, as long as those are in good standing.
TEST(Origin, MayBeAnotherAgencysForAnAdapterOfItsOwn) {
  const World world;
  state::Batch batch(world.state);
  const state::Key own = state::Key(state::Table::kAgency).Name("ct-police");
  auto adapter = *batch.Find<stored::v1::AgencyRow>(own);
  adapter.mutable_agency()->add_publishes_for("police");
  batch.PutRow(own, adapter);

  stored::v1::Publish command;
  command.set_originating_agency("police");
  const stored::v1::Actor actor = World::System("ct-police/intel");
  EXPECT_TRUE(CheckOrigin(command, actor, batch).ok());

  const state::Key police = state::Key(state::Table::kAgency).Name("police");
  auto suspended = *batch.Find<stored::v1::AgencyRow>(police);
  suspended.set_suspended(true);
  batch.PutRow(police, suspended);
  EXPECT_EQ(ReasonOf(CheckOrigin(command, actor, batch)), v1::ERROR_REASON_SUSPENDED);
}

}  // namespace
}  // namespace tearline::machine
