#include "tests/simulation/oracle.h"

#include <algorithm>

namespace tearline::simulation {
namespace {

/// What a record says has changed: its name, if it says that.
std::optional<std::string> Changed(const Seen& seen, const std::string& what) {
  for (const stored::v1::Detail& detail : seen.details) {
    if (detail.has_changed() && detail.changed().what() == what) return detail.changed().name();
  }
  return std::nullopt;
}

bool IsOfRequest(Deed deed) { return deed == Deed::kAsk || deed == Deed::kAnswer; }

/// How long what one hand asked for waits for another.
constexpr std::int64_t kPendingMs = std::int64_t{14} * 24 * 60 * 60 * 1000;

}  // namespace

Oracle::Oracle(const Town& town, const Intents& intents)
    : reading(town),
      receipts(complaints),
      feeds(reading, events, complaints),
      leaves(reading, complaints),
      work(reading, complaints),
      requests(reading, complaints),
      debts(reading, events, leaves, requests, complaints),
      intents_(intents) {}

void Oracle::HearGroup(const std::vector<Seen>& group, bool believed, const state::Reader& view) {
  if (group.empty()) return;
  ++group_;
  receipts.spilled_in_group = false;
  const std::int64_t stamp_ms = group.front().stamp_ms;
  // What one Pulse cannot fire, the next does, in the next group.
  bool all_fires =
      believed && OthersDueBy(stamp_ms).size() + feeds.DueBy(stamp_ms) <= Feeds::kPulseRowsMax;
  for (const Seen& seen : group) {
    // While nobody has confirmed the clock, nothing fires.
    all_fires = all_fires && seen.command != stored::v1::COMMAND_NUMBER_CONFIRM_CLOCK;
    Hear(seen, believed);
    if (!all_fires) continue;
    feeds.LookForOverdue(seen.stamp_ms, group_);
    leaves.LookForOverdue(seen.stamp_ms);
    for (const auto& [id, asked] : pending) {
      if (asked.lapses_ms <= seen.stamp_ms) Complain("P10: one hand waits longer than 14 days");
    }
  }
  feeds.Look(view);
  debts.Look(view, stamp_ms, all_fires);
  requests.Look(debts.open);
}

void Oracle::Hear(const Seen& seen, bool believed) {
  if (seen.position != digests_.size() + 1) Complain("positions do not rise by one");
  digests_.push_back(seen.header_digest);
  if (seen.stamp_ms < last_stamp_ms_) Complain("a stamp goes back");
  last_stamp_ms_ = seen.stamp_ms;
  if (seen.outcome == audit::Outcome::kUnappliable) Complain("a record could not be applied");
  if (!believed && seen.command != stored::v1::COMMAND_NUMBER_CONFIRM_CLOCK) {
    Complain("a record was stamped while nobody had confirmed the clock");
  }
  published_ = nullptr;
  reading.now_ms = seen.stamp_ms;
  const auto wanted = intents_.find(seen.seed);
  if (wanted != intents_.end()) {
    HearWanted(seen, wanted->second);
  } else if (seen.command == stored::v1::COMMAND_NUMBER_PULSE) {
    feeds.Fire(seen.stamp_ms, OthersDueBy(seen.stamp_ms));
    HearLapses(seen);
  } else if (seen.command != stored::v1::COMMAND_NUMBER_RELEASE) {
    Complain("a record that nobody asked for");
  }
  if (wanted == intents_.end() || !IsOfRequest(wanted->second.deed)) requests.HearOther(seen);
  feeds.HearDetails(seen, published_);
  debts.HearDetails(seen);
  if (next_edition_) reading.edition = *next_edition_;  // In force from the next position.
  next_edition_.reset();
}

void Oracle::HearWanted(const Seen& seen, const Intent& intent) {
  const bool by_broker = intent.deed == Deed::kGenesis || intent.deed == Deed::kConfirmClock ||
                         intent.deed == Deed::kLookAgain;
  if (!by_broker && !reading.Stands(intent.post, intent.as)) {
    if (seen.outcome != audit::Outcome::kRefused) Complain("a suspended member was heard");
    return;
  }
  if (intent.deed == Deed::kPublish) return HearPublish(seen, intent);
  if (intent.deed == Deed::kWithdraw) return HearWithdrawal(seen, intent);
  if (intent.deed == Deed::kAmend) return HearAmendment(seen, intent);
  if (intent.deed == Deed::kBreakGlass) return HearBreaking(seen, intent);
  if (intent.deed == Deed::kReviewGlass) return HearReview(seen, intent);
  if (intent.deed == Deed::kSayLeave) return leaves.Hear(seen, intent);
  if (IsOfRequest(intent.deed)) return requests.Hear(seen, intent);
  if (intent.deed == Deed::kUnmerge && MayPart(intent)) {
    const auto right =
        UnmergeWidens(intent) ? audit::Outcome::kAwaitsSecondHand : audit::Outcome::kApplied;
    if (seen.outcome != right) Complain("a right un-merge was refused, or had the wrong hands");
  }
  if (intent.deed == Deed::kMerge && seen.outcome == audit::Outcome::kRefused) {
    const bool right = MayMerge(intent.post) && MayBeOne(intent) && !MergeWidens(intent);
    if (right) Complain("a right merge was refused");
    return;
  }
  if (seen.outcome == audit::Outcome::kAwaitsSecondHand) {
    if (const auto id = Changed(seen, "awaits-second-hand")) {
      // What is asked twice in the same words waits once, from the first time on.
      pending.try_emplace(*id, Pending{intent, seen.stamp_ms + kPendingMs});
    }
    return;
  }
  if (seen.outcome != audit::Outcome::kApplied) return;
  if (intent.deed == Deed::kSecondHand) return HearSecondHand(seen, intent);
  TakeEffect(seen, intent, /*by_two=*/false);
}

void Oracle::HearSecondHand(const Seen& seen, const Intent& intent) {
  const auto first = pending.find(intent.id);
  if (first == pending.end()) return Complain("P10: a second hand confirmed what nobody asked for");
  const Intent asked = first->second.intent;
  const stored::v1::Actor one = Acting(asked.post, asked.as);
  const stored::v1::Actor two = Acting(intent.post, intent.as);
  if (one.post() == two.post()) Complain("P10: one post gave both hands");
  if (one.certificate_digest() == two.certificate_digest()) Complain("P10: one's were both hands");
  if (first->second.lapses_ms <= seen.stamp_ms) Complain("P10: a hand came after 14 days");
  pending.erase(first);
  TakeEffect(seen, asked, /*by_two=*/true);
}

/// What nobody confirmed in time is gone, and not before.
void Oracle::HearLapses(const Seen& seen) {
  for (const stored::v1::Detail& detail : seen.details) {
    if (!detail.has_changed() || detail.changed().what() != "second-hand-lapsed") continue;
    const auto asked = pending.find(detail.changed().name());
    if (asked == pending.end() || asked->second.lapses_ms > seen.stamp_ms) {
      Complain("P10: what waited for a second hand lapsed before its time");
    }
    if (asked != pending.end()) pending.erase(asked);
  }
}

std::vector<std::int64_t> Oracle::OthersDueBy(std::int64_t stamp_ms) const {
  std::vector<std::int64_t> due = debts.DueBy(stamp_ms);
  for (const auto& [id, asked] : pending) {
    if (asked.lapses_ms <= stamp_ms) due.push_back(asked.lapses_ms + 1);
  }
  std::sort(due.begin(), due.end());
  return due;
}

/// P10: what would let its author's own agency see more, and so needs two hands; or would let it
/// choose who gives the other hand.
bool Oracle::WidensOwn(const Intent& intent) const {
  const std::string own = AgencyOf(intent.post);
  switch (intent.deed) {
    case Deed::kSeat:
    case Deed::kNameAccountable:
    case Deed::kSupervise:
      return AgencyOf(intent.other_post) == own;
    case Deed::kOpenCase:
      return AgencyOf(intent.other_post) == own || AgencyOf(intent.supervisor) == own ||
             own == kLeadAgency;
    case Deed::kSetHolder:
    case Deed::kSetPost:
      return AgencyOf(intent.other_post) == own || ConfirmsForOthers(intent.other_post) ||
             AgencyOf(reading.town.LineOf(intent.other_post)) == own;
    case Deed::kLift:
      return intent.agency == own;
    case Deed::kLink: {
      const std::set<std::string> shown = reading.BroughtInBy(NominalBytes(intent.nominal));
      return std::any_of(shown.begin(), shown.end(),
                         [&own](const std::string& post) { return AgencyOf(post) == own; });
    }
    case Deed::kMerge:
      return MergeWidens(intent);
    case Deed::kUnmerge:
      return UnmergeWidens(intent);
    default:
      return false;
  }
}

void Oracle::HearPublish(const Seen& seen, const Intent& intent) {
  if (!receipts.Hear(seen, intent)) return;
  const auto detail = std::find_if(seen.details.begin(), seen.details.end(),
                                   [](const auto& each) { return each.has_published(); });
  if (detail == seen.details.end()) return Complain("P4: a publish that no leaf remembers");
  EventHeard event;
  event.id = detail->published().event_id();
  event.origin_post = intent.post;
  event.type = intent.item.event().event_type();
  event.lane = intent.item.event().urgency();
  event.sensitive = intent.item.event().label().marking().sensitive();
  event.position = seen.position;
  event.stamp_ms = seen.stamp_ms;
  event.secret = intent.secret;
  event.controlled = intent.controlled;
  event.nominals.assign(detail->published().nominal_ids().begin(),
                        detail->published().nominal_ids().end());
  for (const v1::Segment& segment : intent.item.event().segments()) {
    event.about.emplace_back(segment.nominal_indexes().begin(), segment.nominal_indexes().end());
  }
  const std::size_t by_id = intent.nominal.empty() ? 0 : 1;
  if (event.nominals.size() != intent.people.size() + by_id) {
    return Complain("an event concerns others than it was published about");
  }
  if (by_id == 1 && event.nominals.front() != NominalBytes(intent.nominal)) {
    Complain("an event concerns another nominal than the one named");
  }
  for (std::size_t i = 0; i < intent.people.size(); ++i) {
    const bool is_new = Meet(intent.people[i], event.nominals[i + by_id]);
    if (is_new) provisional.insert(event.nominals[i + by_id]);
  }
  published_ = &events.emplace(event.id, event).first->second;
}

/// Whoever has an identifier keeps it, and a new one is nobody that was known.
bool Oracle::Meet(std::size_t person, const std::string& nominal) {
  const auto known = people.find(person);
  if (known != people.end()) {
    if (known->second != nominal) Complain("an identifier was taken for somebody else's");
    return false;
  }
  people[person] = nominal;
  const Result<model::NominalId> id = model::NominalId::FromBytes(nominal);
  if (!id.ok()) {
    Complain("a nominal without an id");
    return false;
  }
  if (std::find(nominals.begin(), nominals.end(), id->Text()) != nominals.end()) {
    Complain("an unknown identifier was taken for somebody known");
    return false;
  }
  nominals.push_back(id->Text());
  return true;
}

void Oracle::TakeEffect(const Seen& seen, const Intent& intent, bool by_two) {
  if (!by_two && WidensOwn(intent)) Complain("P10: one hand widened its own agency's access");
  switch (intent.deed) {
    case Deed::kRegister:
      Meet(intent.people.front(), NominalBytes(Changed(seen, "nominal-registered").value_or("")));
      return;
    case Deed::kLink:
      // What was known, of the person or by a merge, stays under the nominal it was said of.
      people.try_emplace(intent.people.front(), NominalBytes(intent.nominal));
      return;
    case Deed::kMerge:
      return HearMerge(seen, intent);
    case Deed::kUnmerge:
      return HearUnmerge(seen, intent);
    case Deed::kSupervise:
      reading.supervisors[NominalBytes(intent.nominal)] = intent.other_post;
      return;
    case Deed::kSuspend:
    case Deed::kLift: {
      const std::string who =
          intent.member.empty() ? intent.agency : intent.agency + "/" + intent.member;
      if (intent.deed == Deed::kSuspend) reading.suspended.insert(who);
      if (intent.deed == Deed::kLift) reading.suspended.erase(who);
      return work.HearSuspension(seen);
    }
    case Deed::kSetHolder:
    case Deed::kSetPost:
      return HearPost(seen, intent);
    case Deed::kPropose:
      proposed.insert(intent.edition);
      simulated.erase(intent.edition);
      return;
    case Deed::kSimulate:
      if (intent.against != reading.edition) Complain("a simulation against what is not in force");
      if (proposed.contains(intent.edition)) simulated[intent.edition] = intent.against;
      return;
    case Deed::kApprove:
      if (proposed.erase(intent.edition) == 0) {
        Complain("P10: a policy came into force by one hand");
      }
      if (const auto found = simulated.find(intent.edition);
          found == simulated.end() || found->second != reading.edition) {
        Complain("a policy came into force that was not simulated");
      }
      next_edition_ = intent.edition;
      return;
    case Deed::kRead:
      if (!reading.MayRead(intent.post, intent.as)) {
        Complain("somebody read for a post they do not hold");
      }
      return;
    case Deed::kOpenCase:
    case Deed::kSeat:
    case Deed::kLeave:
    case Deed::kNameAccountable:
      return TakeEffectOnCase(seen, intent);
    default:
      return feeds.Hear(seen, intent, group_);
  }
}

void Oracle::TakeEffectOnCase(const Seen& seen, const Intent& intent) {
  if (intent.deed == Deed::kOpenCase) {
    const std::string id = Changed(seen, "case-opened").value_or("");
    const std::string nominal = NominalBytes(intent.nominal);
    if (reading.CaseOf(nominal) != nullptr) Complain("a person has two cases");
    reading.cases[id] = {nominal, intent.other_post, intent.supervisor, intent.area, {}, {}};
    reading.case_of.try_emplace(nominal, id);
    return;
  }
  const auto found = reading.cases.find(intent.case_id);
  if (found == reading.cases.end()) return Complain("a case that nobody opened was changed");
  switch (intent.deed) {
    case Deed::kSeat:
      found->second.seats[intent.other_post] = intent.seat;
      found->second.history_from.erase(intent.other_post);
      if (intent.history_from_ms != 0) {
        found->second.history_from[intent.other_post] = intent.history_from_ms;
      }
      return;
    case Deed::kLeave:
      if (found->second.seats.erase(intent.other_post) == 0) Complain("nobody's seat was left");
      return;
    default:
      found->second.accountable = intent.other_post;
      return;
  }
}

void Oracle::Answered(const Intent& intent, const machine::Applied& applied) {
  if (applied.position > tip()) Complain("P1: answered for a record that is not in the ledger");
  if (intent.deed == Deed::kPublish) receipts.Answered(intent, applied);
}

void Oracle::LookAtLedger(const ledger::Ledger& ledger) {
  if (ledger.Tip() < tip()) return Complain("P1: an answered record is not in the ledger any more");
  model::Position position = 0;
  while (position < tip()) {
    const auto headers = ledger.ReadHeaders(position, 1024 * 1024);
    if (!headers.ok()) return Complain("the ledger does not read back");
    for (const ledger::StoredHeader& header : *headers) {
      position = header.header.position;
      if (position <= tip() && header.digest.Bytes() != digests_[position - 1]) {
        return Complain("P1: a record is not the one that was answered");
      }
    }
  }
}

void Oracle::LookAtAll(const state::Reader& view) { receipts.Look(view); }

}  // namespace tearline::simulation
