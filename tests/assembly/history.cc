#include "tests/assembly/history.h"

#include <google/protobuf/util/time_util.h>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <thread>
#include <utility>

#include "broker/audit/audit_log.h"
#include "broker/ledger/head_file.h"
#include "broker/sequencer/open_content.h"
#include "broker/sequencer/prepare_publish.h"
#include "broker/status/invariant.h"
#include "tearline/v1/publisher_service.pb.h"

namespace tearline {
namespace {

namespace fs = std::filesystem;
using google::protobuf::util::TimeUtil;

stored::v1::Actor Intelligence() {
  stored::v1::Actor actor;
  actor.set_agency("police");
  actor.set_member("system");
  actor.set_certificate_digest(std::string(32, 'c'));
  actor.set_post("police/intel");
  return actor;
}

v1::PublishItem ItemAbout(const std::string& number, const std::string& content,
                          std::int64_t now_ms) {
  v1::PublishItem item;
  item.set_request_id("request-" + number);
  v1::Event& event = *item.mutable_event();
  event.set_event_type("intelligence.report.submitted");
  *event.mutable_occurred_at() = TimeUtil::MillisecondsToTimestamp(now_ms - 1000);
  event.set_urgency(v1::URGENCY_URGENT);
  event.mutable_label()->mutable_marking()->set_tier(v1::TIER_OFFICIAL);
  v1::Identifier& identifier = *event.add_nominals()->mutable_identifier();
  identifier.set_type(v1::IDENTIFIER_TYPE_OTHER);
  identifier.set_value(number);
  v1::Segment& segment = *event.add_segments();
  segment.add_nominal_indexes(0);
  segment.set_media_type("text/plain");
  segment.set_content(content);
  return item;
}

/// What every event that the state knows opens to.
std::map<std::string, std::string> ContentsOf(const Stores& stores) {
  const auto view = stores.database->Now();
  std::map<std::string, std::string> contents;
  const auto ledger_row = view->Find<stored::v1::LedgerRow>(state::Key(state::Table::kLedger));
  if (!ledger_row) return contents;
  const auto ledger_id = model::LedgerId::FromBytes(ledger_row->ledger_id());
  stored::v1::ItemRow everything;
  everything.set_level(v1::LEVEL_FULL);
  everything.add_segments(0);
  for (const auto& [key, bytes] : view->Scan(state::Key(state::Table::kEvent), 1000)) {
    stored::v1::EventRow event;
    TEARLINE_INVARIANT(event.ParseFromString(bytes), "an event's row reads");
    const auto opened =
        sequencer::OpenContent(event, everything, *ledger_id, *view, *stores.ledger, *stores.vault);
    contents[event.publish().event_id()] = !opened.ok()
                                               ? kRefusedToOpen + SentenceOf(opened.status())
                                           : opened->erased ? "erased"
                                                            : opened->segments.at(0).content;
  }
  return contents;
}

Result<std::vector<model::SubjectKeyId>> KeysOf(const Stores& stores) {
  return stores.vault->List(std::nullopt, 1000);
}

}  // namespace

void CopyAll(const fs::path& from, const fs::path& to) {
  if (!fs::exists(from)) return;
  fs::create_directories(to.parent_path());
  fs::copy(from, to, fs::copy_options::recursive | fs::copy_options::overwrite_existing);
}

History::History() {
  const auto begun = installation_.Genesis();
  TEARLINE_INVARIANT(begun.exit_code == 0, "a genesis takes effect");
  Open(installation_.directory.path());
}

settings::v1::BrokerConfig History::ConfigOf(const fs::path& directory) const {
  settings::v1::BrokerConfig config = installation_.Load().config;
  config.mutable_ledger()->mutable_rocksdb()->set_directory(directory / "ledger");
  config.mutable_state()->set_directory(directory / "state");
  config.mutable_vault()->set_directory(directory / "vault");
  config.mutable_audit()->set_checkpoint_directory(directory / "checkpoints");
  return config;
}

void History::Open(const fs::path& directory) {
  Close();
  directory_ = directory;
  Result<Stores> stores = OpenStores(ConfigOf(directory));
  TEARLINE_INVARIANT(stores.ok(), "a history's stores open");
  stores_ = *std::move(stores);
  sequencer_ =
      sequencer::Sequencer::Start(*stores_.ledger, *stores_.database, clock_,
                                  [](const std::string& sentence) { ADD_FAILURE() << sentence; });
}

void History::Close() {
  sequencer_.reset();
  stores_ = Stores();
}

void History::GoOnFrom(const Moment& moment) {
  const fs::path directory = moment.directory.string() + "-goes-on";
  CopyAll(moment.directory, directory);
  contents_ = moment.contents;
  Open(directory);
}

void History::Publish(int events) {
  for (int i = 0; i < events; ++i) {
    const std::string number = "N" + std::to_string(++told_);
    const std::string content = "seen near the school by " + number;
    const auto view = sequencer_->View();
    auto proposal =
        sequencer::PreparePublish(ItemAbout(number, content, clock_.WallMs()), Intelligence(),
                                  {*view, *stores_.vault, clock_.WallMs()});
    TEARLINE_INVARIANT(proposal.ok(), "an event is prepared");
    const auto applied = sequencer::ProposeAndWait(*sequencer_, *std::move(proposal));
    TEARLINE_INVARIANT(applied.ok() && applied->outcome == audit::Outcome::kApplied,
                       "an event is recorded");
    contents_[model::EventId::Parse(applied->made_id)->Bytes()] = content;
  }
  TEARLINE_INVARIANT(stores_.checkpoints->Beat(*sequencer_->View()).ok(), "a checkpoint is signed");
}

void History::DestroyAKey() {
  const auto keys = stores_.vault->Make(1);
  TEARLINE_INVARIANT(keys.ok() && stores_.vault->Destroy(*keys).ok(), "a key is destroyed");
}

Moment History::Copy(const std::string& name) {
  // The head file follows by itself.
  const auto written = [this] {
    const auto head = ledger::ReadHeadFile(directory_ / "ledger");
    return head.ok() && head->position == stores_.ledger->Tip();
  };
  for (int i = 0; i < 2000 && !written(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_TRUE(written());
  Moment moment;
  moment.directory = installation_.Path("moments") / name;
  for (const char* store : {"ledger", "state", "vault", "checkpoints"}) {
    CopyAll(directory_ / store, moment.directory / store);
  }
  const auto view = stores_.database->Now();
  moment.position = view->position();
  moment.state_digest = stores_.database->Digest();
  moment.root = audit::AuditTree(*view).RootAt(view->position());
  moment.contents = contents_;
  moment.keys = *KeysOf(stores_);
  return moment;
}

Outcome History::Start(const fs::path& directory) const {
  Outcome outcome;
  const Result<Stores> stores = OpenStores(ConfigOf(directory));
  const Status proved =
      stores.ok() ? stores->checkpoints->VerifyAtStart(*stores->database->Now()) : stores.status();
  const Result<std::vector<model::SubjectKeyId>> keys =
      proved.ok() ? KeysOf(*stores) : Result<std::vector<model::SubjectKeyId>>(proved);
  outcome.reason = ReasonOf(keys.status());
  if (!keys.ok()) {
    outcome.sentence = SentenceOf(keys.status());
    return outcome;
  }
  outcome.keys = *keys;
  const auto view = stores->database->Now();
  outcome.position = view->position();
  outcome.state_digest = stores->database->Digest();
  outcome.root = audit::AuditTree(*view).RootAt(view->position());
  outcome.contents = ContentsOf(*stores);
  return outcome;
}

}  // namespace tearline
