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
  Rounds latency;
  for (int i = 0; i < rounds; ++i) {
    const double few_a_second = few.Ours(kBatches).events_a_second;
    rate.Add(many.Ours(kBatches).events_a_second, few_a_second);
    const double few_median = Median(few.Ours(kOne).frames);
    latency.Add(Median(many.Ours(kOne).frames), few_median);
  }
  std::string name = of + "_over_" + than;
  for (char& letter : name) letter = letter == ' ' || letter == ',' ? '_' : letter;
  rows.push_back(rate.AsRow("publish_1000_with_" + name,
                            "1,000 in flight, " + of + ", over " + than, true, "1/s"));
  rows.push_back(latency.AsRow("latency_p50_with_" + name,
                               "1 in flight, p50, " + of + ", over " + than, false, "us"));
}

end_to_end::StagePlace Beside(const Scene& scene, const char* suffix) {
  end_to_end::StagePlace place = scene.place;
  place.directory += suffix;
  return place;
}

}  // namespace

void ComparePeople(Scene& few, std::size_t people, int rounds, std::vector<Row>& rows) {
  Scene many(Beside(few, "-people"));
  many.Stopped([&](Growth& growth) {
    for (std::string& id : growth.AddPeople(people - kFewPeople)) {
      many.people.push_back(std::move(id));
    }
  });
  // As many keys are made before anything counts.
  (void)many.Ours(kBatches, {.time = std::chrono::milliseconds(people / 2)});
  Compare(few, many, std::to_string(people) + " people with cases", "1000", rounds, rows);
}

void CompareSubscriptions(Scene& few, int rounds, std::vector<Row>& rows) {
  few.Stopped([](Growth& growth) { growth.AddSubscriptions(kFewSubscriptions); });
  Scene many(Beside(few, "-subscriptions"));
  many.Stopped([](Growth& growth) { growth.AddSubscriptions(kManySubscriptions); });
  Compare(few, many, std::to_string(kManySubscriptions) + " subscriptions",
          std::to_string(kFewSubscriptions), rounds, rows);
}

}  // namespace tearline::benchmark
