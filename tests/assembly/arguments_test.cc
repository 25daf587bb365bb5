#include "broker/arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace tearline {
namespace {

Result<Arguments> Read(std::vector<const char*> words) {
  words.insert(words.begin(), "tearlined");
  return ReadArguments(static_cast<int>(words.size()), words.data());
}

struct Row {
  std::vector<const char*> words;
  Task task;
};

TEST(ReadArguments, UnderstandsWhatTheHelpTeaches) {
  const Row rows[] = {
      {{"broker.textproto"}, Task::kServe},
      {{"--check-config", "broker.textproto"}, Task::kCheckConfig},
      {{"--check-policy", "policy.textproto"}, Task::kCheckPolicy},
      {{"broker.textproto", "--digest"}, Task::kDigest},
      {{"--verify", "broker.textproto"}, Task::kVerify},
      {{"--confirm-clock", "--by", "me", "--because", "I looked", "broker.textproto"},
       Task::kConfirmClock},
      {{"--genesis", "d", "--policy", "p", "broker.textproto"}, Task::kGenesis},
  };
  for (const Row& row : rows) {
    const auto arguments = Read(row.words);
    ASSERT_TRUE(arguments.ok()) << SentenceOf(arguments.status());
    EXPECT_EQ(arguments->task, row.task);
    const bool alone = row.task == Task::kCheckPolicy;  // Needs no configuration.
    EXPECT_EQ(arguments->config_file, alone ? "" : "broker.textproto");
  }
  const auto genesis = Read({"--policy", "p", "--genesis", "d", "c"});
  EXPECT_EQ(genesis->directory_file, "d");
  EXPECT_EQ(genesis->policy_file, "p");
  EXPECT_EQ(Read({"--help"})->task, Task::kHelp);
  const auto lost = Read({"--accept-lost-keys", "--by", "me", "--second", "you", "--because", "w",
                          "broker.textproto"});
  ASSERT_TRUE(lost.ok()) << SentenceOf(lost.status());
  EXPECT_EQ(lost->task, Task::kAcceptLostKeys);
  EXPECT_EQ(lost->second, "you");
}

TEST(ReadArguments, RefusesWhatItDoesNotUnderstandAndPointsToTheHelp) {
  const std::vector<std::vector<const char*>> rows = {
      {},
      {""},
      {"one", "two"},
      {"--serve", "c"},
      {"--digest"},
      {"--digest", "--verify", "c"},
      {"--genesis", "d", "c"},
      {"--genesis", "--policy", "p", "c"},
      {"--policy", "p", "c"},
      {"--confirm-clock", "c"},
      {"--confirm-clock", "--by", "me", "c"},
      {"--confirm-clock", "--because", "I looked", "c"},
      {"--by", "me", "--because", "I looked", "c"},
      {"--accept-lost-keys", "--by", "me", "--because", "it burnt", "c"},
      {"--accept-lost-keys", "--by", "me", "--second", "me", "--because", "it burnt", "c"},
      {"--accept-lost-keys", "--second", "you", "c"},
      {"--confirm-clock", "--by", "me", "--second", "you", "--because", "I looked", "c"},
      {"--policy", "p", "--policy", "q", "--genesis", "d", "c"},
  };
  for (const auto& row : rows) {
    const auto arguments = Read(row);
    ASSERT_FALSE(arguments.ok()) << testing::PrintToString(row);
    EXPECT_THAT(SentenceOf(arguments.status()), testing::HasSubstr("--help"));
  }
}

TEST(HelpText, NamesEveryOptionAndFitsATerminal) {
  const std::string help = HelpText();
  for (const char* option :
       {"--check-config", "--genesis", "--policy", "--digest", "--verify", "--confirm-clock",
        "--accept-lost-keys", "--by", "--second", "--because"}) {
    EXPECT_THAT(help, testing::HasSubstr(option));
  }
  std::size_t begin = 0;
  for (std::size_t end = help.find('\n'); end != std::string::npos; end = help.find('\n', begin)) {
    EXPECT_LE(end - begin, 100u);
    begin = end + 1;
  }
}

}  // namespace
}  // namespace tearline
