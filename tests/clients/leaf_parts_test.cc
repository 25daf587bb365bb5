#include "clients/verifier/leaf_parts.h"

#include <gtest/gtest.h>

#include <string>

#include "clients/verifier/export_file.h"
#include "tests/clients/invented_log.h"

namespace tearline::verifier {
namespace {

/// Leaf after leaf, larger and smaller, with slots and without: what the one before had must not
/// show.
TEST(LeafParts, HoldWhatTheEntryHolds) {
  doubles::InventedLog log;
  log.Scatter(0);
  log.Scatter(3);
  LeafParts parts;
  for (const std::size_t index : {0u, 2u, 3u, 1u, 0u}) {
    const LeafEntry& entry = log.Entries()[index];
    parts.Lay(entry);
    EXPECT_EQ(LeafLine(parts.Entry()), LeafLine(entry)) << index;
  }
  parts.Lay({});
  EXPECT_EQ(LeafLine(parts.Entry()), LeafLine({}));
}

TEST(LeafParts, LieAsTheyAreHashed) {
  doubles::InventedLog log;
  LeafParts parts;
  for (const LeafEntry& entry : log.Entries()) {
    parts.Lay(entry);
    Hash hash;
    LeafHash(parts.leaf, hash);
    EXPECT_EQ(hash, LeafHash(entry.leaf));
    ASSERT_EQ(parts.details.size(), entry.details.size());
    for (std::size_t i = 0; i < entry.details.size(); ++i) {
      LeafHash(parts.details[i], hash);
      EXPECT_EQ(hash, LeafHash(entry.details[i]));
    }
  }
}

}  // namespace
}  // namespace tearline::verifier
