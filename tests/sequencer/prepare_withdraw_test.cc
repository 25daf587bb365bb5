#include "broker/sequencer/prepare_withdraw.h"

#include <gtest/gtest.h>

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "broker/crypto/digest.h"
#include "broker/machine/rows.h"
#include "broker/machine/signing_key.h"
#include "broker/machine/subject_key.h"
#include "broker/model/limits.h"
#include "broker/sequencer/check_signed.h"
#include "broker/sequencer/open_content.h"
#include "broker/sequencer/prepare_amend.h"
#include "broker/sequencer/prepare_publish.h"
#include "broker/vault/remains.h"
#include "clients/signing/sign_event.h"
#include "tests/sequencer/station.h"

namespace tearline::sequencer {
namespace {

constexpr char kIntel[] = "ct-police/intel";

/// A view in which one more signing key of ct-police's is enrolled.
class WithKey final : public state::Reader {
 public:
  WithKey(const state::Reader& view, const std::string& public_key) : view_(view) {
    row_.set_public_key(public_key);
    row_.set_until_ms(Station::kStartMs + 1);
    key_ = machine::SigningKeyKey("ct-police", crypto::Sha256(public_key).Bytes()).bytes();
  }

  std::optional<std::string> Get(const state::Key& key) const override {
    return key.bytes() == key_ ? row_.SerializeAsString() : view_.Get(key);
  }
  std::vector<std::pair<std::string, std::string>> Scan(const state::Key& prefix,
                                                        const state::Key& from,
                                                        std::size_t rows_max) const override {
    if (key_.starts_with(prefix.bytes())) return {{key_, row_.SerializeAsString()}};
    return view_.Scan(prefix, from, rows_max);
  }

 private:
  const state::Reader& view_;
  stored::v1::SigningKeyRow row_;
  std::string key_;
};

class PrepareWithdrawTest : public testing::Test {
 protected:
  void SetUp() override { station_.Start(); }

  static stored::v1::Actor Asking(const std::string& post) {
    stored::v1::Actor actor = Station::System(post);
    actor.set_purpose("correction");
    return actor;
  }
  /// Publishes; "ev_…".
  std::string Publish(const v1::PublishItem& item) {
    return station_.Say(*PreparePublish(item, Station::System(kIntel), station_.Bench())).made_id;
  }
  std::string Publish(const std::string& request_id, const std::string& noms = "A1234BC") {
    return Publish(Station::Item(request_id, noms));
  }
  Result<Proposal> Prepare(const std::string& event_id,
                           v1::WithdrawalReason reason = v1::WITHDRAWAL_REASON_SPILLAGE,
                           const std::string& post = kIntel) {
    v1::WithdrawEventRequest request;
    request.set_event_id(event_id);
    request.set_reason(reason);
    const auto view = station_.sequencer->View();
    return PrepareWithdraw(request, Asking(post), view->position(),
                           {*view, *station_.vault, Station::kStartMs});
  }
  /// Spills, and destroys what the record erased, as the key warden does.
  void Spill(const std::string& event_id) {
    Result<Proposal> proposal = Prepare(event_id);
    ASSERT_TRUE(proposal.ok()) << SentenceOf(proposal.status());
    const machine::Applied applied = station_.Say(*std::move(proposal));
    EXPECT_FALSE(applied.erased_keys.empty());
    std::vector<model::SubjectKeyId> erased;
    for (const std::string& id : applied.erased_keys) {
      erased.push_back(*model::SubjectKeyId::FromBytes(id));
    }
    ASSERT_TRUE(station_.vault->Destroy(erased).ok());
  }
  stored::v1::EventRow RowOf(const std::string& event_id) {
    return *station_.Bench().view.Find<stored::v1::EventRow>(
        machine::EventKey(model::EventId::Parse(event_id)->Bytes()));
  }
  Result<OpenedContent> Open(const std::string& event_id, v1::Level level,
                             std::uint32_t tear_line = 0) {
    stored::v1::ItemRow item;
    item.set_level(level);
    if (level == v1::LEVEL_FULL) item.add_segments(0);
    if (level == v1::LEVEL_TEAR_LINE) item.set_tear_line(tear_line);
    const stored::v1::EventRow event = RowOf(event_id);
    return OpenContent(event, item, station_.HeaderAt(1).ledger_id, station_.Bench().view,
                       *station_.ledger, *station_.vault);
  }
  void ExpectOpens(const std::string& event_id) {
    for (const v1::Level level : {v1::LEVEL_FULL, v1::LEVEL_TEAR_LINE}) {
      const Result<OpenedContent> opened = Open(event_id, level);
      ASSERT_TRUE(opened.ok()) << SentenceOf(opened.status());
      EXPECT_FALSE(opened->erased);
    }
    EXPECT_EQ(Open(event_id, v1::LEVEL_FULL)->segments.at(0).content,
              "the quick brown fox was seen near the school");
    EXPECT_EQ(Open(event_id, v1::LEVEL_TEAR_LINE)->tear_line,
              "ask the intelligence desk about movements");
  }
  void ExpectGone(const std::string& event_id) {
    for (const v1::Level level : {v1::LEVEL_FULL, v1::LEVEL_TEAR_LINE}) {
      const Result<OpenedContent> opened = Open(event_id, level);
      ASSERT_TRUE(opened.ok()) << SentenceOf(opened.status());
      EXPECT_TRUE(opened->erased);
      EXPECT_TRUE(opened->segments.empty());
      EXPECT_EQ(opened->tear_line, "");
    }
  }
  std::size_t Keys() const { return station_.vault->List(std::nullopt, 1000)->size(); }

