#include "tests/simulation/oracle.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <exception>
#include <ostream>
#include <sstream>
#include <string>

#include "tests/simulation/report.h"

namespace tearline::simulation {
namespace {

using state::Table;

/// The oracle's second opinion is worth something only if it can differ. Each row breaks one thing
/// on purpose, in a store and not in the broker's code; one of a few seeds must show it in those
/// words.
struct Broken {
  const char* what;
  std::optional<Table> forgotten;  ///< By the state; nothing: a disk that lies.
  std::uint64_t from_step;
  const char* complaint;
  std::uint64_t seeds = 60;  ///< Within which it is noticed.

  /// Named in the list of tests; the bytes of a row would tell nothing.
  friend void PrintTo(const Broken& broken, std::ostream* out) { *out << broken.what; }
};

constexpr Broken kBroken[] = {
    {"a_synced_record_is_lost", {}, 0, "P1: an answered record is not in the ledger any more"},
    {"a_synced_record_is_lost_under_a_state", {}, 0, "P9: recovery refused: LEDGER_TAIL_LOST"},
    {"request_ids", Table::kRequest, 1, "P1: one request was answered with two events"},
    {"reused_request_ids", Table::kRequest, 1, "P1: a request id was used for other content"},
    {"events", Table::kEvent, 120, "P1: an event that was recorded is not in the state"},
    {"who_sits_where", Table::kCase, 90, "P6: decided to tell more than the policy says"},
    {"cases", Table::kCase, 60, "P3: not every post a duty names got a decision"},
    {"agencies", Table::kAgency, 1, "a suspended member was heard"},
    {"obligations", Table::kObligation, 1, "P3: an event is owed and withheld, and no obligation"},
    {"deadlines", Table::kDeadline, 1, "P3: an obligation's time is in no table"},
    {"lanes", Table::kLane, 100, "a lane's numbers do not rise by one"},
    {"releases", Table::kReleased, 1, "an item in the state is not the one that was let go"},
    {"sessions", Table::kSession, 30, "something was let go to a feed that nobody listens to"},
    {"where_events_are", Table::kEventAt, 1, "a subscription never got an event it wished for"},
    {"who_wishes", Table::kSubscribed, 1, "a subscription never got an event it wished for"},
    {"who_has_an_event", Table::kItemOf, 1, "what was in the inbox came through a subscription"},
    {"who_received_an_event", Table::kLetGo, 1, "a post that received an event was not told", 120},
    {"whom_events_are_about", Table::kEventOfNominal, 1, "P3: what was recorded about somebody"},
    {"identifiers", Table::kIdentifier, 1, "an identifier was taken for somebody else's"},
    {"who_is_away", Table::kPost, 1, "a right leave was refused"},
    {"who_is_one_person", Table::kNominal, 1, "a right merge was refused"},
    {"whose_work_is_done", Table::kCapable, 1, "P3: the work of a dead address was not taken up"},
    {"who_was_asked", Table::kInformationRequest, 1, "a right answer was refused"},
};

/// What a run complains of, a line each, in a process of its own: a broker without its rows may
/// find an invariant broken before the oracle sees anything, and stop. That shows nothing.
std::string ComplaintsOf(std::uint64_t seed, std::uint64_t steps, const Flaw& flaw) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) return "no pipe";
  const pid_t child = ::fork();
  if (child == 0) {
    bool written = false;
    try {
      std::string said;
      for (const std::string& each : RunSeed(seed, steps, flaw).complaints) said += each + '\n';
      written = ::write(ends[1], said.data(), said.size()) >= 0;
    } catch (const std::exception&) {  // Or miss a row where no invariant looks for it.
    }
    ::_exit(written ? 0 : 1);
  }
  ::close(ends[1]);
  std::string said;
  std::array<char, 4096> read{};
  for (ssize_t got = 0; (got = ::read(ends[0], read.data(), read.size())) > 0;) {
    said.append(read.data(), static_cast<std::size_t>(got));
  }
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  return said;
}

class BrokenOnPurpose : public testing::TestWithParam<Broken> {};

TEST_P(BrokenOnPurpose, IsNoticed) {
  constexpr std::uint64_t kSteps = 120;
  const Broken& broken = GetParam();
  const Flaw flaw{broken.forgotten, broken.from_step, !broken.forgotten.has_value()};
  std::string instead;
  for (std::uint64_t seed = 1; seed <= broken.seeds; ++seed) {
    std::istringstream said(ComplaintsOf(seed, kSteps, flaw));
    for (std::string complaint; std::getline(said, complaint);) {
      if (complaint.starts_with(broken.complaint)) return;
      instead += complaint + "\n";
    }
  }
  FAIL() << broken.seeds << " seeds did not show it; they showed\n" << instead;
}

INSTANTIATE_TEST_SUITE_P(Oracle, BrokenOnPurpose, testing::ValuesIn(kBroken),
                         [](const auto& row) { return row.param.what; });

}  // namespace
}  // namespace tearline::simulation
