#include "clients/cli/feed_calls.h"

#include <algorithm>
#include <chrono>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <nlohmann/json.hpp>

#include "clients/cli/invocation.h"
#include "clients/cli/originators.h"
#include "clients/cli/output.h"
#include "clients/cli/show_delivery.h"
#include "clients/cli/signing_keys.h"
#include "clients/cli/words.h"
#include "clients/cpp/pulled_feed.h"

namespace tearline::cli {
namespace {

struct Options {
  std::string lane, session, subscription, keys_file;
  std::vector<std::uint64_t> sequences;
  std::uint32_t count = 100;
  double delay_seconds = 60;
  bool acknowledge = false;
};

using Numbers = std::map<v1::Urgency, std::vector<std::uint64_t>>;

constexpr std::size_t kNumbersInCall = 256;

client::PulledFeed FeedOf(const Invocation& invocation, const Options& options) {
  if (invocation.post.empty()) StopUsage("say whose feed: --as AGENCY/POST");
  v1::SubscribeOpen open;
  *open.mutable_acting() = invocation.Acting();
  open.set_subscription_id(options.subscription);
  open.set_window_messages(options.count);
  const std::chrono::duration<double> patience(invocation.timeout_seconds);
  return {invocation.Channel(), std::move(open),
          std::chrono::duration_cast<std::chrono::milliseconds>(patience), options.session};
}

v1::PullResponse PullOnce(client::PulledFeed& feed) {
  const client::Answer<v1::PullResponse> answer = feed.Pull();
  if (const auto* refusal = std::get_if<client::Refusal>(&answer)) StopFor(*refusal);
  return std::get<v1::PullResponse>(answer);
}

void StopIf(const std::optional<client::Refusal>& refusal) {
  if (refusal) StopFor(*refusal);
}

/// A feed in whose session something can be said: the one named, or one of its own.
client::PulledFeed FeedToSpeakIn(const Invocation& invocation, const Options& options) {
  client::PulledFeed feed = FeedOf(invocation, options);
  if (options.session.empty()) PullOnce(feed);
  return feed;
}

void PrintPulled(const Invocation& invocation, const client::PulledFeed& feed,
                 const v1::Delivery& delivery, const Originators& originators,
                 const verifier::OriginatorCheck& check) {
  if (!invocation.json) return ShowDelivery(delivery, originators.Text(check));
  nlohmann::json line = DeliveryJson(delivery, originators, check);
  line["session_id"] = feed.session_id();
  PrintJson(line);
}

void AcknowledgeAll(client::PulledFeed& feed, const Numbers& numbers) {
  for (const auto& [lane, sequences] : numbers) {
    for (std::size_t begin = 0; begin < sequences.size(); begin += kNumbersInCall) {
      const std::size_t end = std::min(begin + kNumbersInCall, sequences.size());
      StopIf(feed.Acknowledge(lane, {sequences.begin() + static_cast<std::ptrdiff_t>(begin),
                                     sequences.begin() + static_cast<std::ptrdiff_t>(end)}));
    }
  }
}

void Pull(const Invocation& invocation, const Options& options) {
  client::PulledFeed feed = FeedOf(invocation, options);
  Originators originators(invocation, options.keys_file);
  std::uint32_t shown = 0;
  std::uint64_t unsound = 0;
  bool more = true;
  while (more) {
    const v1::PullResponse pulled = PullOnce(feed);
    Numbers numbers;
    for (const v1::Delivery& delivery : pulled.deliveries()) {
      if (shown == options.count) break;
      const verifier::OriginatorCheck check = originators.Check(delivery);
      PrintPulled(invocation, feed, delivery, originators, check);
      ++shown;
      if (IsSound(check)) {
        numbers[delivery.lane()].push_back(delivery.sequence());
      } else {
        ++unsound;
      }
    }
    if (options.acknowledge) AcknowledgeAll(feed, numbers);
    more = options.acknowledge && shown < options.count && !numbers.empty() &&
           !pulled.progress().caught_up();
  }
  StopIfUnsound(unsound);
  if (invocation.json) return;
  if (shown == 0) {
    std::cout << "nothing waits\n";
  } else if (!options.acknowledge) {
    std::cout << "  next  tearline feed acknowledge --session " << feed.session_id()
              << " --lane LANE --sequence N\n";
  }
}

/// Says one thing of each number, and that it is done.
template <typename Say>
void SayOfEach(const Invocation& invocation, const Options& options, const char* done, Say say) {
  const auto lane = FromWord<v1::Urgency>(options.lane, "--lane");
  client::PulledFeed feed = FeedToSpeakIn(invocation, options);
  say(feed, lane);
  if (invocation.json) {
    PrintJson(nlohmann::json{{done,
                              {{"lane", v1::Urgency_Name(lane)},
                               {"sequences", options.sequences},
                               {"session_id", feed.session_id()}}}});
  } else {
    std::cout << done << ' ' << options.sequences.size() << " of lane " << Word(lane) << '\n';
  }
}

void Acknowledge(const Invocation& invocation, const Options& options) {
  SayOfEach(invocation, options, "acknowledged", [&options](auto& feed, v1::Urgency lane) {
    StopIf(feed.Acknowledge(lane, options.sequences));
  });
}

void Retry(const Invocation& invocation, const Options& options) {
  const std::chrono::milliseconds delay(static_cast<std::int64_t>(options.delay_seconds * 1000));
  SayOfEach(invocation, options, "retried", [&options, delay](auto& feed, v1::Urgency lane) {
    for (const std::uint64_t sequence : options.sequences) {
      StopIf(feed.Retry(lane, sequence, delay));
    }
  });
}

void Park(const Invocation& invocation, const Options& options) {
  SayOfEach(invocation, options, "parked", [&options](auto& feed, v1::Urgency lane) {
    for (const std::uint64_t sequence : options.sequences) StopIf(feed.Park(lane, sequence));
  });
}

void AddFeedAndSession(CLI::App& verb, Options& options) {
  verb.add_option("--session", options.session,
                  "The session they came in; without it, a new one takes the feed over")
      ->type_name("ses_…");
  verb.add_option("--subscription", options.subscription,
                  "One of the post's subscriptions instead of its inbox")
      ->type_name("sub_…");
}

CLI::App* AddVerb(CLI::App& noun, Invocation& invocation, const std::shared_ptr<Options>& options,
                  const char* name, const char* what,
                  void (*run)(const Invocation&, const Options&)) {
  CLI::App* verb = noun.add_subcommand(name, what);
  AddFeedAndSession(*verb, *options);
  verb->callback([&invocation, options, run] {
    invocation.verb = [&invocation, options, run] { run(invocation, *options); };
  });
  return verb;
}

void AddNumbers(CLI::App& verb, Options& options) {
  verb.add_option("--lane", options.lane, "immediate, urgent or routine")->required();
  verb.add_option("--sequence", options.sequences, "The item's number; several may be given")
      ->type_name("N")
      ->expected(1, 256)
      ->required();
}

}  // namespace

void AddFeedCalls(CLI::App& noun, Invocation& invocation) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = AddVerb(noun, invocation, options, "pull", "Print what waits, and end", Pull);
  verb->add_option("--count", options->count, "Items at most, 1 to 1000 (100)")
      ->check(CLI::Range(1, 1000));
  verb->add_flag("--acknowledge", options->acknowledge, "Acknowledge what was printed, and go on");
  AddSigningKeysOption(*verb, options->keys_file, kOriginatorsKeys);
  verb->footer(R"(
What is not acknowledged comes again next time. Without --session a new session takes the feed over.
Example:
  tearline feed pull --as probation/chair)");

  verb = AddVerb(noun, invocation, options, "acknowledge", "Say that items were safely received",
                 Acknowledge);
  AddNumbers(*verb, *options);
  verb->footer(
      "\nExample:\n  tearline feed acknowledge --lane urgent --sequence 1 2 --as probation/chair");

  verb = AddVerb(noun, invocation, options, "retry", "Ask for items again later", Retry);
  AddNumbers(*verb, *options);
  verb->add_option("--delay", options->delay_seconds, "Seconds, 0 to 600 (60)")
      ->type_name("S")
      ->check(CLI::Range(0.0, 600.0));
  verb->footer(
      "\nTheir nominals' other items wait meanwhile, except in the immediate lane.\nExample:\n"
      "  tearline feed retry --lane urgent --sequence 3 --delay 120 --as probation/chair");

  verb = AddVerb(noun, invocation, options, "park", "Set items aside; somebody must see to them",
                 Park);
  AddNumbers(*verb, *options);
  verb->footer("\nExample:\n  tearline feed park --lane urgent --sequence 3 --as probation/chair");
}

}  // namespace tearline::cli
