#include <algorithm>

#include "tests/simulation/oracle.h"

// What a post does with its own: takes back or amends what it published, breaks the glass and has
// that reviewed.

namespace tearline::simulation {

bool Oracle::MayBeWithdrawn(const Intent& intent) const {
  const auto event = events.find(model::EventId::Parse(intent.id)->Bytes());
  return event != events.end() && event->second.MayBeWithdrawnAs(intent.amount);
}

/// Whoever published it takes it back: once, and once more as what is graver. A spillage waits for what
/// was sealed under the same keys while it was prepared.
void Oracle::HearWithdrawal(const Seen& seen, const Intent& intent) {
  const auto event = events.find(model::EventId::Parse(intent.id)->Bytes());
  if (event == events.end()) return Complain("an event that nobody published was withdrawn");
  const bool spillage = intent.amount == v1::WITHDRAWAL_REASON_SPILLAGE;
  const bool may = MayBeWithdrawn(intent);
  if (seen.outcome != audit::Outcome::kApplied) {
    const bool waits = spillage && seen.reason == v1::ERROR_REASON_UNAVAILABLE;
    if (may && !waits) Complain("a right withdrawal did not take effect");
    return;
  }
  if (!may) Complain("an event was withdrawn that was withdrawn before");
  event->second.withdrawn = true;
  event->second.spilled = event->second.spilled || spillage;
  if (intent.amount == v1::WITHDRAWAL_REASON_WRONG_PERSON) event->second.of_another = true;
  receipts.spilled_in_group = receipts.spilled_in_group || spillage;
  debts.HearWithdrawn(event->first);
  feeds.HearWithdrawn(event->first);
}

/// Whoever published it says whether they control it: what it was before is no amendment.
void Oracle::HearAmendment(const Seen& seen, const Intent& intent) {
  const auto event = events.find(model::EventId::Parse(intent.id)->Bytes());
  if (event == events.end()) return Complain("an event that nobody published was amended");
  const bool may = !event->second.withdrawn && event->second.controlled != intent.controlled;
  if ((seen.outcome == audit::Outcome::kApplied) != may) {
    Complain(may ? "a right amendment did not take effect" : "a wrong amendment took effect");
  }
  if (seen.outcome != audit::Outcome::kApplied) return;
  event->second.controlled = intent.controlled;
  event->second.amended = seen.position;
  feeds.HearAmended(event->first);
}

bool Oracle::WaitsForReview(const std::string& post, As as) const {
  return std::any_of(reading.glasses.begin(), reading.glasses.end(), [&](const auto& use) {
    const Reading::GlassHeard& glass = use.second;
    const bool same_person = AgencyOf(glass.post) == AgencyOf(post) &&
                             MemberOf(glass.post, glass.as) == MemberOf(post, as);
    return !glass.reviewed && (glass.post == post || same_person);
  });
}

/// One hand breaks the glass, if the use before was reviewed; it is told at once.
void Oracle::HearBreaking(const Seen& seen, const Intent& intent) {
  const bool waits = WaitsForReview(intent.post, intent.as);
  if (seen.outcome != audit::Outcome::kApplied) {
    const bool may = MayBreakGlass(intent.post) && reading.MayRead(intent.post, intent.as);
    const bool for_a_review = seen.reason == v1::ERROR_REASON_GLASS_UNREVIEWED;
    // Somebody must hear at once; the board is the last that could.
    const bool nobody_hears =
        seen.reason == v1::ERROR_REASON_NO_REVIEWER && reading.NobodyThere(kBoard);
    if (!waits && (may || for_a_review) && !nobody_hears) {
      Complain("a right use of break-glass was refused");
    }
    return;
  }
  if (waits) Complain("the glass was broken again before the use before was reviewed");
  if (!MayBreakGlass(intent.post)) Complain("the glass was broken by whoever may not");
  const auto detail = std::find_if(seen.details.begin(), seen.details.end(),
                                   [](const auto& each) { return each.has_break_glass(); });
  if (detail == seen.details.end()) return Complain("P10: a use of break-glass on no leaf");
  const stored::v1::BreakGlassDetail& use = detail->break_glass();
  const std::string id = model::GlassId::FromBytes(use.break_glass_id())->Text();
  const std::int64_t until_ms = seen.stamp_ms + intent.amount;
  if (use.until_ms() != until_ms || use.post() != intent.post) {
    Complain("a use of break-glass lasts longer than was asked, or is another's");
  }
  const std::string nominal = NominalBytes(intent.nominal);
  reading.glasses[id] = {intent.post, intent.as, nominal, until_ms};
  feeds.HearGlassBroken(intent.post, nominal);
}

/// Once it has ended, by somebody else.
void Oracle::HearReview(const Seen& seen, const Intent& intent) {
  const auto glass = reading.glasses.find(intent.id);
  if (glass == reading.glasses.end()) return Complain("a use of break-glass that there is not");
  const bool may = !glass->second.reviewed && glass->second.until_ms <= seen.stamp_ms;
  if ((seen.outcome == audit::Outcome::kApplied) != may) {
    Complain(may ? "a right review did not take effect" : "a wrong review took effect");
  }
  if (seen.outcome == audit::Outcome::kApplied) glass->second.reviewed = true;
}

}  // namespace tearline::simulation
