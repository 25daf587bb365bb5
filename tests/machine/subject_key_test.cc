#include "broker/machine/subject_key.h"

#include <gtest/gtest.h>

#include <string>

#include "broker/machine/rows.h"
#include "tests/machine/world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

class SubjectKeyTest : public testing::Test {
 protected:
  SubjectKeyTest() {
    for (const std::string& id : {erased_, standing_}) {
      batch_.PutRow(SubjectKeyKey(id), SubjectKeyRow());
      batch_.Put(SubjectKeyOfKey(SubjectKeyRow(), id), "");
    }
    EraseKey(erased_, step_);
  }

  const std::string erased_ = std::string(16, 'e');
  const std::string standing_ = std::string(16, 's');
  World world_;
  state::Batch batch_{world_.state};
  const ledger::Header header_ = [] {
    ledger::Header header;
    header.position = 9;
    return header;
  }();
  Step step_{.header = header_, .batch = batch_, .actor = {}, .ledger = {}};
};

TEST_F(SubjectKeyTest, IsErasedOnceAndForGood) {
  EraseKey(erased_, step_);
  EXPECT_EQ(step_.applied.erased_keys, std::vector<std::string>{erased_});
  EXPECT_EQ(batch_.Find<SubjectKeyRow>(SubjectKeyKey(erased_))->erased_position(), 9u);
  EXPECT_FALSE(batch_.Get(SubjectKeyOfKey(SubjectKeyRow(), erased_)).has_value());
  EXPECT_TRUE(batch_.Get(SubjectKeyOfKey(SubjectKeyRow(), standing_)).has_value());
}

/// Whatever part of a command is sealed under it.
TEST_F(SubjectKeyTest, KeepsOutWhatIsSealedUnderIt) {
  for (const auto& [id, stands] : {std::pair(erased_, false), std::pair(standing_, true)}) {
    stored::v1::Publish segment;
    segment.add_segments()->add_keys()->set_subject_key_id(id);
    EXPECT_EQ(CheckKeysStand(segment, batch_).ok(), stands);
    stored::v1::Publish tear_line;
    tear_line.add_tear_lines()->mutable_text()->add_keys()->set_subject_key_id(id);
    EXPECT_EQ(CheckKeysStand(tear_line, batch_).ok(), stands);
    stored::v1::Publish identifier;
    identifier.add_nominals()->add_identifiers()->mutable_sealed()->add_keys()->set_subject_key_id(
        id);
    EXPECT_EQ(CheckKeysStand(identifier, batch_).ok(), stands);
    LinkIdentifier link;
    link.mutable_identifier()->mutable_sealed()->add_keys()->set_subject_key_id(id);
    EXPECT_EQ(CheckKeysStand(link, batch_).ok(), stands);
  }
}

}  // namespace
}  // namespace tearline::machine
