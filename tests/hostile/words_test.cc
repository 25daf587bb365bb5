// Words that break terminals, logs and metrics, in every field of every request that takes words.
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <ostream>
#include <regex>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>

#include "tearline/v1/audit_service.grpc.pb.h"
#include "tearline/v1/case_service.pb.h"
#include "tearline/v1/nominal_service.pb.h"
#include "tearline/v1/publisher_service.pb.h"
#include "tearline/v1/subscriber_service.pb.h"
#include "tests/clients/run_tearline.h"
#include "tests/hostile/arena.h"
#include "tests/hostile/every_field.h"

namespace tearline::hostile {
namespace {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

/// Stands in all of them, and nowhere else.
constexpr char kMark[] = "Quagga";
constexpr char kNobodysSession[] = "ses_00000000000000000000000000000000";
constexpr char kNoEvent[] = "ev_00000000000000000000000000000000";

struct Poison {
  const char* what;
  std::string words;
  /// Named in the list of tests; the bytes of a row would tell nothing.
  friend void PrintTo(const Poison& poison, std::ostream* out) { *out << poison.what; }
};

/// All are UTF-8: what is not, protobuf itself refuses.
const std::vector<Poison>& Poisons() {
  static const std::vector<Poison> rows = {
      {"TerminalEscapes", "\x1b[2J\x1b]0;Quagga\x07"},
      {"Nul", std::string("Quagga\0Quagga", 13)},
      {"TextThatRunsBackwards", "Quagga\u202e\u2066agguaQ"},
      {"ForgedLogLine", "Quagga\n{\"severity\":\"INFO\"}"},
      {"EndOfAJsonString", "Quagga\",\"level\":4}\\"},
      {"EndOfAMetricsLabel", "Quagga\"} 1\ntearline_up 0\n"},
      {"FormatDirectives", "%s%nQuagga%x{0}${Quagga}"},
      {"APersonsNumber", "Quagga A1234BC"},
  };
  return rows;
}

/// Who says it: one of each kind, so that every request gets past the door in somebody's hands.
struct Somebody {
  const char* member;
  const char* post;
};
constexpr Somebody kEverybody[] = {{"police/feeder", "police/intelligence"},
                                   {"office/clerk", "office/coordinator"},
                                   {"inspectorate/auditor", "inspectorate/auditor"}};

/// What a reader of the event is meant to get; or an auditor, who is told on whose behalf, in
/// letters that can be shown.
bool IsMeantToBeTold(const std::string& field, const std::string& words) {
  if (field == "items.event.segments.content" || field == "items.event.tear_lines.text")
    return true;
  return (field.ends_with("on_behalf_of_user") || field.ends_with("on_behalf_of_issuer")) &&
         std::all_of(words.begin(), words.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

/// Every event of ours is one line and one JSON object of our own words and numbers; and no line,
/// gRPC's among them, names anybody: no id of ours has fewer than 32 hexadecimal digits. What
/// certificates were made by stands before the broker's first line.
void ExpectLinesOfOurs(const std::string& log) {
  static const std::regex kId("[0-9a-f]{32}|(nom|ev|case|ob|ses)_");
  static const std::regex kWord("[A-Za-z_]+");
  std::istringstream lines(log);
  int count = 0;
  for (std::string line; std::getline(lines, line);) {
    if (count > 0) {
      EXPECT_FALSE(std::regex_search(line, kId)) << line;
    }
    if (!line.starts_with('{')) continue;
    ++count;
    const auto said = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
    ASSERT_TRUE(said.is_object()) << line;
    EXPECT_TRUE(said.contains("event") && said.contains("severity") && said.contains("time_ms"))
        << line;
    for (const auto& [name, value] : said.items()) {
      EXPECT_TRUE(value.is_number() ||
                  (value.is_string() && std::regex_match(value.get<std::string>(), kWord)))
          << line;
    }
  }
  EXPECT_GT(count, 5);
}

class HostileWords : public Arena, public testing::WithParamInterface<Poison> {
 protected:
  /// A request that would be right, as far as one is known, by `who`.
  std::unique_ptr<Message> RightRequest(const MethodDescriptor& method, const Somebody& who) {
    std::unique_ptr<Message> request = NewRequest(method.input_type());
    if (auto* publish = dynamic_cast<v1::PublishRequest*>(request.get())) {
      *publish->add_items() =
          HonestItem("hostile-" + std::to_string(said_), stage().nominal_id(), "seen on a bridge");
    }
    if (auto* person = dynamic_cast<v1::RegisterNominalRequest*>(request.get())) {
      person->add_identifiers()->set_type(v1::IDENTIFIER_TYPE_OTHER);
      person->mutable_identifiers(0)->set_value("other " + std::to_string(said_));
    }
    if (auto* opened = dynamic_cast<v1::OpenCaseRequest*>(request.get())) {
      opened->mutable_case_()->set_nominal_id(stage().nominal_id());
      opened->mutable_case_()->set_category(v1::MAPPA_CATEGORY_1);
      opened->mutable_case_()->set_level(v1::MAPPA_LEVEL_1);
      opened->mutable_case_()->set_lead_agency("probation");
      opened->mutable_case_()->set_area("north");
      opened->mutable_case_()->set_accountable_post("police/accountable");
    }
    if (auto* acknowledge = dynamic_cast<v1::AcknowledgeRequest*>(request.get())) {
      acknowledge->set_session_id(kNobodysSession);
      acknowledge->mutable_items()->set_lane(v1::URGENCY_URGENT);
      acknowledge->mutable_items()->add_sequences(1);
    }
    if (auto* retry = dynamic_cast<v1::RetryRequest*>(request.get())) {
      retry->set_session_id(kNobodysSession);
      retry->mutable_item()->set_lane(v1::URGENCY_URGENT);
    }
    if (auto* park = dynamic_cast<v1::ParkRequest*>(request.get())) {
      park->set_session_id(kNobodysSession);
      park->mutable_item()->set_lane(v1::URGENCY_URGENT);
    }
    if (auto* item = dynamic_cast<v1::ExplainItemRequest*>(request.get())) {
      item->set_event_id(kNoEvent);
    }
    if (auto* decision = dynamic_cast<v1::ExplainDecisionRequest*>(request.get())) {
      decision->set_event_id(kNoEvent);
      decision->set_post("probation/chair");
    }
    for (const WordsField& field : EveryWordsField(method.input_type())) {
      if (field.Name().ends_with("acting.post")) Put(field, who.post, *request);
      if (field.Name().ends_with("acting.purpose")) Put(field, "audit", *request);
    }
    return request;
  }

  Reply Ask(const MethodDescriptor& method, const Somebody& who, const Message& request) {
    std::shared_ptr<grpc::Channel>& channel = channels_[who.member];
    if (!channel) channel = stage().ChannelOf(who.member);
    ++said_;
    return Call(channel, method, request);
  }

  void Say(const MethodDescriptor& method, const WordsField& field, const Somebody& who) {
    const std::unique_ptr<Message> request = RightRequest(method, who);
    Put(field, GetParam().words, *request);
    const Reply reply = Ask(method, who, *request);
    if (reply.status.ok() && !reply.answer.empty()) ++answered_;
    for (const std::string& said : {reply.status.error_message(), reply.status.error_details()}) {
      EXPECT_EQ(said.find(kMark), std::string::npos)
          << method.full_name() << ", " << field.Name() << ": " << said;
    }
    ExpectRefusalsQuoteNothing(method, field, reply.answer);
  }

  /// A publication answers for each item; its refusals are sentences too.
  static void ExpectRefusalsQuoteNothing(const MethodDescriptor& method, const WordsField& field,
                                         const std::string& answer) {
    v1::PublishResponse response;
    if (method.output_type() != v1::PublishResponse::descriptor() ||
        !response.ParseFromString(answer)) {
      return;
    }
    for (const v1::PublishResult& result : response.results()) {
      EXPECT_EQ(result.refusal_sentence().find(kMark), std::string::npos)
          << field.Name() << ": " << result.refusal_sentence();
    }
  }

  /// Waits for that many new checkpoints: what an auditor reads ends at the newest.
  void AwaitCheckpoints(int count) {
    const auto audit = v1::AuditService::NewStub(stage().ChannelOf("inspectorate/auditor"));
    std::string newest;
    for (int tries = 0; count >= 0 && tries < 1200; ++tries) {
      grpc::ClientContext context;
      v1::GetCheckpointResponse response;
      const grpc::Status status = audit->GetCheckpoint(&context, {}, &response);
      if (status.ok() && response.signed_note() != newest) {
        newest = response.signed_note();
        --count;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    EXPECT_LT(count, 0) << "no checkpoint came";
  }

  /// Everything an operator can read of what is counted.
  std::string Metrics() {
    const doubles::Ended ended =
        doubles::RunTearline("metrics --server " + stage().admin_address() + " --profile " +
                             stage().ProfileOf("office/keeper", "office/operator").string());
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_NE(ended.out.find("tearline_sent_total"), std::string::npos);
    return ended.out;
  }

  std::map<std::string, std::shared_ptr<grpc::Channel>> channels_;
  int said_ = 0;
  int answered_ = 0;
};

/// Every service there is a file of is attacked; that of operators, who have an address of their
/// own, is not served here.
TEST(HostileWordsReach, EveryServiceThatIsServed) {
  std::set<std::string> attacked = {"tearline/v1/admin_service.proto"};
  for (const MethodDescriptor* method : EveryCall()) attacked.emplace(method->file()->name());
  std::istringstream services(TEARLINE_SERVICES);
  std::set<std::string> served;
  for (std::string each; services >> each;) served.insert(each);
  EXPECT_EQ(attacked, served);
}

TEST_P(HostileWords, ComeBackInNoSentenceNoLogAndNobodyElsesAnswer) {
  int fields = 0;
  for (const MethodDescriptor* method : EveryCall()) {
    for (const WordsField& field : EveryWordsField(method->input_type())) {
      ++fields;
      if (IsMeantToBeTold(field.Name(), GetParam().words)) continue;
      for (const Somebody& who : kEverybody) Say(*method, field, who);
    }
  }
  EXPECT_GT(fields, 100) << "the requests were not found";
  EXPECT_GT(answered_, 20) << "of " << said_ << " hardly anything came past the door";
  ExpectTheHonestAreServed();

  AwaitCheckpoints(2);  // the second was begun after all that was said
  for (const MethodDescriptor* method : EveryCall()) {
    for (const Somebody& who : kEverybody) {
      const Reply reply = Ask(*method, who, *RightRequest(*method, who));
      const std::size_t at = reply.answer.find(kMark);
      EXPECT_EQ(at, std::string::npos)
          << method->full_name() << " tells " << who.member << ": "
          << testing::PrintToString(reply.answer.substr(std::max<std::size_t>(at, 60) - 60, 120));
    }
  }
  EXPECT_FALSE(bystanders().WereTold(kMark));
  EXPECT_EQ(Log().find(kMark), std::string::npos);
  EXPECT_EQ(Log().find('\x1b'), std::string::npos);
  ExpectLinesOfOurs(Log());
  EXPECT_EQ(Metrics().find(kMark), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Poisons, HostileWords, testing::ValuesIn(Poisons()),
                         [](const auto& row) { return std::string(row.param.what); });

}  // namespace
}  // namespace tearline::hostile
