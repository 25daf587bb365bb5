#include "broker/config/read_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tearline/settings/v1/broker.pb.h"

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

}  // namespace
}  // namespace tearline::config
