#include "broker/ledger/open_ledger.h"

#include <gtest/gtest.h>

#include "tests/doubles/temporary_directory.h"

namespace tearline::ledger {
namespace {

TEST(OpenLedger, RefusesAConfigurationThatChoosesNoEngine) {
  EXPECT_EQ(ReasonOf(OpenLedger(settings::v1::LedgerConfig()).status()),
            v1::ERROR_REASON_CONFIG_INVALID);
}

TEST(OpenLedger, OpensTheEngineThatIsChosen) {
  const doubles::TemporaryDirectory home;
  settings::v1::LedgerConfig config;
  config.mutable_rocksdb()->set_directory((home.path() / "ledger").string());
  const auto ledger = OpenLedger(config);
  ASSERT_TRUE(ledger.ok()) << SentenceOf(ledger.status());
  EXPECT_EQ((*ledger)->Tip(), 0u);
}

}  // namespace
}  // namespace tearline::ledger
