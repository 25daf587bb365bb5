#include "broker/rpc/grpc_status.h"

#include <gtest/gtest.h>

#include <set>

#include "tearline/v1/rpc_status.pb.h"

namespace tearline::rpc {
namespace {

TEST(GrpcStatus, EveryReasonHasItsRow) {
  const google::protobuf::EnumDescriptor& reasons = *v1::ErrorReason_descriptor();
  for (int i = 0; i < reasons.value_count(); ++i) {
    const auto reason = static_cast<v1::ErrorReason>(reasons.value(i)->number());
    EXPECT_TRUE(HasCode(reason)) << reasons.value(i)->name();
    EXPECT_NE(CodeOf(reason), grpc::StatusCode::OK) << reasons.value(i)->name();
  }
  EXPECT_FALSE(HasCode(static_cast<v1::ErrorReason>(99)));
  EXPECT_EQ(CodeOf(static_cast<v1::ErrorReason>(99)), grpc::StatusCode::INTERNAL);
}

/// A client library repeats UNAVAILABLE by itself, so it must be right to.
TEST(GrpcStatus, OnlyWhatMayBeRepeatedIsUnavailable) {
  const std::set<v1::ErrorReason> repeatable = {v1::ERROR_REASON_UNAVAILABLE,
                                                v1::ERROR_REASON_UNKNOWN_OUTCOME};
  const google::protobuf::EnumDescriptor& reasons = *v1::ErrorReason_descriptor();
  for (int i = 0; i < reasons.value_count(); ++i) {
    const auto reason = static_cast<v1::ErrorReason>(reasons.value(i)->number());
    EXPECT_EQ(CodeOf(reason) == grpc::StatusCode::UNAVAILABLE, repeatable.contains(reason))
        << reasons.value(i)->name();
  }
}

TEST(GrpcStatus, WhoIsNotKnownIsUnauthenticatedWhoMayNotIsDenied) {
  for (int number = 200; number <= 211; ++number) {
    if (number == v1::ERROR_REASON_QUOTA_USED) continue;
    const grpc::StatusCode code = CodeOf(static_cast<v1::ErrorReason>(number));
    EXPECT_TRUE(code == grpc::StatusCode::UNAUTHENTICATED ||
                code == grpc::StatusCode::PERMISSION_DENIED)
        << number;
  }
  EXPECT_EQ(CodeOf(v1::ERROR_REASON_QUOTA_USED), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(CodeOf(v1::ERROR_REASON_TOO_BUSY), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(CodeOf(v1::ERROR_REASON_NOT_FOUND), grpc::StatusCode::NOT_FOUND);
}

TEST(GrpcStatus, OkStaysOk) { EXPECT_TRUE(ToGrpc({}).ok()); }

TEST(GrpcStatus, CarriesReasonSentenceAndFieldAsGoogleWritesThem) {
  const grpc::Status status =
      ToGrpc(Refuse(v1::ERROR_REASON_FIELD_INVALID, "`event.label` must be set"));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(status.error_message(), "`event.label` must be set");

  v1::RpcStatus details;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  EXPECT_EQ(details.code(), 3);
  EXPECT_EQ(details.message(), "`event.label` must be set");
  ASSERT_EQ(details.details_size(), 2);
  EXPECT_EQ(details.details(0).type_url(), "type.googleapis.com/google.rpc.ErrorInfo");
  v1::RpcErrorInfo error;
  ASSERT_TRUE(error.ParseFromString(details.details(0).value()));
  EXPECT_EQ(error.reason(), "FIELD_INVALID");
  EXPECT_EQ(error.domain(), "tearline.v1");
  EXPECT_EQ(details.details(1).type_url(), "type.googleapis.com/google.rpc.BadRequest");
  v1::RpcBadRequest bad_request;
  ASSERT_TRUE(bad_request.ParseFromString(details.details(1).value()));
  ASSERT_EQ(bad_request.field_violations_size(), 1);
  EXPECT_EQ(bad_request.field_violations(0).field(), "event.label");
}

TEST(GrpcStatus, NamesNoFieldWhereTheSentenceNamesNone) {
  for (const char* sentence : {"no such case", "`unclosed", ""}) {
    v1::RpcStatus details;
    ASSERT_TRUE(details.ParseFromString(
        ToGrpc(Refuse(v1::ERROR_REASON_FIELD_INVALID, sentence)).error_details()));
    EXPECT_EQ(details.details_size(), 1) << sentence;
  }
  // A post is named, but nothing is wrong with the form of the request.
  v1::RpcStatus details;
  ASSERT_TRUE(details.ParseFromString(
      ToGrpc(Refuse(v1::ERROR_REASON_NOT_YOUR_POST, "`acting.post` must be yours"))
          .error_details()));
  EXPECT_EQ(details.details_size(), 1);
}

/// The bytes a stranger's library reads: google.rpc.Status { code: 5 message: "no" details { … } }.
TEST(GrpcStatus, IsGoogleRpcStatusByteForByte) {
  const grpc::Status status = ToGrpc(Refuse(v1::ERROR_REASON_NOT_FOUND, "no"));
  const std::string info = std::string("\x0a\x09NOT_FOUND\x12\x0btearline.v1", 24);
  const std::string any =
      std::string("\x0a\x28type.googleapis.com/google.rpc.ErrorInfo\x12\x18") + info;
  const std::string expected =
      std::string("\x08\x05\x12\x02no\x1a") + static_cast<char>(any.size()) + any;
  EXPECT_EQ(status.error_details(), expected);
}

}  // namespace
}  // namespace tearline::rpc
