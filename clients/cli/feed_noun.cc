#include <csignal>
#include <iostream>
#include <mutex>
#include <thread>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "clients/cli/call.h"
#include "clients/cli/nouns.h"
#include "clients/cli/output.h"
#include "clients/cli/show_delivery.h"
#include "clients/cli/words.h"
#include "clients/cpp/feed.h"
#include "tearline/v1/subscriber_service.grpc.pb.h"

namespace tearline::cli {
namespace {

struct Options {
  std::string subscription;
  std::string lane;
  std::vector<std::uint64_t> sequences;
  std::uint32_t count = 100;
  double wait_seconds = 10;
  bool acknowledge = false;
  bool park = false;
};

v1::SubscribeOpen OpenOf(const Invocation& invocation, const Options& options,
                         std::uint32_t window) {
  if (invocation.post.empty()) StopUsage("say whose feed: --as AGENCY/POST");
  v1::SubscribeOpen open;
  *open.mutable_acting() = invocation.Acting();
  open.set_subscription_id(options.subscription);
  open.set_window_messages(window);
  return open;
}

/// Prints what comes.
class Printer : public client::Receiver {
 public:
  Printer(const Invocation& invocation, const Options& options, bool follow)
      : json_(invocation.json), options_(options), follow_(follow) {}

  client::Disposal OnDelivery(const v1::Delivery& delivery) override {
    if (enough_) return client::Disposal::kKeep;
    json_ ? PrintJson(delivery) : ShowDelivery(delivery);
    ++count_;
    if (!follow_ && count_ >= options_.count) enough_ = true;
    return options_.acknowledge ? client::Disposal::kAcknowledge : client::Disposal::kKeep;
  }
  bool OnProgress(const v1::Progress& progress) override {
    return follow_ || !progress.caught_up();
  }
  bool WantsMore() override { return !enough_; }
  bool OnBroken(const client::Refusal& refusal, std::chrono::milliseconds wait) override {
    if (!follow_) return false;
    std::cerr << "connection lost (" << (refusal.reason.empty() ? "no answer" : refusal.reason)
              << "); trying again in " << wait.count() << " ms\n";
    return true;
  }
  [[nodiscard]] std::uint32_t Count() const { return count_; }

 private:
  const bool json_;
  const Options& options_;
  const bool follow_;
  std::uint32_t count_ = 0;
  bool enough_ = false;
};

/// SIGINT and SIGTERM, held for this thread and all it makes from now on.
sigset_t HoldStopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

/// Ends a feed after some time, or when the user interrupts.
class EndOnSignalOrTime {
 public:
  /// Requires: `signals` are held by every thread.
  EndOnSignalOrTime(client::Feed& feed, sigset_t signals, double seconds)
      : signals_(signals), thread_([this, &feed, seconds] { Wait(feed, seconds); }) {}
  ~EndOnSignalOrTime() {
    {
      const std::lock_guard lock(mutex_);
      done_ = true;
    }
    thread_.join();
  }

 private:
  bool Done() {
    const std::lock_guard lock(mutex_);
    return done_;
  }
  void Wait(client::Feed& feed, double seconds) {
    const auto begin = std::chrono::steady_clock::now();
    const timespec beat{0, 20'000'000};
    while (!Done()) {
      const bool late = seconds > 0 && std::chrono::steady_clock::now() - begin >
                                           std::chrono::duration<double>(seconds);
      if (late || sigtimedwait(&signals_, nullptr, &beat) > 0) return feed.Stop();
    }
  }

