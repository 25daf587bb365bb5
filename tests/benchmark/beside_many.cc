#include "tests/benchmark/beside_many.h"

#include <chrono>
#include <string>
#include <utility>

namespace tearline::benchmark {
namespace {

constexpr std::size_t kFewSubscriptions = 10;
constexpr std::size_t kManySubscriptions = 10'000;

/// `of` says of what there are many, `than` how many there are in `few`.
void Compare(Scene& few, Scene& many, const std::string& of, const std::string& than, int rounds,
             std::vector<Row>& rows) {
  Rounds rate;
  Rounds middle;
  Rounds slowest;
  for (int i = 0; i < rounds; ++i) {
    const double few_a_second = few.Ours(kBatches).events_a_second;
    rate.Add(many.Ours(kBatches).events_a_second, few_a_second);
    const Durations few_frames = few.Ours(kOne).frames;
    const Durations many_frames = many.Ours(kOne).frames;
    middle.Add(Median(many_frames), Median(few_frames));
    slowest.Add(Percentile(many_frames, 99), Percentile(few_frames, 99));
  }
  std::string name = of + "_over_" + than;
  for (char& letter : name) letter = letter == ' ' || letter == ',' ? '_' : letter;
  rows.push_back(rate.AsRow("publish_1000_with_" + name,
                            "1,000 in flight, " + of + ", over " + than, true, "1/s"));
  rows.push_back(middle.AsRow("latency_p50_with_" + name,
                              "1 in flight, p50, " + of + ", over " + than, false, "us"));
  rows.push_back(slowest.AsRow("latency_p99_with_" + name,
                               "1 in flight, p99, " + of + ", over " + than, false, "us"));
}

/// Publishes to both until each person's keys are made in either, and as much lies in both.
void Settle(Scene& few, Scene& many, std::size_t people) {
  const Load enough{.time = std::chrono::milliseconds(people / 2 + 1000)};
  (void)many.Ours(kBatches, enough);
  (void)few.Ours(kBatches, enough);
}

}  // namespace

void ComparePeople(const Scene& beside, std::size_t people, int rounds, std::vector<Row>& rows) {
  Scene few(beside.Beside("-few-people"));
  Scene many(beside.Beside("-people"));
  many.Stopped([&](Growth& growth) {
    for (std::string& id : growth.AddPeople(people - kFewPeople)) {
      many.people.push_back(std::move(id));
    }
  });
  Settle(few, many, people);
  Compare(few, many, std::to_string(people) + " people with cases", std::to_string(kFewPeople),
          rounds, rows);
}

void CompareSubscriptions(const Scene& beside, int rounds, std::vector<Row>& rows) {
  Scene few(beside.Beside("-few-subscriptions"));
  Scene many(beside.Beside("-subscriptions"));
  few.Stopped([](Growth& growth) { growth.AddSubscriptions(kFewSubscriptions); });
  many.Stopped([](Growth& growth) { growth.AddSubscriptions(kManySubscriptions); });
  Compare(few, many, std::to_string(kManySubscriptions) + " subscriptions",
          std::to_string(kFewSubscriptions), rounds, rows);
}

}  // namespace tearline::benchmark
