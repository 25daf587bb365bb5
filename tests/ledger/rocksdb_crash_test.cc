#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "tests/ledger/rocksdb_fixture.h"

namespace tearline::ledger {
namespace {

/// ledger_appender (beside this file) on a directory, what it says it was answered, and its end.
class Appender {
 public:
  explicit Appender(const std::string& directory) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) std::abort();
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    std::string program = TEARLINE_LEDGER_APPENDER;
    std::string argument = directory;
    char* arguments[] = {program.data(), argument.data(), nullptr};
    if (::posix_spawn(&process_, program.c_str(), &actions, nullptr, arguments, environ) != 0) {
      std::abort();
    }
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    answers_ = ends[0];
  }
  ~Appender() { ::close(answers_); }
  Appender(const Appender&) = delete;
  Appender& operator=(const Appender&) = delete;

  /// The next position that was answered; 0 when there are no more.
  model::Position NextAnswer() const {
    model::Position position = 0;
    return ::read(answers_, &position, sizeof position) == sizeof position ? position : 0;
  }
  void Kill() const {
    ::kill(process_, SIGKILL);
    int status = 0;
    ::waitpid(process_, &status, 0);
  }

 private:
  pid_t process_ = 0;
  int answers_ = -1;
};

using RocksdbCrashTest = RocksdbFixture;

/// L1 and L3. A process appends groups and is killed in the midst, again and again: what was
/// answered is there, and what is there is whole records, each continuing the one before.
TEST_F(RocksdbCrashTest, WhatWasAnsweredOutlivesAKilledProcess) {
  model::Position answered = 0;
  for (int round = 0; round < 12; ++round) {
    const Appender appender(Directory().string());
    for (int answers = 0; answers < 1 + 5 * round; ++answers) answered = appender.NextAnswer();
    ASSERT_GT(answered, 0u) << "the appender stopped by itself";
    appender.Kill();
    // Whole answers may still lie in the pipe.
    for (model::Position more = appender.NextAnswer(); more != 0; more = appender.NextAnswer()) {
      answered = more;
    }

    Open();
    ASSERT_GE(ledger_->Tip(), answered) << "round " << round;
    const Result<std::vector<StoredHeader>> headers = ledger_->ReadHeaders(0, kAllBytes);
    ASSERT_TRUE(headers.ok()) << SentenceOf(headers.status());
    ASSERT_EQ(headers->size(), ledger_->Tip());
    for (const StoredHeader& header : *headers) {
      for (std::uint32_t i = 0; i < header.header.segments; ++i) {
        const Result<std::string> segment = ledger_->ReadSegment(header.header.position, i);
        ASSERT_TRUE(segment.ok()) << SentenceOf(segment.status());
        ASSERT_EQ(*segment, header.header.command_bytes + std::to_string(i));
      }
    }
    ledger_.reset();
  }
}

}  // namespace
}  // namespace tearline::ledger
