#include "clients/cli/batch.h"

#include <iostream>
#include <utility>

#include <nlohmann/json.hpp>

#include "clients/cli/output.h"
#include "clients/cli/words.h"
#include "clients/verifier/base64.h"

namespace tearline::cli {
namespace {

/// Without a terminal, one line of progress each time this many are done.
constexpr std::uint64_t kProgressEvery = 1'000;

std::uint64_t Sum(const std::map<std::string, std::uint64_t>& counts) {
  std::uint64_t sum = 0;
  for (const auto& [reason, count] : counts) sum += count;
  return sum;
}

std::string Reasons(const std::map<std::string, std::uint64_t>& counts) {
  std::string text;
  for (const auto& [reason, count] : counts) {
    text += (text.empty() ? "  (" : ", ") + reason + " " + std::to_string(count);
  }
  return text.empty() ? "" : text + ")";
}

std::string WarningText(v1::PublishWarning warning) {
  if (warning == v1::PUBLISH_WARNING_NUMBERS_DISAGREE) {
    return "numbers-disagree: those given for one person lead to different people; it is about the "
           "one to whom the first that is known leads, and somebody must review it";
  }
  return Word(warning);
}

client::Patience PatienceOf(const Invocation& invocation) {
  client::Patience patience;
  patience.all =
      std::chrono::milliseconds(static_cast<std::int64_t>(invocation.timeout_seconds * 1000));
  return patience;
}

}  // namespace

Batch::Batch(const Invocation& invocation)
    : invocation_(invocation),
      pipeline_(
          invocation.Channel(), invocation.Acting(),
          [this](const v1::PublishResult& result) {
            Count(result);
            SayProgress(false);
          },
          PatienceOf(invocation)) {}

void Batch::Add(v1::PublishItem item) {
  if (const auto refusal = pipeline_.Add(std::move(item))) StopFor(*refusal);
}

void Batch::Flush() {
  if (const auto refusal = pipeline_.Finish()) StopFor(*refusal);
}

void Batch::Count(const v1::PublishResult& result) {
  const bool is_refused = !result.refusal_reason().empty();
  const auto kept = events_.find(result.request_id());
  if (kept != events_.end() && !is_refused) kept->second = result.event_id();
  if (is_refused) {
    ++refused_[result.refusal_reason()];
  } else {
    ++(result.repeated_request() ? repeated_ : accepted_);
  }
  if (!say_each_ && !is_refused && result.warnings().empty()) return;
  if (invocation_.json) return PrintJson(result);
  if (is_refused) {
    std::cout << "refused   " << result.refusal_reason() << "  request " << result.request_id()
              << "\n  " << result.refusal_sentence() << '\n';
  } else {
    std::cout << (result.repeated_request() ? "repeated  " : "accepted  ") << result.event_id()
              << "  at " << TimeText(result.accepted_at()) << "  receipt "
              << ShortHex(result.leaf_hash()) << '\n';
    for (const int warning : result.warnings()) {
      std::cout << "  warning " << WarningText(static_cast<v1::PublishWarning>(warning)) << '\n';
    }
  }
}

void Batch::SayProgress(bool last) {
  const std::uint64_t done = accepted_ + repeated_ + Sum(refused_);
  const bool terminal = StderrIsTerminal();
  if (say_each_ || (!terminal && !last && done / kProgressEvery == said_ / kProgressEvery)) return;
  said_ = done;
  std::cerr << (terminal ? "\r" : "") << done << " answered" << (terminal && !last ? "" : "\n");
  std::cerr.flush();
}

std::uint64_t Batch::Refused() const { return Sum(refused_); }

void Batch::Report(const std::map<std::string, std::uint64_t>& set_aside,
                   const std::string& quarantine_directory) const {
  const std::uint64_t aside = Sum(set_aside);
  const std::uint64_t read = accepted_ + repeated_ + Sum(refused_) + aside;
  if (invocation_.json) {
    PrintJson(nlohmann::json{{"report",
                              {{"read", read},
                               {"accepted", accepted_},
                               {"repeated", repeated_},
                               {"refused", Sum(refused_)},
                               {"refused_by_reason", refused_},
                               {"quarantined", aside},
                               {"quarantined_by_reason", set_aside}}}});
    return;
  }
  std::cout << "read         " << read << "\naccepted     " << accepted_ << "\nrepeated     "
            << repeated_ << "\nrefused      " << Sum(refused_) << Reasons(refused_)
            << "\nquarantined  " << aside << Reasons(set_aside) << '\n';
  if (aside > 0) {
    std::cout << "             kept with the reason beside each: " << quarantine_directory << '\n';
  }
  std::cout << "adds up      " << read << " = " << accepted_ << " + " << repeated_ << " + "
            << Sum(refused_) << " + " << aside << std::endl;
}

}  // namespace tearline::cli
