// Content above what this broker may hold: refused, and nothing of it stays.
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <memory>
#include <string>

#include "tearline/v1/publisher_service.grpc.pb.h"
#include "tests/hostile/arena.h"

namespace tearline::hostile {
namespace {

constexpr char kSecret[] = "zanzibar quagga, seen where nobody should have looked";

class Spillage : public Arena {
 protected:
  v1::PublishResult Publish(const v1::PublishItem& item) const {
    v1::PublishRequest request;
    *request.mutable_acting() = As("police/intelligence");
    *request.add_items() = item;
    v1::PublishResponse response;
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
    const grpc::Status status = v1::PublisherService::NewStub(stage().ChannelOf("police/feeder"))
                                    ->Publish(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.results_size() == 1 ? response.results(0) : v1::PublishResult();
  }

  /// An item about somebody nobody knows, so that accepting it would make keys.
  static v1::PublishItem AboutAStranger(const std::string& request_id) {
    v1::PublishItem item = HonestItem(request_id, "", kSecret);
    v1::NominalReference& nominal = *item.mutable_event()->mutable_nominals(0);
    nominal.mutable_identifier()->set_type(v1::IDENTIFIER_TYPE_OTHER);
    nominal.mutable_identifier()->set_value("stranger " + request_id);
    v1::TearLine& tear_line = *item.mutable_event()->add_tear_lines();
    tear_line.set_text(kSecret);
    *tear_line.mutable_marking() = item.event().label().marking();
    tear_line.mutable_audience()->set_panels(true);
    return item;
  }

  /// Rows in the vault. The broker must not be running.
  std::size_t VaultRows() const {
    rocksdb::DB* opened = nullptr;
    std::vector<std::string> families;
    const std::string path = stage().directory() / "vault";
    EXPECT_TRUE(rocksdb::DB::ListColumnFamilies({}, path, &families).ok());
    std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
    for (const std::string& name : families) descriptors.emplace_back(name, rocksdb::Options());
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    const rocksdb::Status status =
        rocksdb::DB::OpenForReadOnly({}, path, descriptors, &handles, &opened);
    EXPECT_TRUE(status.ok()) << status.ToString();
    if (!status.ok()) return 0;
    const std::unique_ptr<rocksdb::DB> vault(opened);
    std::size_t rows = 0;
    for (rocksdb::ColumnFamilyHandle* handle : handles) {
      const std::unique_ptr<rocksdb::Iterator> row(vault->NewIterator({}, handle));
      for (row->SeekToFirst(); row->Valid(); row->Next()) ++rows;
    }
    for (rocksdb::ColumnFamilyHandle* handle : handles) {
      EXPECT_TRUE(vault->DestroyColumnFamilyHandle(handle).ok());
    }
    return rows;
  }

  std::size_t VaultRowsAfterAPause() {
    stage().Stop();
    const std::size_t rows = VaultRows();
    stage().Start();
    return rows;
  }
};

TEST_F(Spillage, AboveTheBrokersTierIsRefusedAndNothingOfItStays) {
  SendHome();
  const std::size_t before = VaultRowsAfterAPause();
  for (const v1::Tier tier : {v1::TIER_SECRET, v1::TIER_TOP_SECRET}) {
    v1::PublishItem item = AboutAStranger("above-" + std::to_string(tier));
    item.mutable_event()->mutable_label()->mutable_marking()->set_sensitive(false);
    item.mutable_event()->mutable_label()->mutable_marking()->set_tier(tier);
    *item.mutable_event()->mutable_tear_lines(0)->mutable_marking() =
        item.event().label().marking();
    const v1::PublishResult result = Publish(item);
    EXPECT_TRUE(result.event_id().empty());
    EXPECT_EQ(result.refusal_reason(), "ABOVE_ACCREDITATION") << result.refusal_sentence();
  }
  stage().Stop();
  EXPECT_EQ(VaultRows(), before) << "keys were made for what was refused";
  EXPECT_FALSE(LiesOnDisk("zanzibar"));
  EXPECT_FALSE(LiesOnDisk("stranger"));
  EXPECT_FALSE(LiesOnDisk("STRANGER"));
  EXPECT_EQ(Log().find("zanzibar"), std::string::npos);
}

/// A caveat that the broker itself does not hold is above it as well.
TEST_F(Spillage, ACaveatAboveTheBrokersIsRefusedToo) {
  v1::PublishItem item = AboutAStranger("caveat");
  item.mutable_event()->mutable_label()->mutable_marking()->add_caveats(v1::CAVEAT_CT_BRIEFED_ONLY);
  EXPECT_EQ(Publish(item).refusal_reason(), "ABOVE_ACCREDITATION");
}

/// The other side: what is accepted makes keys, and lies on disk sealed. Otherwise the search above
/// proves nothing.
TEST_F(Spillage, WhatIsAcceptedMakesKeysAndLiesSealed) {
  SendHome();
  const std::size_t before = VaultRowsAfterAPause();
  v1::PublishItem item = AboutAStranger("zanzibar-request");
  const v1::PublishResult result = Publish(item);
  EXPECT_FALSE(result.event_id().empty()) << result.refusal_sentence();
  stage().Stop();
  EXPECT_GT(VaultRows(), before);
  EXPECT_TRUE(LiesOnDisk("zanzibar-request")) << "the search finds nothing";
  EXPECT_FALSE(LiesOnDisk(kSecret));
}

}  // namespace
}  // namespace tearline::hostile
