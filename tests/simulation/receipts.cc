#include "tests/simulation/receipts.h"

#include "broker/crypto/digest.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::simulation {
namespace {

/// The event's id as the promise says: from the record's seed, and from nothing else.
std::string EventIdFrom(const std::string& seed) {
  return crypto::Sha256({"tearline event id", seed}).Bytes().substr(0, 16);
}

}  // namespace

bool Receipts::Hear(const Seen& seen, const Intent& intent) {
  const Request request{AgencyOf(intent.post), intent.item.request_id()};
  const std::string content = intent.item.event().SerializeAsString();
  const auto before = made_.find(request);
  if (before != made_.end()) {
    const bool same = before->second.content == content;
    if (same && seen.outcome != audit::Outcome::kRepeated) {
      complaints_.push_back("P1: a publish said again was not answered as the first time");
    }
    if (!same && seen.reason != v1::ERROR_REASON_REQUEST_ID_REUSED) {
      complaints_.push_back("P1: a request id was used for other content and not refused");
    }
    return false;
  }
  // What it was sealed under was replaced while it was on its way: it is to be sent again.
  if (seen.reason == v1::ERROR_REASON_UNAVAILABLE && spilled_in_group) return false;
  if (seen.outcome != audit::Outcome::kApplied) {
    complaints_.push_back("P1: a right publish did not take effect");
    return false;
  }
  made_[request] = {content, EventIdFrom(seen.seed), seen.position};
  return true;
}

void Receipts::Answered(const Intent& intent, const machine::Applied& applied) {
  if (applied.outcome != audit::Outcome::kApplied && applied.outcome != audit::Outcome::kRepeated) {
    return;
  }
  const Request request{AgencyOf(intent.post), intent.item.request_id()};
  const Result<model::EventId> id = model::EventId::Parse(applied.made_id);
  if (!id.ok()) {
    complaints_.push_back("P1: a receipt names no event");
    return;
  }
  const auto [receipt, first] =
      receipts_.try_emplace(request, Receipt{id->Bytes(), applied.position});
  if (!first &&
      (receipt->second.event_id != id->Bytes() || receipt->second.position != applied.position)) {
    complaints_.push_back("P1: one request was answered with two events");
  }
}

void Receipts::Look(const state::Reader& view) {
  for (const auto& [request, receipt] : receipts_) {
    const auto made = made_.find(request);
    if (made == made_.end() || made->second.event_id != receipt.event_id ||
        made->second.position != receipt.position) {
      complaints_.push_back("P1: what a publisher was answered is not what the ledger holds");
      return;
    }
  }
  std::size_t events = 0;
  for (const auto& [request, made] : made_) {
    const auto row =
        view.Find<stored::v1::EventRow>(state::Key(state::Table::kEvent).Fixed(made.event_id));
    if (!row || row->position() != made.position) {
      complaints_.push_back("P1: an event that was recorded is not in the state");
      return;
    }
    ++events;
  }
  if (view.Scan(state::Key(state::Table::kEvent), events + 1).size() != events) {
    complaints_.push_back("P1: the state holds an event that nobody published, or one twice");
  }
}

}  // namespace tearline::simulation
