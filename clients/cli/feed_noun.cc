#include <csignal>
#include <iostream>
#include <mutex>
#include <thread>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <nlohmann/json.hpp>

#include "clients/cli/call.h"
#include "clients/cli/explain.h"
#include "clients/cli/feed_calls.h"
#include "clients/cli/nouns.h"
#include "clients/cli/originators.h"
#include "clients/cli/output.h"
#include "clients/cli/show_delivery.h"
#include "clients/cli/signing_keys.h"
#include "clients/cli/words.h"
#include "clients/cpp/feed.h"
#include "tearline/v1/subscriber_service.grpc.pb.h"

namespace tearline::cli {
namespace {

struct Options {
  std::string subscription;
  std::string lane;
  std::string keys_file;
  std::vector<std::uint64_t> sequences;
  bool acknowledge = false;
};

v1::SubscribeOpen OpenOf(const Invocation& invocation, const Options& options) {
  if (invocation.post.empty()) StopUsage("say whose feed: --as AGENCY/POST");
  v1::SubscribeOpen open;
  *open.mutable_acting() = invocation.Acting();
  open.set_subscription_id(options.subscription);
  return open;
}

/// Prints what comes.
class Printer : public client::Receiver {
 public:
  Printer(const Invocation& invocation, const Options& options)
      : json_(invocation.json),
        acknowledge_(options.acknowledge),
        originators_(invocation, options.keys_file) {}

  client::Disposal OnDelivery(const v1::Delivery& delivery) override {
    const verifier::OriginatorCheck check = originators_.Check(delivery);
    if (json_) {
      PrintJson(DeliveryJson(delivery, originators_, check));
    } else {
      ShowDelivery(delivery, originators_.Text(check));
    }
    const bool sound = IsSound(check);
    if (!sound) ++unsound_;
    return acknowledge_ && sound ? client::Disposal::kAcknowledge : client::Disposal::kKeep;
  }
  bool OnBroken(const client::Refusal& refusal, std::chrono::milliseconds wait) override {
    std::cerr << "connection lost (" << (refusal.reason.empty() ? "no answer" : refusal.reason)
              << "); trying again in " << wait.count() << " ms\n";
    return true;
  }

  /// Items that could not be verified as what their originator signed; again each time they came.
  [[nodiscard]] std::uint64_t Unsound() const { return unsound_; }

 private:
  const bool json_;
  const bool acknowledge_;
  Originators originators_;
  std::uint64_t unsound_ = 0;
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

/// Ends a feed when the user interrupts.
class EndOnSignal {
 public:
  /// Requires: `signals` are held by every thread.
  EndOnSignal(client::Feed& feed, sigset_t signals)
      : signals_(signals), thread_([this, &feed] { Wait(feed); }) {}
  ~EndOnSignal() {
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
  void Wait(client::Feed& feed) {
    const timespec beat{0, 20'000'000};
    while (!Done()) {
      if (sigtimedwait(&signals_, nullptr, &beat) > 0) return feed.Stop();
    }
  }

  const sigset_t signals_;
  std::mutex mutex_;
  bool done_ = false;
  std::thread thread_;
};

void Follow(const Invocation& invocation, const Options& options) {
  const sigset_t signals = HoldStopSignals();
  client::Feed feed(invocation.Channel(), OpenOf(invocation, options));
  Printer printer(invocation, options);
  std::optional<client::Refusal> refusal;
  {
    const EndOnSignal end(feed, signals);
    refusal = feed.Run(printer);
  }
  if (refusal) StopFor(*refusal);
  StopIfUnsound(printer.Unsound());
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

}  // namespace

void AddFeed(CLI::App& app, Invocation& invocation) {
  CLI::App* noun =
      app.add_subcommand("feed", "What a post is told: its inbox, and its subscriptions");
  noun->require_subcommand(1);
  noun->footer("\nExample:\n  tearline feed pull --as probation/chair --profile chair.profile");
  auto options = std::make_shared<Options>();

  CLI::App* verb = noun->add_subcommand("follow", "Print what comes, until interrupted");
  verb->add_option("--subscription", options->subscription,
                   "One of the post's subscriptions instead of its inbox")
      ->type_name("sub_…");
  verb->add_flag("--acknowledge", options->acknowledge, "Acknowledge what was printed");
  AddSigningKeysOption(*verb, options->keys_file, kOriginatorsKeys);
  verb->footer("\nExample:\n  tearline feed follow --acknowledge --as probation/chair --json");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Follow(invocation, *options); };
  });

  AddFeedCalls(*noun, invocation);
  AddExplainItem(*noun, invocation);

  verb =
      noun->add_subcommand("read", "Say that a person has read items; a person's certificate only");
  verb->add_option("--lane", options->lane, "immediate, urgent or routine")->required();
  verb->add_option("--sequence", options->sequences, "The item's number; several may be given")
      ->type_name("N")
      ->expected(1, 256)
      ->required();
  verb->footer(
      "\nExample:\n  tearline feed read --lane urgent --sequence 1 --as police-ct/accountable");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Read(invocation, *options); };
  });
}

}  // namespace tearline::cli
