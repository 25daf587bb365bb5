// Mixed load on the shipped broker for as long as is asked, and whatever comes: kills, suspensions,
// changes of policy, certificates read again, a slow reader and a dead one. Ends with all promises
// checked. `./dev soak MINUTES` runs it.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <CLI/CLI.hpp>

#include "tests/benchmark/append_loop.h"
#include "tests/end_to_end/books.h"
#include "tests/end_to_end/stage.h"
#include "tests/soak/unrest.h"
#include "tests/soak/vital_signs.h"

namespace tearline::soak {
namespace {

using benchmark::Durations;
using end_to_end::Reader;
using end_to_end::Stage;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

/// The first quarter is a storm of kills; the second lets caches fill; what follows is measured.
constexpr double kStormUntil = 0.25;
constexpr double kWarmUntil = 0.5;
/// How often the broker is killed in the storm, and how often it is looked at: a minute, or less in
/// a run so short that it would not be looked at eight times.
constexpr double kKillSeconds = 5;
constexpr double kLooks = 8;
/// Two publishers, this long between two events of one.
constexpr milliseconds kPublishPause{50};
constexpr milliseconds kSlowReaderPause{5};

struct Options {
  double minutes = 2;
  end_to_end::StagePlace place;
  std::filesystem::path row;  ///< Where a row for docs/reliability.md goes; "" for nowhere.
};

/// Everything that goes on at once.
class Soak {
 public:
  explicit Soak(const Options& options) : options_(options), stage_(options.place) {
    std::ifstream policy(options.place.policy);
    policy_ = {std::istreambuf_iterator<char>(policy), {}};
  }
  ~Soak() { EndAll(); }

  /// What went wrong, none if all is well.
  std::vector<std::string> Run() {
    Begin();
    Storm();
    Calm();
    Finish();
    return complaints_;
  }
  std::string Summary() const {
    return std::to_string(accepted_.size()) + " events accepted, " + std::to_string(kills_) +
           " kills, " + std::to_string(suspensions_) + " suspensions, " +
           std::to_string(policies_) + " policies, " + std::to_string(reloads_) + " reloads";
  }

 private:
  double Minutes() const {
    return std::chrono::duration<double>(Clock::now() - begun_).count() / 60;
  }
  void Complain(const std::string& what) {
    if (what.empty()) return;
    const std::lock_guard<std::mutex> lock(mutex_);
    complaints_.push_back(what);
  }
  static v1::SubscribeOpen Of(const std::string& post) {
    v1::SubscribeOpen open;
    *open.mutable_acting() = end_to_end::For(post);
    return open;
  }

  void Begin() {
    for (int i = 0; i < 2; ++i) {
      publishers_.emplace_back([this, i] {
        Complain(end_to_end::PublishUntil(enough_, i, stage_, accepted_, kPublishPause,
                                          [this](std::chrono::microseconds took) {
                                            const std::lock_guard<std::mutex> lock(mutex_);
                                            took_.push_back(static_cast<double>(took.count()));
                                          }));
      });
    }
    readers_.emplace_back([this] {
      const auto ended = fast_feed_.Run(fast_);
      if (ended && !ended->reason.empty()) Complain("the chair's feed ended: " + ended->sentence);
    });
    // The slow reader is suspended now and then, and comes back when it may.
    readers_.emplace_back([this] {
      while (slow_.WantsMore()) {
        const auto ended = slow_feed_.Run(slow_);
        if (ended && ended->reason != "SUSPENDED" && !ended->reason.empty()) {
          Complain("the officer's feed ended: " + ended->sentence);
        }
        std::this_thread::sleep_for(milliseconds(200));
      }
    });
  }

  void Storm() {
    while (Minutes() < kStormUntil * options_.minutes) {
      std::this_thread::sleep_for(std::chrono::duration<double>(kKillSeconds));
      stage_.Kill();
      stage_.Start();
      ++kills_;
    }
  }

  void Calm() {
    dead_.emplace(stage_);
    const double look = std::min(1.0, options_.minutes * (1 - kStormUntil) / kLooks);
    std::vector<VitalSigns> signs;
    for (double next = Minutes() + look; Minutes() < options_.minutes; next += look) {
      Complain(Suspend(stage_, suspensions_ % 2 == 0));
      ++suspensions_;
      Complain(ChangePolicy(stage_, policy_, ++policies_));
      ReloadCertificates(stage_);
      ++reloads_;
      const double bare =
          benchmark::Median(benchmark::AppendLoop(stage_.directory(), 4096, milliseconds(1000)));
      while (Minutes() < next) std::this_thread::sleep_for(milliseconds(100));
      VitalSigns now = ReadVitalSigns(stage_.process(), Minutes());
      Say(now, bare);
      if (now.minutes >= kWarmUntil * options_.minutes) signs.push_back(now);
    }
    if (suspensions_ % 2 == 1) Complain(Suspend(stage_, false));
    dead_.reset();
    if (signs.size() < 2) Complain("the run was too short to be looked at twice");
    Complain(Growth(signs));
    Complain(Slowing(signs));
  }