  Station station_;
};

/// The keys are shared by everything of the quarter about the same person: one event is gone, the
/// rest opens as before, and so does what is told tomorrow.
TEST_F(PrepareWithdrawTest, ASpillageTakesOneEventAndNothingElse) {
  const std::string before = Publish("r1");
  const std::string spilled = Publish("r2");
  const std::string after = Publish("r3");
  const std::string other = Publish("r4", "A5678DE");
  ExpectOpens(spilled);
  Spill(spilled);
  ExpectGone(spilled);
  for (const std::string& stands : {before, after, other}) ExpectOpens(stands);
  ExpectOpens(Publish("r5"));
}

/// P7. The key's bytes are in no file any more: nothing opens the event, not even with the ledger
/// and the whole vault in hand.
TEST_F(PrepareWithdrawTest, ASpillageLeavesNoKeyThatOpensTheEvent) {
  const std::string spilled = Publish("r1");
  Publish("r2");
  const stored::v1::EventRow row = RowOf(spilled);
  std::set<std::string> keys = machine::KeysThatOpen(row, station_.Bench().view);
  ASSERT_EQ(keys.size(), 2u) << "of segments and of tear-lines";
  Spill(spilled);
  const auto left = station_.vault->List(std::nullopt, 1000);
  for (const stored::v1::WrappedKey& wrapped : row.publish().segments(0).keys()) {
    EXPECT_FALSE(
        station_.vault->Find(*model::SubjectKeyId::FromBytes(wrapped.subject_key_id())).ok());
    for (const model::SubjectKeyId& id : *left) {
      EXPECT_FALSE(station_.vault->FindRewrap(id, wrapped.wrapped())->has_value())
          << "what was spilled is wrapped under no key that stands";
    }
  }
}

/// Each replaces what the one before made.
TEST_F(PrepareWithdrawTest, SpillagesOfTheSameQuarterFollowEachOther) {
  const std::string first = Publish("r1");
  const std::string second = Publish("r2");
  const std::string stands = Publish("r3");
  Spill(first);
  const std::string between = Publish("r4");
  Spill(second);
  ExpectGone(first);
  ExpectGone(second);
  ExpectOpens(stands);
  ExpectOpens(between);
}

TEST_F(PrepareWithdrawTest, ASpillageOfWhatIsAboutNobodyLeavesTheRestOfThat) {
  const auto about_nobody = [](const std::string& request_id) {
    v1::PublishItem item = Station::Item(request_id);
    item.mutable_event()->clear_nominals();
    for (v1::Segment& segment : *item.mutable_event()->mutable_segments()) {
      segment.clear_nominal_indexes();
    }
    return item;
  };
  const std::string spilled = Publish(about_nobody("r1"));
  const std::string stands = Publish(about_nobody("r2"));
  const std::string person = Publish("r3");
  Spill(spilled);
  ExpectGone(spilled);
  ExpectOpens(stands);
  ExpectOpens(person);
}

/// A tear-line written later opens by the same keys.
TEST_F(PrepareWithdrawTest, ASpillageTakesItsLaterTearLinesAndLeavesThoseOfOthers) {
  const std::string spilled = Publish("r1");
  const std::string stands = Publish("r2");
  for (const std::string& event_id : {spilled, stands}) {
    v1::AmendEventRequest request;
    request.set_event_id(event_id);
    v1::TearLine& line = *request.mutable_amendment()->add_tear_lines();
    line.set_text("written later");
    line.mutable_marking()->set_tier(v1::TIER_OFFICIAL);
    line.mutable_audience()->set_panels(true);
    station_.Say(*PrepareAmend(request, Asking(kIntel), station_.Bench()));
  }
  ASSERT_EQ(Open(spilled, v1::LEVEL_TEAR_LINE, 1)->tear_line, "written later");
  Spill(spilled);
  EXPECT_TRUE(Open(spilled, v1::LEVEL_TEAR_LINE, 1)->erased);
  EXPECT_EQ(Open(stands, v1::LEVEL_TEAR_LINE, 1)->tear_line, "written later");
}

/// What was sealed between preparing and recording would be lost: the record is refused, and the
/// keys it brought are nobody's.
TEST_F(PrepareWithdrawTest, IsPreparedOnceMoreIfSomethingWasSealedMeanwhile) {
  const std::string spilled = Publish("r1");
  Result<Proposal> early = Prepare(spilled);
  ASSERT_TRUE(early.ok());
  const std::vector<model::SubjectKeyId> brought = early->new_keys;
  EXPECT_EQ(brought.size(), 2u);
  const std::string meanwhile = Publish("r2");
  const auto refused = ProposeAndWait(*station_.sequencer, *std::move(early));
  ASSERT_TRUE(refused.ok());
  EXPECT_EQ(refused->reason, v1::ERROR_REASON_UNAVAILABLE);
  ExpectOpens(spilled);
  Spill(spilled);
  ExpectGone(spilled);
  ExpectOpens(meanwhile);
}

/// A crash between the vault and the record leaves the old world: the successors are keys nobody
/// knows, which the next start destroys.
TEST_F(PrepareWithdrawTest, ChangesNothingUntilItIsRecorded) {
  const std::string spilled = Publish("r1");
  const std::string stands = Publish("r2");
  const std::size_t keys = Keys();
  ASSERT_TRUE(Prepare(spilled).ok());
  EXPECT_EQ(Keys(), keys + 2) << "the vault keeps them before the record";
  ExpectOpens(spilled);
  ExpectOpens(stands);
}

/// A crash between the record and the vault leaves the new world: the old keys may lie there still,
/// and open nothing.
TEST_F(PrepareWithdrawTest, ShowsNothingOfWhatWasSpilledAlthoughItsKeysAreStillThere) {
  const std::string spilled = Publish("r1");
  const std::string stands = Publish("r2");
  station_.Say(*Prepare(spilled));
  ExpectGone(spilled);
  ExpectOpens(stands);
}

TEST_F(PrepareWithdrawTest, ReplacesNoKeyForAnyOtherReason) {
  const std::string event = Publish("r1");
  const std::size_t keys = Keys();
  for (const v1::WithdrawalReason reason :
       {v1::WITHDRAWAL_REASON_WRONG_PERSON, v1::WITHDRAWAL_REASON_INACCURATE,
        v1::WITHDRAWAL_REASON_SENT_IN_ERROR}) {
    const Result<Proposal> proposal = Prepare(event, reason);
    ASSERT_TRUE(proposal.ok());
    EXPECT_TRUE(proposal->new_keys.empty());
  }
  EXPECT_EQ(Keys(), keys);
}

/// Nothing is made for whoever may not withdraw it.
/// What was signed too long ago destroys nothing, and its refusal comes before any key is made.
TEST_F(PrepareWithdrawTest, MakesNothingForWhatWasSignedAtAnotherTime) {
  const signing::SigningKey key = signing::SigningKey::FromSeed(std::string(32, 'k'));
  const std::string event_id = Publish("r1");
  const std::size_t keys = Keys();
  v1::WithdrawEventRequest request;
  request.set_event_id(event_id);
  request.set_reason(v1::WITHDRAWAL_REASON_SPILLAGE);
  const auto prepare = [&](std::int64_t signed_ms) {
    const auto view = station_.sequencer->View();
    const WithKey enrolled(*view, key.PublicKey());
    const std::string origin = OriginatorOf("ct-police", enrolled, 0).log_origin;
    *request.mutable_signature() = signing::SignWithdrawal({origin, "ct-police", kIntel}, key,
                                                           event_id, request.reason(), signed_ms);
    return PrepareWithdraw(request, Asking(kIntel), view->position(),
                           {enrolled, *station_.vault, Station::kStartMs});
  };
  const std::int64_t day_ms = model::kSignedBeforeMax.count();
  EXPECT_EQ(ReasonOf(prepare(Station::kStartMs - day_ms - 1).status()),
            v1::ERROR_REASON_SIGNED_AT_ANOTHER_TIME);
  EXPECT_EQ(Keys(), keys);
  const Result<Proposal> proposal = prepare(Station::kStartMs - day_ms);
  ASSERT_TRUE(proposal.ok()) << SentenceOf(proposal.status());
  EXPECT_GT(Keys(), keys);
}

TEST_F(PrepareWithdrawTest, MakesNothingForWhoeverMayNot) {
  const std::string event = Publish("r1");
  const std::size_t keys = Keys();
  const Status not_theirs = Prepare(event, v1::WITHDRAWAL_REASON_SPILLAGE, "police/panel").status();
  const Status not_there = Prepare("ev_" + std::string(32, '0')).status();
  EXPECT_EQ(ReasonOf(not_theirs), v1::ERROR_REASON_NOT_FOUND);
  EXPECT_EQ(ReasonOf(not_there), v1::ERROR_REASON_NOT_FOUND);
  EXPECT_EQ(SentenceOf(not_theirs), SentenceOf(not_there));
  EXPECT_EQ(ReasonOf(Prepare("ev_1").status()), v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(ReasonOf(Prepare(event, v1::WITHDRAWAL_REASON_UNSPECIFIED).status()),
            v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(Keys(), keys);
}

/// What was withdrawn as an error and turns out to be a spillage: once more, and its keys go.
TEST_F(PrepareWithdrawTest, TakesWhatWasWithdrawnBeforeToo) {
  const std::string event = Publish("r1");
  const std::string stands = Publish("r2");
  station_.Say(*Prepare(event, v1::WITHDRAWAL_REASON_SENT_IN_ERROR));
  Spill(event);
  ExpectGone(event);
  ExpectOpens(stands);
}

}  // namespace
}  // namespace tearline::sequencer
