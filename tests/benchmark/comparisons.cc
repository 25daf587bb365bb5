#include "tests/benchmark/comparisons.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/benchmark/audit_share.h"
#include "tests/benchmark/beside_many.h"
#include "tests/benchmark/country.h"
#include "tests/benchmark/export_bench.h"
#include "tests/benchmark/judge_bench.h"
#include "tests/benchmark/process.h"
#include "tests/benchmark/proof_bench.h"
#include "tests/benchmark/subscriber.h"
#include "tests/benchmark/timings.h"
#include "tests/benchmark/verify_bench.h"

namespace tearline::benchmark {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

void CompareLatency(Scene& scene, int rounds, std::vector<Row>& rows) {
  Rounds middle;
  Rounds slowest;
  for (int i = 0; i < rounds; ++i) {
    const Durations sync = scene.Appends();
    const Durations echo = scene.Bare(kOne).frames;
    const Durations ours = scene.Ours(kOne).frames;
    middle.Add(Percentile(ours, 50), Percentile(sync, 50) + Percentile(echo, 50));
    slowest.Add(Percentile(ours, 99), Percentile(sync, 99) + Percentile(echo, 99));
  }
  rows.push_back(middle.AsRow("latency_p50_over_sync_plus_echo",
                              "1 in flight, p50, over one sync and one echo", false, "us"));
  rows.push_back(slowest.AsRow("latency_p99_over_sync_plus_echo",
                               "1 in flight, p99, over one sync and one echo", false, "us"));
}

void CompareRate(Scene& scene, const Depth& depth, int rounds, std::vector<Row>& rows) {
  Rounds bare;
  Rounds appends;
  for (int i = 0; i < rounds; ++i) {
    const double stream = scene.Bare(depth).events_a_second;
    const double disk = scene.AppendsASecond();
    const double ours = scene.Ours(depth).events_a_second;
    bare.Add(ours, stream);
    appends.Add(ours, disk);
  }
  const std::string name = std::string("publish_") + depth.name;
  rows.push_back(bare.AsRow(name + "_over_bare_stream",
                            std::string(depth.says) + ", over a bare gRPC stream", true, "1/s"));
  rows.push_back(appends.AsRow(name + "_over_synced_appends",
                               std::string(depth.says) + ", over bare synced appends", true,
                               "1/s"));
}

/// What an event costs of a core, in all threads of the server: neighbours on the machine change
/// that least of all.
void CompareCpu(Scene& scene, const Depth& depth, int rounds, std::vector<Row>& rows) {
  Rounds cpu;
  const auto spent_on = [](pid_t process, const std::function<Loaded()>& load) {
    const double before = CpuUsOf(process);
    const auto events = static_cast<double>(load().events);
    return (CpuUsOf(process) - before) / events;
  };
  for (int i = 0; i < rounds; ++i) {
    const double bare = spent_on(scene.bare.process(), [&] { return scene.Bare(depth); });
    cpu.Add(spent_on(scene.stage.process(), [&] { return scene.Ours(depth); }), bare);
  }
  rows.push_back(cpu.AsRow(std::string("cpu_an_event_") + depth.name + "_over_bare_stream",
                           std::string("CPU an event, ") + depth.says + ", over a bare gRPC stream",
                           false, "us"));
}

/// Publishes while a subscriber follows and acknowledges, until it has everything. The publisher
/// waits when it is further ahead than four times what is in flight.
///
/// Returns: events a second, received and acknowledged. `begin` is called before the first.
double OursFollowed(Scene& scene, const Depth& depth, const std::function<void()>& begin) {
  Subscriber subscriber(scene.stage.ChannelOf("probation/reader"), "probation/chair");
  // What was published before comes first, and is not of this measurement.
  while (!subscriber.CaughtUp()) std::this_thread::sleep_for(milliseconds(10));
  begin();
  const std::uint64_t ahead_max = 4 * depth.events();
  const std::uint64_t before = subscriber.Acknowledged();
  const Clock::time_point begun_at = Clock::now();
  const Loaded ours =
      scene.Ours(depth, {.time = milliseconds(2000), .may_send = [&](std::uint64_t sent) {
                           return sent < subscriber.Acknowledged() - before + ahead_max;
                         }});
  while (subscriber.Acknowledged() - before < ours.events) {
    std::this_thread::sleep_for(milliseconds(1));
  }
  const double seconds = std::chrono::duration<double>(Clock::now() - begun_at).count();
  return static_cast<double>(ours.events) / seconds;
}

/// From a publisher to a subscriber who has acknowledged.
void CompareDelivery(Scene& scene, const Depth& depth, int rounds, std::vector<Row>& rows) {
  Rounds over_publish;
  Rounds over_bare;
  Rounds appends;
  for (int i = 0; i < rounds; ++i) {
    const double disk = scene.AppendsASecond();
    const double bare = scene.Bare(depth).events_a_second;
    const double published = scene.Ours(depth).events_a_second;
    const double delivered = OursFollowed(scene, depth, [] {});
    over_publish.Add(delivered, published);
    over_bare.Add(delivered, bare);
    appends.Add(delivered, disk);
  }
  const std::string name = std::string("acknowledged_by_subscriber_") + depth.name;
  const std::string says = std::string("to a subscriber's acknowledgement, ") + depth.says;
  rows.push_back(
      over_bare.AsRow(name + "_over_bare_stream", says + ", over a bare gRPC stream", true, "1/s"));
  rows.push_back(appends.AsRow(name + "_over_synced_appends", says + ", over bare synced appends",
                               true, "1/s"));
  rows.push_back(
      over_publish.AsRow(name + "_over_publish", says + ", over publishing alone", true, "1/s"));
}

/// Where the time goes, as shares of all that is timed, while a subscriber follows. What gRPC does
/// by itself with bytes that were handed to it is in none of them.
void ShowShares(Scene& scene, std::vector<Row>& rows) {
  std::map<std::string, double> before;
  (void)OursFollowed(scene, kBatches, [&] { before = ReadTimings(scene.stage); });
  std::map<std::string, double> took = ReadTimings(scene.stage);
  for (auto& [name, seconds] : took) seconds -= before.at(name);
  took["append"] -= took["sync"];  // which is a part of it
  took["apply"] -= took["judge"] + took["leaf"];
  const std::vector<std::pair<std::string, std::string>> parts = {
      {"check", "checking"},
      {"seal", "sealing"},
      {"append", "the ledger's append"},
      {"sync", "its sync"},
      {"apply", "the machine: finding and queueing"},
      {"judge", "judging"},
      {"leaf", "the leaf with its details"},
      {"commit", "the state's batch"},
      {"answer", "answering the publisher"},
      {"deliver", "finding, opening and laying out for the subscriber"}};
  double all = 0;
  for (const auto& [name, says] : parts) all += took.at(name);
  for (const auto& [name, says] : parts) {
    rows.push_back({"share_" + name, "share of time, 1,000 in flight, a subscriber: " + says,
                    took.at(name) / all, false, ""});
  }
}

double SecondsToStart(Scene& scene) {
  const Clock::time_point begun = Clock::now();
  scene.stage.Start();
  return std::chrono::duration<double>(Clock::now() - begun).count();
}

/// Starts with many records and their state, over starts of the same broker with those of 1,000
/// people alone. The first of them also reads what the state's log held when whoever grew it
/// stopped.
void CompareStart(const Scene& beside, const Size& size, std::vector<Row>& rows) {
  Scene scene(beside.Beside("-start"));
  constexpr std::size_t kParts = 20;  // Told of while it grows.
  const auto start = [&scene] {
    scene.stage.Stop();
    return SecondsToStart(scene);
  };
  std::vector<double> with_few;
  while (with_few.size() <= static_cast<std::size_t>(size.rounds)) with_few.push_back(start());
  const std::uint64_t few_kb = ResidentKb(scene.stage.process());

  model::Position records = 0;
  scene.stage.Stop();
  {
    Growth growth(scene.stage.Config());
    while ((records = growth.Records()) < size.records) {
      growth.AddEvents(scene.people, std::min(size.records / kParts + 1, size.records - records));
      std::fprintf(stderr, "%llu of %zu records\n",
                   static_cast<unsigned long long>(growth.Records()), size.records);
    }
  }
  const std::string count = std::to_string(records);
  Rounds first;
  first.Add(SecondsToStart(scene), with_few.back());
  with_few.pop_back();
  Rounds later;
  for (const double few : with_few) later.Add(start(), few);
  Rounds memory;
  memory.Add(static_cast<double>(ResidentKb(scene.stage.process())), static_cast<double>(few_kb));
  rows.push_back(first.AsRow("first_start_with_" + count + "_records_over_few",
                             "the first start after " + count + " records, over one with few",
                             false, "s"));
  rows.push_back(later.AsRow("start_with_" + count + "_records_over_few",
                             "a later start with " + count + " records, over one with few", false,
                             "s"));
  rows.push_back(memory.AsRow("memory_started_with_" + count + "_records_over_few",
                              "memory of a broker started with " + count + " records, over few",
                              false, "kB"));
}

void CompareReplay(Scene& scene, const Size& size, std::vector<Row>& rows) {
  const double live = scene.Ours(kBatches).events_a_second;
  model::Position records = 0;
  double verified = 0;
  scene.Stopped([&](Growth& growth) {
    const model::Position there = growth.Records();
    if (there < size.records) growth.AddEvents(scene.people, size.records - there);
    records = growth.Records();
    CompareProofs(*growth.View(), "", size.rounds, rows);
    verified = SecondsToVerify(growth);
  });
  const std::string count = std::to_string(records);
  scene.stage.Stop();
  const double with_state = SecondsToStart(scene);
  scene.stage.Stop();
  std::filesystem::remove_all(scene.stage.directory() / "state");
  const double without = SecondsToStart(scene);
  Rounds replay;
  replay.Add(static_cast<double>(records) / (without - with_state), live);
  Rounds start;
  start.Add(with_state, without);
  rows.push_back(replay.AsRow("replay_" + count + "_records_over_publish",
                              "replay of " + count + " records a second, over 1,000 in flight",
                              true, "1/s"));
  Rounds both;
  const double of_a_million = 1e6 / static_cast<double>(records);
  both.Add((without - with_state + verified) * of_a_million, 1e6 / live);
  rows.push_back(both.AsRow(
      "replayed_and_verified_" + count + "_records_over_publish",
      "a million events replayed and then verified, from " + count + ", over publishing them",
      false, "s"));
  rows.push_back(start.AsRow("start_with_state_of_" + count + "_records_over_replay",
                             "start with the state of " + count + " records, over one that replays",
                             false, "s"));
}

}  // namespace

