#include "tests/benchmark/scene.h"

#include <utility>

#include "tests/benchmark/append_loop.h"
#include "tests/benchmark/event_of.h"

namespace tearline::benchmark {
namespace {

constexpr std::chrono::milliseconds kBareTime{700};
constexpr char kPublisher[] = "police/feeder";
constexpr char kPost[] = "police/intelligence";

}  // namespace

Scene::Scene(end_to_end::StagePlace set)
    : place(std::move(set)), stage(place), bare(stage.directory() / "certs") {
  Stopped([this](Growth& growth) { people = growth.AddPeople(kFewPeople); });
  (void)Ours(kBatches);  // Each person's keys are made before anything counts.
}

end_to_end::StagePlace Scene::Beside(const std::string& suffix) const {
  end_to_end::StagePlace other = place;
  other.directory += suffix;
  return other;
}

Loaded Scene::Ours(const Depth& depth, Load load) {
  load.frames_in_flight = depth.frames;
  load.events_a_frame = depth.events_a_frame;
  return PublishOverStream(stage.ChannelOf(kPublisher), kPost, people, load);
}

Loaded Scene::Bare(const Depth& depth) {
  return PublishOverStream(bare.ChannelOf(kPublisher), kPost, people,
                           {.frames_in_flight = depth.frames,
                            .events_a_frame = depth.events_a_frame,
                            .time = kBareTime});
}

Durations Scene::Appends() const { return AppendLoop(stage.directory(), kRecordBytes, kBareTime); }

double Scene::AppendsASecond() const {
  return static_cast<double>(Appends().size()) * 1000 / static_cast<double>(kBareTime.count());
}

}  // namespace tearline::benchmark
