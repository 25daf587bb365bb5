#include "broker/rpc/admin.h"

#include <grpcpp/support/sync_stream.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <regex>
#include <set>
#include <string>

#include "tearline/v1/directory_service.grpc.pb.h"
#include "tests/rpc/running_door.h"

namespace tearline::rpc {
namespace {

using grpc::ClientContext;

class AdminTest : public testing::Test {
 protected:
  /// A channel to the operators' door with the certificate of a member.
  std::shared_ptr<grpc::Channel> As(const std::string& agency, const std::string& member,
                                    const std::string& serial_hex = "2a") {
    identity::Order order = RunningDoor::OrderFor(agency, member);
    order.serial_hex = serial_hex;
    return door_.ConnectTo(door_.server().AdminAddress(), door_.Issue(agency, order));
  }
  static void SetDeadline(ClientContext& context) {
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  }
  static grpc::Status Metrics(const std::shared_ptr<grpc::Channel>& channel, std::string& text) {
    v1::GetMetricsResponse response;
    ClientContext context;
    SetDeadline(context);
    const grpc::Status status =
        v1::AdminService::NewStub(channel)->GetMetrics(&context, {}, &response);
    text = response.text();
    return status;
  }
  /// What reflection answers when asked for the services; "" if it is refused, with its code.
  static std::pair<std::string, grpc::StatusCode> Services(
      const std::shared_ptr<grpc::Channel>& channel) {
    // grpc.reflection.v1alpha.ServerReflectionRequest { string list_services = 7 }
    const grpc::Slice slice(std::string("\x3a\x01*"));
    const grpc::internal::RpcMethod method(
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
        grpc::internal::RpcMethod::BIDI_STREAMING);
    ClientContext context;
    SetDeadline(context);
    const std::unique_ptr<grpc::ClientReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>> stream(
        grpc::internal::ClientReaderWriterFactory<grpc::ByteBuffer, grpc::ByteBuffer>::Create(
            channel.get(), method, &context));
    stream->Write(grpc::ByteBuffer(&slice, 1));
    stream->WritesDone();
    grpc::ByteBuffer answer;
    grpc::Slice whole;
    std::string text;
    if (stream->Read(&answer) && answer.DumpToSingleSlice(&whole).ok()) {
      text.assign(reinterpret_cast<const char*>(whole.begin()), whole.size());
    }
    return {text, stream->Finish().error_code()};
  }

  RunningDoor door_;
};

TEST_F(AdminTest, OperatorsSeeMetricsHealthAndServices) {
  for (const char* member : {"operator-system", "operator-holder"}) {
    const auto channel = As("desk", member);
    std::string text;
    const grpc::Status status = Metrics(channel, text);
    EXPECT_TRUE(status.ok()) << status.error_message();
    EXPECT_NE(text.find("\ntearline_part_up{part=\"certificates\"} 1\n"), std::string::npos);
    EXPECT_EQ(RunningDoor::HealthOf(channel, "certificates"), 1);
    EXPECT_NE(Services(channel).first.find("tearline.v1.AdminService"), std::string::npos);
  }
}

TEST_F(AdminTest, NobodyElseSeesAnything) {
  struct Row {
    const char* agency;
    const char* member;
    grpc::StatusCode code;
  };
  const Row rows[] = {{"desk", "auditor-system", grpc::StatusCode::PERMISSION_DENIED},
                      {"police", "intel-system", grpc::StatusCode::PERMISSION_DENIED},
                      // The operator's name in another agency is somebody else.
                      {"police", "operator-system", grpc::StatusCode::UNAUTHENTICATED}};
  for (const Row& row : rows) {
    const auto channel = As(row.agency, row.member);
    std::string text;
    EXPECT_EQ(Metrics(channel, text).error_code(), row.code) << row.agency << row.member;
    EXPECT_EQ(text, "");
    EXPECT_EQ(RunningDoor::HealthOf(channel, ""), -static_cast<int>(row.code)) << row.member;
    EXPECT_EQ(Services(channel).first, "") << row.member;
    EXPECT_EQ(Services(channel).second, row.code) << row.member;
  }
}

TEST_F(AdminTest, ARevokedOperatorSeesNothing) {
  const auto channel = As("police", "intel-system", "5e");
  door_.HandInList({"5e"});
  ASSERT_TRUE(door_.server().Reload().ok());
  std::string text;
  EXPECT_EQ(Metrics(channel, text).error_code(), grpc::StatusCode::UNAUTHENTICATED);
}

/// Each door answers for its own: no commands here, no metrics or reflection there.
TEST_F(AdminTest, TheTwoDoorsDoNotServeForEachOther) {
  v1::ListDirectoryRequest request;
  *request.mutable_acting() = RunningDoor::As("desk/operator");
  v1::ListDirectoryResponse response;
  ClientContext context;
  SetDeadline(context);
  EXPECT_EQ(v1::DirectoryService::NewStub(As("desk", "operator-system"))
                ->ListDirectory(&context, request, &response)
                .error_code(),
            grpc::StatusCode::UNIMPLEMENTED);
  std::string text;
  EXPECT_EQ(Metrics(door_.SystemOf("desk/operator"), text).error_code(),
            grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_EQ(Services(door_.SystemOf("desk/operator")).second, grpc::StatusCode::UNIMPLEMENTED);
}

/// Law 9, at the place where it would show: people, posts and words that passed the door are not in
/// what it says about itself, and every label is one of ours.
TEST_F(AdminTest, NothingOfAnybodysIsMeasured) {
  const std::string nominal = door_.NominalWithCase("Z9988ZZ");
  const std::string event = door_.Publish(nominal, "req-metrics", "the content of a report");
  std::string text;
  ASSERT_TRUE(Metrics(As("desk", "operator-system"), text).ok());
  for (const std::string& secret :
       {std::string("Z9988ZZ"), std::string("req-metrics"), std::string("the content"), nominal,
        event, std::string("police"), std::string("probation"), std::string("intel"),
        std::string("desk")}) {
    EXPECT_EQ(text.find(secret), std::string::npos) << secret;
  }
  const std::set<std::string> allowed = {"command", "outcome", "reason", "le",  "part",
                                         "type",    "level",   "what",   "lane"};
  static const std::regex kLabel("([a-zA-Z_]+)=\"([^\"]*)\"");
  static const std::regex kValue("[a-z][a-z_]*|[0-9.]+|\\+Inf");
  for (std::sregex_iterator it(text.begin(), text.end(), kLabel), end; it != end; ++it) {
    EXPECT_TRUE(allowed.contains((*it)[1])) << (*it)[1];
    EXPECT_TRUE(std::regex_match((*it)[2].str(), kValue)) << (*it)[2];
  }
  EXPECT_NE(text.find("tearline_records_total{command=\"publish\",outcome=\"applied\"}"),
            std::string::npos);
}

}  // namespace
}  // namespace tearline::rpc