std::vector<Row> CompareAll(Scene& scene, const Size& size, const std::string& only) {
  const int rounds = size.rounds;
  const std::vector<std::pair<const char*, std::function<void(std::vector<Row>&)>>> all = {
      {"latency", [&](auto& rows) { CompareLatency(scene, rounds, rows); }},
      {"publish-1", [&](auto& rows) { CompareRate(scene, kOne, rounds, rows); }},
      {"publish-64", [&](auto& rows) { CompareRate(scene, kMany, rounds, rows); }},
      {"publish-1000", [&](auto& rows) { CompareRate(scene, kBatches, rounds, rows); }},
      {"cpu", [&](auto& rows) { CompareCpu(scene, kBatches, rounds, rows); }},
      {"delivery-1", [&](auto& rows) { CompareDelivery(scene, kOne, rounds, rows); }},
      {"delivery-1000", [&](auto& rows) { CompareDelivery(scene, kBatches, rounds, rows); }},
      {"shares", [&](auto& rows) { ShowShares(scene, rows); }},
      {"audit", [&](auto& rows) { ShowAuditShare(scene, rounds, rows); }},
      {"judging", [&](auto& rows) { CompareJudging(rounds, rows); }},
      {"people", [&](auto& rows) { ComparePeople(scene, size.people, rounds, rows); }},
      {"subscriptions", [&](auto& rows) { CompareSubscriptions(scene, rounds, rows); }},
      {"country", [&](auto& rows) { CompareCountries(scene, size.people, rows); }},
      {"verifying", [&](auto& rows) { CompareVerifying(scene, rounds, rows); }},
      {"proofs",
       [&](auto& rows) {
         CompareProofsOfMany(scene.stage.directory() / "tree", size.leaves, rounds, rows);
       }},
      {"exporting", [&](auto& rows) { CompareExporting(scene, size.records, rows); }},
      {"start", [&](auto& rows) { CompareStart(scene, size, rows); }},
      {"replay", [&](auto& rows) { CompareReplay(scene, size, rows); }},
  };
  std::vector<Row> rows;
  for (const auto& [name, compare] : all) {
    if (!only.empty() && only != name) continue;
    std::fprintf(stderr, "measuring: %s\n", name);
    compare(rows);
  }
  return rows;
}

}  // namespace tearline::benchmark
