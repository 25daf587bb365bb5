#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "broker/audit/audit_log.h"
#include "broker/ledger/record.h"
#include "broker/machine/rows.h"
#include "broker/sequencer/past.h"
#include "tests/doubles/hex.h"
#include "tests/golden/told_history.h"
#include "tests/machine/world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

/// A ledger as each behaviour version wrote it, one header a line in hexadecimal. Made once by
/// TellHistory and kept: what it means may never change (P8, law 10).
/// The state each means in today's shape. If a digest changes, what lies on disks was written
/// otherwise: raise state::kShape and kShapeOfDigests with it.
struct Golden {
  const char* file;
  const char* root;
  const char* state_digest;
};
constexpr std::uint32_t kShapeOfDigests = 8;
constexpr Golden kGolden[] = {
    {"ledger_v1.hex", "66bc5db77bc71e9b335447291e5f6d62a907901ae8ed076607dcf8b87059c304",
     "f019cffe9794cdb4f43ea73c1e6bcfd7cf8bf43818f0fc22e6980238104fade6"},
    {"ledger_v2.hex", "1f1082d2228d5abc2c32afed3ba559c2632ba08e91920f75d91d65282ef8bde0",
     "90274f888ee1bbf7f4346956d418f3c9120e9c98e69485b29e4856e7da1071e8"},
    {"ledger_v3.hex", "899d6b06f9eaa5f39a0415ae973689aed621fe575dce162306bd2b3080b7f48f",
     "fd852c0555f05993a1ae78c380809a42046a26b61e089fe4d0e594eead2eca4a"},
    {"ledger_v4.hex", "d11011b60b239b9ecd099ecd2d36825f8d97c77f740a29ce76d34270cd985f98",
     "e4c4f42a99802956d49f2b8aff7d7e72d70d5db9dae0abedd09b59a274aa65cb"},
    {"ledger_v5.hex", "07631bf4c5cc6d3996479deb7829cd2bda660f1fd2c97bd62febcef3b8b869f7",
     "7d9f1c0199aa1edf8a7fb56fffcff18d6b29be1c1a7312496d087902fc938d39"},
    {"ledger_v6.hex", "4c986338cc5ac36c3b84a5729e3a057aa66d3b27f62399206caa07589a8e3f24",
     "e781a31fb02f62422cf3257e60d62e6942808943cda432b50e031826869a7d65"},
    {"ledger_v7.hex", "8696a9c0c9c5352f335e1d513f624be592858f73d8eb7eef41deffa5a5634419",
     "83991e7fb9bcf4d526f8b22965557b955db0b95580f5bc392ef17e8e289e6cfb"},
    {"ledger_v8.hex", "bd7bd17c29435e29280632b6570d2186b9fd2503cf121ca33a4934c8d7a5aafb",
     "66b370846a835e05f1bab6803866b5412411307a6a7af77946f19c6b66e6d93a"},
    {"ledger_v9.hex", "8f33a48c630bd473880a889a03e65a083f104a1ef673355032311fe609653eeb",
     "a409d307f4f559aef255ec404c146b3ca787758286bd3639a7e52cf6211d675c"},
};

std::vector<ledger::StoredHeader> ReadLedger(const std::string& name) {
  std::vector<ledger::StoredHeader> records;
  std::ifstream file(TEARLINE_SOURCE_DIR "/tests/golden/" + name);
  for (std::string line; std::getline(file, line);) {
    ledger::StoredHeader record;
    record.bytes = doubles::FromHex(line);
    record.digest = crypto::Sha256(record.bytes);
    record.header = *ledger::DecodeHeader(record.bytes);
    records.push_back(std::move(record));
  }
  return records;
}

TEST(ReplayGolden, MeansTodayWhatItMeantYesterday) {
  EXPECT_EQ(state::kShape, kShapeOfDigests);
  for (const Golden& golden : kGolden) {
    const std::vector<ledger::StoredHeader> records = ReadLedger(golden.file);
    ASSERT_GT(records.size(), 15u) << "the golden ledger is in the tree";
    const doubles::MemoryState state = Replay(records);
    EXPECT_EQ(audit::AuditTree(state).RootAt(records.size()).Hex(), golden.root) << golden.file;
    EXPECT_EQ(state.Digest().Hex(), golden.state_digest) << golden.file;
  }
}

/// P4. Whatever version decided, today's judgement of the facts of then gives what was recorded,
/// but for what no policy decided: a simulation, and an auditor's replay, can speak of all of it.
TEST(ReplayGolden, EveryDecisionIsMadeAgainAsItWasRecorded) {
  for (const Golden& golden : kGolden) {
    Machine machine;
    doubles::MemoryState state;
    sequencer::PastJudge judge(nullptr);
    int again = 0;
    for (const ledger::StoredHeader& record : ReadLedger(golden.file)) {
      state::Batch batch(state);
      machine.Apply(record, batch);
      const model::Position position = record.header.position;
      for (const Detail& detail : audit::DetailsAt(position, batch)) {
        if (!detail.has_decision()) continue;
        if (detail.decision().shortfall() == v1::RULE_REASON_WITHDRAWN) continue;
        const auto judged = judge.Judge(detail.decision(), record.header.stamp_ms, batch);
        EXPECT_TRUE(judged.as_recorded) << golden.file << ", position " << position << ", "
                                        << detail.decision().post() << ": " << judged.because;
        ++again;
      }
      state.Commit(batch);
    }
    EXPECT_GT(again, 10) << golden.file;
  }
}

/// The same history told today lies in the same bytes.
TEST(ReplayGolden, IsWrittenTodayAsItWasYesterday) {
  const std::vector<ledger::StoredHeader> golden = ReadLedger("ledger_v9.hex");
  const std::vector<ledger::StoredHeader> today = TellHistory();
  ASSERT_EQ(today.size(), golden.size());
  for (std::size_t i = 0; i < today.size(); ++i) {
    EXPECT_EQ(doubles::ToHex(today[i].bytes), doubles::ToHex(golden[i].bytes))
        << "position " << i + 1;
  }
}

}  // namespace
}  // namespace tearline::machine