  void Say(VitalSigns& now, double bare) {
    Durations took;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      took.swap(took_);
    }
    if (bare > 0 && !took.empty()) now.publish_over_sync = benchmark::Median(took) / bare;
    std::printf("%7.1f min  %6.0f MiB  %4zu files  %6zu events  publish/sync %5.1f\n", now.minutes,
                now.memory_mib, now.files, took.size(), now.publish_over_sync);
    std::fflush(stdout);
  }

  void Finish() {
    EndPublishers();
    const auto accepted = accepted_.events();
    const auto all_here = [&accepted](const Reader& reader) {
      return end_to_end::HasAll(reader.received(), accepted);
    };
    end_to_end::WaitFor([&] { return all_here(fast_); });
    // The slow one catches up at its own pace.
    for (int i = 0; i < 20 && !all_here(slow_); ++i) {
      end_to_end::WaitFor([&] { return all_here(slow_); });
    }
    EndReaders();
    const auto add = [this](const std::vector<std::string>& more) {
      complaints_.insert(complaints_.end(), more.begin(), more.end());
    };
    add(end_to_end::LostOrDoubled(accepted, stage_));
    for (const auto& [post, reader] :
         {std::pair<const char*, const Reader*>{"probation/chair", &fast_},
          {"police/accountable", &slow_}}) {
      const Reader::Book book = reader->received();
      if (reader->renumbered() != 0) Complain(std::string(post) + " was told one number twice");
      add(end_to_end::MissingOrMisnumbered(accepted, book));
      add(end_to_end::NeverRecorded(post, book, stage_));
    }
    stage_.Stop();
    try {
      stage_.Run({"--verify"});  // replays from nothing: digest, root and newest checkpoint
    } catch (const std::exception& failed) {
      Complain(failed.what());
    }
  }

  void EndPublishers() {
    enough_.store(true);
    for (std::thread& each : publishers_) each.join();
    publishers_.clear();
  }
  void EndReaders() {
    fast_.Enough();
    slow_.Enough();
    fast_feed_.Stop();
    slow_feed_.Stop();
    for (std::thread& each : readers_) each.join();
    readers_.clear();
  }
  void EndAll() {
    EndPublishers();
    EndReaders();
  }

  const Options options_;
  std::string policy_;
  Stage stage_;
  const Clock::time_point begun_ = Clock::now();
  end_to_end::Accepted accepted_;
  Reader fast_;
  Reader slow_{kSlowReaderPause};
  client::Feed fast_feed_{stage_.ChannelOf("probation/reader"), Of("probation/chair")};
  client::Feed slow_feed_{stage_.ChannelOf("police/officer"), Of("police/accountable")};
  std::optional<DeadReader> dead_;
  std::atomic<bool> enough_ = false;
  std::vector<std::thread> publishers_;
  std::vector<std::thread> readers_;
  std::mutex mutex_;
  Durations took_;                       ///< Guarded by mutex_.
  std::vector<std::string> complaints_;  ///< Guarded by mutex_ while threads run.
  int kills_ = 0;
  int suspensions_ = 0;
  int policies_ = 0;
  int reloads_ = 0;
};

int Main(int argc, char** argv) {
  Options options;
  CLI::App app("Mixed load on a real broker; all promises checked at the end");
  app.add_option("--minutes", options.minutes, "How long")->check(CLI::Range(0.5, 10'000.0));
  app.add_option("--broker", options.place.broker, "tearlined")->required();
  app.add_option("--certificates", options.place.certificates, "make-development-certs")
      ->required();
  app.add_option("--policy", options.place.policy, "A policy, as text")->required();
  app.add_option("--directory", options.place.directory, "Where it may write")->required();
  app.add_option("--row", options.row, "Where a row for docs/reliability.md goes");
  CLI11_PARSE(app, argc, argv);

  Soak soak(options);
  const std::vector<std::string> complaints = soak.Run();
  for (const std::string& complaint : complaints) std::printf("  ! %s\n", complaint.c_str());
  std::printf("%s: %s\n", soak.Summary().c_str(),
              complaints.empty() ? "every promise kept" : "NOT every promise kept");
  if (!complaints.empty()) return 1;
  if (!options.row.empty()) {
    char minutes[32];
    std::snprintf(minutes, sizeof minutes, "%g", options.minutes);
    std::ofstream(options.row) << "| mixed load for " << minutes
                               << " minutes (`./dev soak`) | 1 | " << soak.Summary()
                               << "; memory and files as stated | none |\n";
  }
  return 0;
}

}  // namespace
}  // namespace tearline::soak

int main(int argc, char** argv) { return tearline::soak::Main(argc, argv); }
