#include "broker/rpc/prepare_items.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tearline/v1/directory_service.grpc.pb.h"
#include "tearline/v1/nominal_service.grpc.pb.h"
#include "tearline/v1/publisher_service.grpc.pb.h"
#include "tests/rpc/held.h"
#include "tests/rpc/running_door.h"

namespace tearline::rpc {
namespace {

/// A door before a vault whose disk can hang.
class PrepareItemsTest : public testing::Test {
 protected:
  ~PrepareItemsTest() override {
    vault_->LetGo();
    for (std::thread& thread : threads_) thread.join();
  }

  /// More than gRPC has threads, at the same time.
  static constexpr int kStrangers = 20;

  v1::PublishResponse Publish(const v1::PublishItem& item) {
    v1::PublishRequest request;
    *request.mutable_acting() = RunningDoor::As("police/intel");
    *request.add_items() = item;
    v1::PublishResponse response;
    grpc::ClientContext context;
    const grpc::Status status =
        v1::PublisherService::NewStub(channel_)->Publish(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }
  static v1::PublishItem Stranger(int number) {
    v1::PublishItem item = RunningDoor::ItemAbout("", "stranger" + std::to_string(number), "seen");
    v1::Identifier& identifier = *item.mutable_event()->mutable_nominals(0)->mutable_identifier();
    identifier.set_type(v1::IDENTIFIER_TYPE_OTHER);
    identifier.set_value("X" + std::to_string(number));
    return item;
  }

  HeldVault* vault_ = nullptr;  // The door's.
  RunningDoor door_{{.vault =
                         [this](std::unique_ptr<vault::Vault> behind) {
                           auto held = std::make_unique<HeldVault>(std::move(behind));
                           vault_ = held.get();
                           return held;
                         },
                     .proposer = {}}};
  const std::string nominal_ = door_.NominalWithCase("N17");
  const std::shared_ptr<grpc::Channel> channel_ = door_.SystemOf("police/intel");
  std::vector<std::thread> threads_;
};

/// The vault's disk hangs: whoever needs no new key is served all the same.
TEST_F(PrepareItemsTest, NobodyWaitsForAnothersNewKeys) {
  door_.Publish(nominal_, "known", "whose keys are there");
  vault_->Hold();
  for (int i = 0; i < kStrangers; ++i) {
    threads_.emplace_back([this, i] {
      const v1::PublishResponse response = Publish(Stranger(i));
      ASSERT_EQ(response.results_size(), 1);
      EXPECT_TRUE(response.results(0).event_id().starts_with("ev_"));
    });
    threads_.emplace_back([this, i] {
      v1::RegisterNominalRequest request;
      *request.mutable_acting() = RunningDoor::As("police/intel");
      v1::Identifier& identifier = *request.add_identifiers();
      identifier.set_type(v1::IDENTIFIER_TYPE_OTHER);
      identifier.set_value("Y" + std::to_string(i));
      v1::RegisterNominalResponse response;
      grpc::ClientContext context;
      EXPECT_TRUE(v1::NominalService::NewStub(channel_)
                      ->RegisterNominal(&context, request, &response)
                      .ok());
    });
  }
  vault_->AwaitWaiting(2);
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(Publish(RunningDoor::ItemAbout(nominal_, "k" + std::to_string(i), "seen"))
                    .results(0)
                    .event_id()
                    .starts_with("ev_"));
  }
  v1::ListDirectoryRequest request;
  *request.mutable_acting() = RunningDoor::As("police/intel");
  v1::ListDirectoryResponse page;
  grpc::ClientContext context;
  EXPECT_TRUE(
      v1::DirectoryService::NewStub(channel_)->ListDirectory(&context, request, &page).ok());
}

}  // namespace
}  // namespace tearline::rpc