  const sigset_t signals_;
  std::mutex mutex_;
  bool done_ = false;
  std::thread thread_;
};

void Run(const Invocation& invocation, const Options& options, bool follow) {
  const sigset_t signals = HoldStopSignals();
  client::Feed feed(invocation.Channel(),
                    OpenOf(invocation, options, follow ? 100 : options.count));
  Printer printer(invocation, options, follow);
  std::optional<client::Refusal> refusal;
  {
    const EndOnSignalOrTime end(feed, signals, follow ? 0 : options.wait_seconds);
    refusal = feed.Run(printer);
  }
  if (refusal) StopFor(*refusal);
  if (!follow && !invocation.json && printer.Count() == 0) std::cout << "nothing waits\n";
}

void Acknowledge(const Invocation& invocation, const Options& options) {
  v1::SubscribeRequest words;
  const auto lane = FromWord<v1::Urgency>(options.lane, "--lane");
  if (options.park) {
    for (const std::uint64_t sequence : options.sequences) {
      words.add_parks()->set_lane(lane);
      words.mutable_parks(words.parks_size() - 1)->set_sequence(sequence);
    }
  } else {
    v1::LaneAcknowledgement& acknowledgement = *words.add_acknowledgements();
    acknowledgement.set_lane(lane);
    for (const std::uint64_t sequence : options.sequences) {
      acknowledgement.add_sequences(sequence);
    }
  }
  client::Feed feed(invocation.Channel(), OpenOf(invocation, options, 0));
  const std::optional<client::Refusal> refusal = feed.Say(words);
  if (refusal) StopFor(*refusal);
  if (invocation.json) {
    PrintJson(words);
  } else {
    std::cout << (options.park ? "parked " : "acknowledged ") << options.sequences.size()
              << " of lane " << Word(lane) << '\n';
  }
}

void Read(const Invocation& invocation, const Options& options) {
  for (const std::uint64_t sequence : options.sequences) {
    v1::ReadItemRequest request;
    *request.mutable_acting() = invocation.Acting();
    request.set_lane(FromWord<v1::Urgency>(options.lane, "--lane"));
    request.set_sequence(sequence);
    const v1::ReadItemResponse response = Ask<v1::SubscriberService>(
        invocation, &v1::SubscriberService::StubInterface::ReadItem, request);
    PrintRecorded(invocation.json, response.recorded(),
                  options.lane + " " + std::to_string(sequence) + " read");
  }
}

void AddSubscription(CLI::App& verb, Options& options) {
  verb.add_option("--subscription", options.subscription,
                  "One of the post's subscriptions instead of its inbox")
      ->type_name("sub_…");
}

void AddNumbers(CLI::App& verb, Options& options) {
  verb.add_option("--lane", options.lane, "immediate, urgent or routine")->required();
  verb.add_option("--sequence", options.sequences, "The item's number; several may be given")
      ->type_name("N")
      ->expected(1, 256)
      ->required();
}

}  // namespace

void AddFeed(CLI::App& app, Invocation& invocation) {
  CLI::App* noun =
      app.add_subcommand("feed", "What a post is told: its inbox, and its subscriptions");
  noun->require_subcommand(1);
  noun->footer("\nExample:\n  tearline feed pull --as probation/chair --profile chair.profile");
  auto options = std::make_shared<Options>();

  CLI::App* verb = noun->add_subcommand("follow", "Print what comes, until interrupted");
  AddSubscription(*verb, *options);
  verb->add_flag("--acknowledge", options->acknowledge, "Acknowledge what was printed");
  verb->footer("\nExample:\n  tearline feed follow --acknowledge --as probation/chair --json");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Run(invocation, *options, true); };
  });

  verb = noun->add_subcommand("pull", "Print what waits, and end");
  AddSubscription(*verb, *options);
  verb->add_option("--count", options->count, "Items at most, 1 to 1000 (100)")
      ->check(CLI::Range(1, 1000));
  verb->add_option("--wait", options->wait_seconds, "Seconds at most (10)")
      ->check(CLI::Range(0.1, 86400.0));
  verb->add_flag("--acknowledge", options->acknowledge, "Acknowledge what was printed");
  verb->footer(R"(
Without --acknowledge the same items come again next time.
Example:
  tearline feed pull --as probation/chair)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Run(invocation, *options, false); };
  });

  verb = noun->add_subcommand("acknowledge", "Say that items were safely received, or park them");
  AddNumbers(*verb, *options);
  AddSubscription(*verb, *options);
  verb->add_flag("--park", options->park, "Set them aside instead; somebody must see to them");
  verb->footer(
      "\nExample:\n  tearline feed acknowledge --lane urgent --sequence 1 2 --as probation/chair");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Acknowledge(invocation, *options); };
  });

  verb =
      noun->add_subcommand("read", "Say that a person has read items; a person's certificate only");
  AddNumbers(*verb, *options);
  verb->footer(
      "\nExample:\n  tearline feed read --lane urgent --sequence 1 --as police-ct/accountable");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Read(invocation, *options); };
  });
}

}  // namespace tearline::cli
