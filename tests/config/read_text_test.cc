#include "broker/config/read_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/config/read_file.h"
#include "tearline/settings/v1/broker.pb.h"
#include "tearline/settings/v1/directory.pb.h"

namespace tearline::config {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(ReadText, SaysLineAndColumnAndQuotesNothing) {
  settings::v1::BrokerConfig config;
  const Status read = ReadText("state {\n  secret_word: 1\n}", config);
  EXPECT_EQ(ReasonOf(read), v1::ERROR_REASON_CONFIG_INVALID);
  EXPECT_THAT(SentenceOf(read), HasSubstr("line 2, column 14: there is no setting of this name"));
  EXPECT_THAT(SentenceOf(read), Not(HasSubstr("secret_word")));
}

TEST(ReadText, ReadsWhatIsRight) {
  settings::v1::BrokerConfig config;
  ASSERT_TRUE(ReadText("# a comment\nstate { directory: \"d\" }", config).ok());
  EXPECT_EQ(config.state().directory(), "d");
}

TEST(ReadText, RefusesWhatIsLeftOver) {
  settings::v1::BrokerConfig config;
  EXPECT_FALSE(ReadText("state { directory: \"d\" } }", config).ok());
}

/// The files people start from are held to what the broker reads.
TEST(ReadText, ReadsTheFilesThatPeopleStartFrom) {
  const std::string root = std::string(TEARLINE_SOURCE_DIR) + "/config/";
  settings::v1::BrokerConfig config;
  const Status broker = ReadText(*ReadFile(root + "broker.textproto", 65536, "it"), config);
  EXPECT_TRUE(broker.ok()) << SentenceOf(broker);
  EXPECT_EQ(config.audit().checkpoint_interval_ms(), 1000u);
  settings::v1::Directory directory;
  const Status read = ReadText(*ReadFile(root + "directory.textproto", 65536, "it"), directory);
  EXPECT_TRUE(read.ok()) << SentenceOf(read);
  EXPECT_GT(directory.posts_size(), 0);
}

}  // namespace
}  // namespace tearline::config
