// Certificates, authorities and revocation lists that change while the door is open.
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

#include "tearline/v1/directory_service.grpc.pb.h"
#include "tearline/v1/subscriber_service.grpc.pb.h"
#include "tests/rpc/running_door.h"

namespace tearline::rpc {
namespace {

using grpc::ClientContext;

class ReloadTest : public testing::Test {
 protected:
  /// A channel for police/intel's system, with a certificate of this serial number.
  std::shared_ptr<grpc::Channel> WithSerial(const std::string& serial_hex) const {
    identity::Order order = RunningDoor::OrderFor("police", "intel-system");
    order.serial_hex = serial_hex;
    return door_.Connect(door_.Issue("police", order));
  }
  static grpc::Status List(const std::shared_ptr<grpc::Channel>& channel) {
    v1::ListDirectoryRequest request;
    *request.mutable_acting() = RunningDoor::As("police/intel");
    v1::ListDirectoryResponse response;
    ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    return v1::DirectoryService::NewStub(channel)->ListDirectory(&context, request, &response);
  }
  v1::ErrorReason ReasonFor(const std::shared_ptr<grpc::Channel>& channel) const {
    return ReasonIn(List(channel));
  }
  void Put(const std::string& name, const std::string& text) const {
    std::ofstream(door_.home() / name, std::ios::binary | std::ios::trunc) << text;
  }
  void Damage(const std::string& name) const { Put(name, "nobody"); }
  /// Whether it comes true by itself, within the patience of a test.
  template <typename Condition>
  static bool ComesTrue(Condition condition) {
    for (int tries = 0; tries < 300; ++tries) {
      if (condition()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    return false;
  }

  RunningDoor door_;
};

TEST_F(ReloadTest, TheRevokedAreRefusedWithTheirOwnReasonAndNobodyElse) {
  const auto revoked = WithSerial("5e");
  const auto other = WithSerial("5f");
  ASSERT_TRUE(List(revoked).ok());
  door_.HandInList({"5e"});
  ASSERT_TRUE(door_.server().Reload().ok());
  const grpc::Status refusal = List(revoked);  // over the connection that was there before
  EXPECT_EQ(ReasonIn(refusal), v1::ERROR_REASON_CERTIFICATE_REVOKED);
  EXPECT_EQ(refusal.error_code(), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_TRUE(List(other).ok());
}

TEST_F(ReloadTest, ALiveStreamEndsWhenItsCertificateIsRevoked) {
  const auto stub = v1::SubscriberService::NewStub(WithSerial("5e"));
  ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
  const auto stream = stub->Subscribe(&context);
  v1::SubscribeRequest open;
  *open.mutable_open()->mutable_acting() = RunningDoor::As("police/intel");
  ASSERT_TRUE(stream->Write(open));
  v1::SubscribeResponse frame;
  ASSERT_TRUE(stream->Read(&frame));
  ASSERT_TRUE(frame.has_opened());

  door_.HandInList({"5e"});  // Nobody asks for a reading: the file is seen to have changed.
  while (stream->Read(&frame)) {
  }
  EXPECT_EQ(ReasonIn(stream->Finish()), v1::ERROR_REASON_CERTIFICATE_REVOKED);
}

TEST_F(ReloadTest, ABrokenListLeavesTheLastGoodOneAndIsReported) {
  const auto revoked = WithSerial("5e");
  const auto other = WithSerial("5f");
  door_.HandInList({"5e"});
  ASSERT_TRUE(door_.server().Reload().ok());
  ASSERT_EQ(RunningDoor::HealthOf(other, "certificates"), 1);

  testing::internal::CaptureStderr();
  Damage("revoked.pem");
  EXPECT_EQ(ReasonOf(door_.server().Reload()), v1::ERROR_REASON_CONFIG_INVALID);
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_NE(said.find("\"event\":\"credentials_kept\""), std::string::npos) << said;
  EXPECT_EQ(ReasonFor(revoked), v1::ERROR_REASON_CERTIFICATE_REVOKED);
  EXPECT_TRUE(List(other).ok());
  EXPECT_EQ(RunningDoor::HealthOf(other, "certificates"), 2);
  EXPECT_EQ(RunningDoor::HealthOf(other, ""), 2);

  door_.HandInList({});  // Mended, it is read again by itself; the serial is given free.
  EXPECT_TRUE(ComesTrue([&] { return RunningDoor::HealthOf(other, "") == 1; }));
  EXPECT_TRUE(List(revoked).ok());
}

TEST_F(ReloadTest, ANewServerCertificateIsShownToNewConnections) {
  const auto before = WithSerial("5e");
  ASSERT_TRUE(List(before).ok());
  const std::string first = door_.ShownCertificate();
  ASSERT_NE(first, "");
  EXPECT_EQ(door_.ShownCertificate(), first);
  door_.RenewBroker();
  ASSERT_TRUE(door_.server().Reload().ok());
  const std::string second = door_.ShownCertificate();
  ASSERT_NE(second, "");
  EXPECT_NE(second, first);
  EXPECT_TRUE(List(before).ok());            // the old connection goes on
  EXPECT_TRUE(List(WithSerial("5f")).ok());  // and new ones are made
}

/// An authority that is taken out of the file lets nobody in any more, and one that is put in does,
/// without a restart; a file that does not read changes neither.
TEST_F(ReloadTest, AnAuthorityCountsAsLongAsTheFileNamesIt) {
  std::ifstream file(door_.home() / "agencies.pem", std::ios::binary);
  const std::string all{std::istreambuf_iterator<char>(file), {}};
  ASSERT_TRUE(List(WithSerial("5e")).ok());
  Put("agencies.pem", door_.broker_authority_pem());
  ASSERT_TRUE(door_.server().Reload().ok());
  EXPECT_EQ(List(WithSerial("5f")).error_code(), grpc::StatusCode::UNAVAILABLE);
  Damage("agencies.pem");
  EXPECT_FALSE(door_.server().Reload().ok());
  EXPECT_EQ(List(WithSerial("60")).error_code(), grpc::StatusCode::UNAVAILABLE);
  Put("agencies.pem", all);
  ASSERT_TRUE(door_.server().Reload().ok());
  EXPECT_TRUE(List(WithSerial("61")).ok());
}

TEST_F(ReloadTest, AKeyThatDoesNotFitIsNotServed) {
  const std::string first = door_.ShownCertificate();
  ASSERT_NE(first, "");
  Damage("broker.pem");
  EXPECT_FALSE(door_.server().Reload().ok());
  EXPECT_EQ(door_.ShownCertificate(), first);
  EXPECT_TRUE(List(WithSerial("5e")).ok());
}

}  // namespace
}  // namespace tearline::rpc
