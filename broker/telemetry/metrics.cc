#include "broker/telemetry/metrics.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cctype>
#include <cstddef>
#include <string>
#include <string_view>

#include "broker/status/status.h"

namespace tearline::telemetry {
namespace {

using Tally = std::atomic<std::uint64_t>;

constexpr std::size_t kCounters = static_cast<std::size_t>(Counter::kDutiesUnmet) + 1;
constexpr std::size_t kOutcomes = static_cast<std::size_t>(RecordOutcome::kUnappliable) + 1;
constexpr std::size_t kTimings = static_cast<std::size_t>(Timing::kFeedLag) + 1;
constexpr std::size_t kSents = static_cast<std::size_t>(Sent::kAccessWithdrawn) + 1;
constexpr std::size_t kLevels = static_cast<std::size_t>(v1::Level_ARRAYSIZE);
constexpr std::size_t kCommands = static_cast<std::size_t>(stored::v1::CommandNumber_ARRAYSIZE);
constexpr std::size_t kReasons = static_cast<std::size_t>(v1::ErrorReason_ARRAYSIZE);

/// Upper bounds, inclusive, in microseconds; above the last lies the rest.
constexpr std::array<std::uint64_t, 15> kBounds = {
    100,    250,     500,     1'000,   2'500,     5'000,     10'000,    25'000,
    50'000, 100'000, 250'000, 500'000, 1'000'000, 2'500'000, 10'000'000};

struct Wording {
  const char* name;
  const char* help;
};

constexpr std::array<Wording, kCounters> kCounterWords = {{
    {"tearline_items_released_total", "Items let go to feeds, or let go again."},
    {"tearline_items_settled_total", "Items that left a feed's window."},
    {"tearline_credential_readings_total", "Certificates and revocation lists read and taken."},
    {"tearline_credentials_kept_total", "Certificates and revocation lists read and refused."},
    {"tearline_duties_unmet_total", "Decisions that told a post less than it was owed."},
}};
constexpr std::array<const char*, kOutcomes> kOutcomeWords = {"applied", "awaits_second_hand",
                                                              "repeated", "refused", "unappliable"};
constexpr std::array<Wording, kTimings> kTimingWords = {{
    {"tearline_append_seconds", "A group of records into the ledger, with its sync."},
    {"tearline_sync_seconds", "A group of records into the ledger: waiting for the disk."},
    {"tearline_apply_seconds", "A group of records through the machine."},
    {"tearline_judge_seconds", "A group of records through the machine: deciding."},
    {"tearline_leaf_seconds", "A group of records through the machine: leaves with their details."},
    {"tearline_commit_seconds", "What a group of records wrote, into the state."},
    {"tearline_answer_seconds", "Telling those who waited for a group of records."},
    {"tearline_check_seconds", "Checking the events of one request."},
    {"tearline_seal_seconds", "Sealing the events of one request, new keys included."},
    {"tearline_deliver_seconds", "What goes into one frame to a subscriber: found, opened, laid out."},
    {"tearline_feed_lag_seconds", "An item, from its lane to its subscriber."},
}};
constexpr std::array<const char*, kSents> kSentWords = {
    "full", "tear_line", "pointer", "obligation", "access_change", "access_withdrawn"};

struct Histogram {
  std::array<Tally, kBounds.size() + 1> buckets{};
  Tally sum_microseconds{};
};

std::array<Tally, kCounters> counters{};
std::array<Tally, kLevels> decisions{};
std::array<Tally, kSents> sent{};
std::array<std::array<Tally, kOutcomes>, kCommands> records{};
std::array<Tally, kReasons> refusals{};
std::array<Histogram, kTimings> timings{};

void Add(Tally& tally, std::uint64_t by) { tally.fetch_add(by, std::memory_order_relaxed); }
std::uint64_t Read(const Tally& tally) { return tally.load(std::memory_order_relaxed); }

/// "COMMAND_NUMBER_SET_POST" without the prefix, in lower case.
std::string WordOf(const std::string& name, std::string_view prefix) {
  std::string word = name.starts_with(prefix) ? name.substr(prefix.size()) : name;
  std::transform(word.begin(), word.end(), word.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return word;
}

void ExposeRecords(Exposition& exposition) {
  exposition.Family("tearline_records_total", "Records, by command and what became of them.",
                    FamilyKind::kCounter);
  for (std::size_t command = 0; command < kCommands; ++command) {
    for (std::size_t outcome = 0; outcome < kOutcomes; ++outcome) {
      const std::uint64_t count = Read(records[command][outcome]);
      if (count == 0) continue;
      const std::string& name =
          stored::v1::CommandNumber_Name(static_cast<stored::v1::CommandNumber>(command));
      exposition.Sample(count, {{"command", WordOf(name, "COMMAND_NUMBER_")},
                                {"outcome", kOutcomeWords[outcome]}});
    }
  }
}

void ExposeRefusals(Exposition& exposition) {
  exposition.Family("tearline_refused_total", "Commands and callers refused, by reason.",
                    FamilyKind::kCounter);
  for (std::size_t reason = 0; reason < kReasons; ++reason) {
    const std::uint64_t count = Read(refusals[reason]);
    if (count == 0) continue;
    exposition.Sample(count,
                      {{"reason", WordOf(ReasonName(static_cast<v1::ErrorReason>(reason)), "")}});
  }
}

void ExposeJudged(Exposition& exposition) {
  exposition.Family("tearline_decisions_total", "Decisions for one post each, by level.",
                    FamilyKind::kCounter);
  for (std::size_t level = v1::LEVEL_WITHHELD; level < kLevels; ++level) {
    const std::string& name = v1::Level_Name(static_cast<v1::Level>(level));
    exposition.Sample(Read(decisions[level]), {{"level", WordOf(name, "LEVEL_")}});
  }
  exposition.Family("tearline_sent_total", "Items handed to subscribers, by what they are.",
                    FamilyKind::kCounter);
  for (std::size_t what = 0; what < kSents; ++what) {
    exposition.Sample(Read(sent[what]), {{"what", kSentWords[what]}});
  }
}

void ExposeTiming(const Wording& wording, const Histogram& histogram, Exposition& exposition) {
  exposition.Family(wording.name, wording.help, FamilyKind::kHistogram);
  std::uint64_t so_far = 0;
  for (std::size_t i = 0; i < kBounds.size(); ++i) {
    so_far += Read(histogram.buckets[i]);
    exposition.Sample(so_far, {{"le", SecondsText(kBounds[i])}}, "_bucket");
  }
  so_far += Read(histogram.buckets[kBounds.size()]);
  exposition.Sample(so_far, {{"le", "+Inf"}}, "_bucket");
  exposition.SampleSeconds(Read(histogram.sum_microseconds), {}, "_sum");
  exposition.Sample(so_far, {}, "_count");
}

}  // namespace

void Count(Counter counter, std::uint64_t by) {
  Add(counters[static_cast<std::size_t>(counter)], by);
}

void CountRecord(stored::v1::CommandNumber command, RecordOutcome outcome) {
  // A number that is not of the list is counted with 0.
  const auto index = stored::v1::CommandNumber_IsValid(command) ? static_cast<std::size_t>(command)
                                                                : std::size_t{0};
  Add(records[index][static_cast<std::size_t>(outcome)], 1);
}

void CountDecisions(v1::Level level, std::uint64_t by) {
  Add(decisions[v1::Level_IsValid(level) ? static_cast<std::size_t>(level) : 0], by);
}

void CountSent(Sent what) { Add(sent[static_cast<std::size_t>(what)], 1); }

void CountRefusal(v1::ErrorReason reason) {
  Add(refusals[v1::ErrorReason_IsValid(reason) ? static_cast<std::size_t>(reason) : 0], 1);
}

void Time(Timing timing, std::chrono::microseconds took) {
  Histogram& histogram = timings[static_cast<std::size_t>(timing)];
  const auto microseconds = static_cast<std::uint64_t>(std::max<std::int64_t>(took.count(), 0));
  const auto* bound = std::lower_bound(kBounds.begin(), kBounds.end(), microseconds);
  Add(histogram.buckets[static_cast<std::size_t>(bound - kBounds.begin())], 1);
  Add(histogram.sum_microseconds, microseconds);
}

void Expose(Exposition& exposition) {
  ExposeRecords(exposition);
  ExposeRefusals(exposition);
  ExposeJudged(exposition);
  for (std::size_t i = 0; i < kCounters; ++i) {
    exposition.Family(kCounterWords[i].name, kCounterWords[i].help, FamilyKind::kCounter);
    exposition.Sample(Read(counters[i]));
  }
  for (std::size_t i = 0; i < kTimings; ++i) {
    ExposeTiming(kTimingWords[i], timings[i], exposition);
  }
}

}  // namespace tearline::telemetry
