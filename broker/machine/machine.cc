// The machine turns records into state. What it promises, and the tests hold it to:
//
//   M1  One record, one leaf, whatever became of it; leaf index = position - 1.
//   M2  A refused or unappliable record changes nothing but its leaf and the ledger's own row; a
//       refused one also what it used of its member's quota, since a refusal is an answer.
//   M3  Everything comes from the record and the state below it: the same ledger gives the same
//       state and the same root, on every machine and build (P8).
//   M4  Every command number has a row in the permission table and a row below; none else is
//       applied.
//   M5  Nothing is let go that was judged before the last change of what it was judged by.
//
// The order is fixed: actor, permission, form, meaning, releases, trail, leaf.

#include "broker/machine/machine.h"

#include <memory>
#include <utility>

#include "broker/audit/audit_log.h"
#include "broker/machine/command_table.h"
#include "broker/machine/lane.h"
#include "broker/machine/moved_booking.h"
#include "broker/machine/quota.h"
#include "broker/machine/rows.h"
#include "broker/machine/step.h"
#include "broker/machine/trail.h"
#include "broker/machine/who_asked.h"
#include "broker/status/invariant.h"

namespace tearline::machine {
namespace {

using state::Key;
using state::Table;

/// The record's own row of the ledger, as it is before the record.
std::shared_ptr<const stored::v1::LedgerRow> LedgerBefore(const ledger::StoredHeader& record,
                                                          const state::Reader& reader) {
  auto row = reader.See<stored::v1::LedgerRow>(Key(Table::kLedger));
  if (!row) {
    TEARLINE_INVARIANT(record.header.position == 1, "only the first record finds an empty state");
    return std::make_shared<const stored::v1::LedgerRow>();
  }
  TEARLINE_INVARIANT(row->ledger_id() == record.header.ledger_id.Bytes(),
                     "a record belongs to its ledger");
  TEARLINE_INVARIANT(row->last_header_digest() == record.header.previous.Bytes(),
                     "a record links to the one applied before it");
  return row;
}

void ReleaseAll(Step& step) {
  while (!step.to_release.empty()) {
    if (step.rows_left <= 0 || step.looks_left <= 0) {
      step.applied.unfinished.merge(step.to_release);
      return;
    }
    const std::string feed = *step.to_release.begin();
    step.to_release.erase(step.to_release.begin());
    ReleaseWhileWindowHasRoom(feed, step);
  }
}

/// The event a detail speaks of; "" if none.
std::string EventOf(const stored::v1::Detail& detail) {
  switch (detail.fact_case()) {
    case stored::v1::Detail::kPublished:
      return detail.published().event_id();
    case stored::v1::Detail::kDecision:
      return detail.decision().event_id();
    case stored::v1::Detail::kReleased:
      return detail.released().event_id().empty() ? detail.released().withdrawn_event_id()
                                                  : detail.released().event_id();
    case stored::v1::Detail::kObligation:
      return detail.obligation().event_id();
    case stored::v1::Detail::kRead:
      return detail.read().event_id();
    case stored::v1::Detail::kWithdrawn:
      return detail.withdrawn().event_id();
    case stored::v1::Detail::kAmended:
      return detail.amended().event_id();
    case stored::v1::Detail::kEventMoved:
      return detail.event_moved().event_id();
    case stored::v1::Detail::kComposite:
      return detail.composite().event_id();
    default:
      return {};
  }
}

/// Finds the record again by each of the people the event is about, or was before it was moved.
void WriteTrailOfNominals(const std::string& event_id, const Step& step) {
  const auto event = step.batch.See<stored::v1::EventRow>(EventKey(event_id));
  if (event == nullptr) return;
  for (const std::string& nominal_id : EverOf(*event)) {
    step.batch.Put(TrailOfNominal(nominal_id).U64(step.header.position).Fixed(event_id), "");
  }
}

void WriteTrail(Step& step) {
  for (const stored::v1::Detail& detail : step.details) {
    if (std::string event_id = EventOf(detail); !event_id.empty()) {
      step.trail.insert(std::move(event_id));
    }
  }
  for (const std::string& event_id : step.trail) {
    step.batch.Put(Key(Table::kEventTrail).Fixed(event_id).U64(step.header.position), "");
    WriteTrailOfNominals(event_id, step);
  }
}

/// Takes back what a refused or unappliable record wrote, and says what became of it.
void TakeBack(const Status& refusal, const stored::v1::LedgerRow& before, Step& step) {
  step.batch.RollBack();
  step.ledger = before;
  step.details.resize(1);  // who asked
  step.trail.clear();
  step.applied = Applied();
  step.applied.reason = ReasonOf(refusal);
  step.applied.sentence = SentenceOf(refusal);
  step.applied.outcome = audit::Outcome::kRefused;
  if (step.applied.reason == v1::ERROR_REASON_UNAPPLIABLE) {
    step.applied.outcome = audit::Outcome::kUnappliable;
    step.ledger.set_unappliable(step.ledger.unappliable() + 1);
    step.asked_about = 0;
  }
}

}  // namespace

Applied Machine::Apply(const ledger::StoredHeader& record, state::Batch& batch) {
  const ledger::Header& header = record.header;
  batch.Mark();
  const std::shared_ptr<const stored::v1::LedgerRow> before = LedgerBefore(record, batch);

  Step step{.header = header, .batch = batch, .actor = {}, .ledger = *before, .watch = watch_};
  const bool actor_reads = step.actor.ParseFromString(header.actor);
  step.details.push_back(ActorDetailOf(step.actor, header.behaviour_version));
  step.policy = PolicyInForce(*before, batch);
  step.ledger.set_last_stamp_ms(header.stamp_ms);

  const Status outcome =
      actor_reads ? RunCommand(static_cast<stored::v1::CommandNumber>(header.command),
                               header.command_bytes, step)
                  : Refuse(v1::ERROR_REASON_UNAPPLIABLE, "the record's actor does not read");
  if (!outcome.ok()) {
    TakeBack(outcome, *before, step);
  } else {
    ReleaseAll(step);
    WriteTrail(step);
  }
  WriteQuota(step);

  audit::Leaf leaf;
  leaf.behaviour_version = header.behaviour_version;
  leaf.ledger_id = header.ledger_id;
  leaf.position = header.position;
  leaf.header_digest = record.digest;
  leaf.stamp_ms = header.stamp_ms;
  leaf.kind = header.command;
  leaf.outcome = step.applied.outcome;
  leaf.reason = static_cast<std::uint32_t>(step.applied.reason);
  if (const auto digest = crypto::Digest::FromBytes(before->policy_digest()); digest.ok()) {
    leaf.policy_digest = *digest;
  }
  const crypto::Digest leaf_hash = [&] {
    const Watched watched(watch_, Phase::kLeaf);
    return audit::AppendLeaf(leaf, header.seed, step.details, batch);
  }();
  if (step.applied.outcome != audit::Outcome::kRepeated) {
    step.applied.leaf_hash = leaf_hash;
    step.applied.position = header.position;
    step.applied.stamp_ms = header.stamp_ms;
  }

  step.ledger.set_ledger_id(header.ledger_id.Bytes());
  step.ledger.set_last_stamp_ms(header.stamp_ms);
  step.ledger.set_last_header_digest(record.digest.Bytes());
  step.ledger.set_term(header.term);
  step.ledger.set_behaviour_version(header.behaviour_version);
  batch.PutRow(Key(Table::kLedger), std::move(step.ledger));
  return std::move(step.applied);
}

policy::Hearing* Machine::PolicyInForce(const stored::v1::LedgerRow& ledger,
                                        const state::Reader& reader) {
  if (ledger.policy_digest().empty()) return nullptr;
  if (judging_ && judging_->set.digest().View() == ledger.policy_digest())
    return &judging_->hearing;
  const auto row = reader.Find<stored::v1::PolicyRow>(PolicyKey(ledger.policy_digest()));
  TEARLINE_INVARIANT(row.has_value(), "the policy in force is kept");
  Result<policy::PolicySet> parsed = policy::PolicySet::Parse(row->text());
  TEARLINE_INVARIANT(parsed.ok(), "a policy that was recorded parses");
  judging_ = std::make_unique<Judging>(*std::move(parsed));
  TEARLINE_INVARIANT(judging_->set.digest().View() == ledger.policy_digest(),
                     "a policy is kept under its digest");
  return &judging_->hearing;
}

}  // namespace tearline::machine
