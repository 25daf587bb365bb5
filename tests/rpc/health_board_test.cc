#include "broker/rpc/health_board.h"

#include <grpcpp/health_check_service_interface.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

namespace tearline::rpc {
namespace {

/// Remembers what it was last told.
class Shown final : public grpc::HealthCheckServiceInterface {
 public:
  void SetServingStatus(const std::string& name, bool serving) override { of[name] = serving; }
  void SetServingStatus(bool) override {}
  void Shutdown() override {}

  std::map<std::string, bool> of;
};

using Says = std::map<std::string, bool>;

TEST(HealthBoard, TheWholeStandsExactlyWhenAllItsPartsDo) {
  std::vector<Part> parts;
  HealthBoard board([&] { return parts; });
  Shown shown;
  board.ShowOn(shown);
  EXPECT_EQ(shown.of, Says());

  parts = {{"ledger", true}, {"clock", true}};
  board.Examine();
  EXPECT_EQ(shown.of, (Says{{"", true}, {"ledger", true}, {"clock", true}}));
  parts = {{"ledger", true}, {"clock", false}};
  board.Examine();
  EXPECT_EQ(shown.of, (Says{{"", false}, {"ledger", true}, {"clock", false}}));
  parts = {{"ledger", false}, {"clock", false}};
  board.Examine();
  EXPECT_EQ(shown.of, (Says{{"", false}, {"ledger", false}, {"clock", false}}));
  parts = {{"ledger", true}, {"clock", true}};
  board.Examine();
  EXPECT_EQ(shown.of, (Says{{"", true}, {"ledger", true}, {"clock", true}}));
}

TEST(HealthBoard, EveryDoorShowsTheSame) {
  HealthBoard board([] { return std::vector<Part>{{"ledger", false}}; });
  Shown one;
  Shown other;
  board.ShowOn(one);
  board.ShowOn(other);
  board.Examine();
  EXPECT_EQ(one.of, other.of);
  EXPECT_EQ(one.of, (Says{{"", false}, {"ledger", false}}));
}

/// Once for each change: a fault that lasts does not fill the log.
TEST(HealthBoard, AChangeIsSaidOnce) {
  std::vector<Part> parts = {{"ledger", true}};
  HealthBoard board([&] { return parts; });
  testing::internal::CaptureStderr();
  board.Examine();
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  parts[0].stands = false;
  testing::internal::CaptureStderr();
  board.Examine();
  board.Examine();
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_NE(said.find("\"event\":\"health_changed\""), std::string::npos) << said;
  EXPECT_NE(said.find("\"count\":1"), std::string::npos) << said;
  EXPECT_EQ(said.find('\n'), said.rfind('\n')) << said;
}

}  // namespace
}  // namespace tearline::rpc
