#include <gmock/gmock.h>
#include <google/protobuf/util/time_util.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "broker/model/limits.h"
#include "broker/rpc/event_trail.h"
#include "tearline/v1/audit_service.grpc.pb.h"
#include "tearline/v1/directory_service.grpc.pb.h"
#include "tests/rpc/running_door.h"

// A caller's own name for what it does goes into the record and nowhere else: it is a stranger's
// text.

namespace tearline::rpc {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kOperator[] = "desk/operator";
constexpr char kTrace[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

class CorrelationTest : public testing::Test {
 protected:
  using Metadata = std::vector<std::pair<std::string, std::string>>;

  /// Suspends an agency, with a name in the request and others in the call's metadata.
  grpc::Status Suspend(const std::string& correlation_id, const Metadata& metadata = {}) {
    v1::SetSuspensionRequest request;
    *request.mutable_acting() = RunningDoor::As(kOperator);
    request.mutable_acting()->set_correlation_id(correlation_id);
    request.set_agency("police");
    request.set_suspended(false);
    v1::SetSuspensionResponse response;
    grpc::ClientContext context;
    for (const auto& [key, value] : metadata) context.AddMetadata(key, value);
    return v1::DirectoryService::NewStub(door_.SystemOf(kOperator))
        ->SetSuspension(&context, request, &response);
  }
  /// What the newest record says of who asked.
  std::string Recorded() {
    std::string id;
    ReadDetails(door_.writer().View()->position(), *door_.writer().View(),
                [&id](const auto& detail, const audit::Leaf&) {
                  if (detail.has_actor()) id = detail.actor().correlation_id();
                });
    return id;
  }

  RunningDoor door_;
};

TEST_F(CorrelationTest, IsRecordedAsItCame) {
  ASSERT_TRUE(Suspend("").ok());
  EXPECT_EQ(Recorded(), "");
  ASSERT_TRUE(Suspend(kTrace).ok());
  EXPECT_EQ(Recorded(), kTrace);
  ASSERT_TRUE(Suspend("", {{"x-correlation-id", "Nightly.import_7"}}).ok());
  EXPECT_EQ(Recorded(), "Nightly.import_7");
  ASSERT_TRUE(Suspend(kTrace, {{"x-correlation-id", "another"}}).ok());
  EXPECT_EQ(Recorded(), kTrace) << "the request's own goes before";
  ASSERT_TRUE(Suspend("", {{"traceparent", kTrace}}).ok());
  EXPECT_EQ(Recorded(), "") << "what says something else is not taken for it";
  const std::string longest(model::kCorrelationIdBytesMax, 'x');
  ASSERT_TRUE(Suspend(longest).ok());
  EXPECT_EQ(Recorded(), longest);
}

/// Escape codes, numbers of people in a form that says so, lines, other scripts: refused before
/// anything is recorded, and quoted nowhere.
TEST_F(CorrelationTest, WhatCouldSayMoreIsRefusedAndNotQuoted) {
  ASSERT_TRUE(Suspend("before").ok());
  const auto before = door_.writer().View()->position();
  const std::string hostile[] = {"sentinel\x1b[2J",
                                 "sentinel\nline",
                                 "sentinel\r",
                                 "sentinel name",
                                 "PNC:sentinel",
                                 "sentinel/12345A",
                                 "sent\xc3\xa9inel",
                                 "sentinel\"}",
                                 std::string("sentinel\0", 9),
                                 "sentinel\x7f",
                                 "sentinel@agency",
                                 "{sentinel}",
                                 std::string(model::kCorrelationIdBytesMax + 1, 'x')};
  testing::internal::CaptureStderr();
  testing::internal::CaptureStdout();
  std::string said;
  for (const std::string& text : hostile) {
    // The protocol itself lets no bytes through that are not UTF-8.
    const grpc::Status status = Suspend(text);
    EXPECT_EQ(ReasonIn(status), v1::ERROR_REASON_FIELD_INVALID) << text.size();
    said += status.error_message() + status.error_details();
  }
  for (const Metadata& metadata :
       {Metadata{{"x-correlation-id", "sentinel name"}},
        Metadata{{"x-correlation-id", "{sentinel}"}},
        Metadata{{"x-correlation-id", "one"}, {"x-correlation-id", "sentinel"}}}) {
    const grpc::Status status = Suspend("", metadata);
    EXPECT_EQ(ReasonIn(status), v1::ERROR_REASON_FIELD_INVALID);
    said += status.error_message() + status.error_details();
  }
  said += testing::internal::GetCapturedStdout() + testing::internal::GetCapturedStderr();
  EXPECT_THAT(said, Not(HasSubstr("sent")));
  EXPECT_THAT(said, HasSubstr("`acting.correlation_id`, or x-correlation-id in the metadata, is "
                              "65 bytes"));
  EXPECT_EQ(door_.writer().View()->position(), before) << "nothing was recorded";
}

/// To look is recorded by it, too, and shown to whoever asks who looked.
TEST_F(CorrelationTest, IsShownOfWhoeverLooked) {
  const std::string nominal = door_.NominalWithCase("N17");
  v1::WhoLookedRequest request;
  *request.mutable_acting() = RunningDoor::As("desk/auditor");
  request.mutable_acting()->set_correlation_id(kTrace);
  request.set_nominal_id(nominal);
  v1::WhoLookedResponse response;
  for (int i = 0; i < 2; ++i) {
    grpc::ClientContext context;
    ASSERT_TRUE(v1::AuditService::NewStub(door_.SystemOf("desk/auditor"))
                    ->WhoLooked(&context, request, &response)
                    .ok());
  }
  ASSERT_GE(response.rows_size(), 1);
  const v1::LookedRow& row = response.rows(response.rows_size() - 1);
  EXPECT_EQ(row.correlation_id(), kTrace);
  EXPECT_THAT(row.sentence(), HasSubstr(std::string(", asked as ") + kTrace));
}

}  // namespace
}  // namespace tearline::rpc
