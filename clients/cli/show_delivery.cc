#include "clients/cli/show_delivery.h"

#include <cstdint>
#include <iostream>
#include <sstream>
#include <string>

#include "clients/cli/originators.h"
#include "clients/cli/output.h"
#include "clients/cli/words.h"

namespace tearline::cli {
namespace {

constexpr std::size_t kShownBytesMax = 600;

/// Content as a person may be shown it on a terminal: no control characters, not without end.
std::string Shown(const std::string& content) {
  std::istringstream lines(content.substr(0, kShownBytesMax));
  std::string text = "      ";
  bool first = true;
  for (std::string line; std::getline(lines, line); first = false) {
    text += (first ? "" : "\n      ") + WithoutControls(line);
  }
  if (content.size() > kShownBytesMax) {
    text += " … (" + std::to_string(content.size()) + " bytes in all; --json gives them)";
  }
  return text;
}

std::string Counted(std::int64_t count, const char* one, const char* many) {
  return std::to_string(count) + ' ' + (count == 1 ? one : many);
}

/// "4 of non-compliance, from 4 agencies, within 60 days", then one line each.
void ShowComposite(const v1::DeliveredComposite& composite) {
  constexpr std::int64_t kSecondsADay = 24 * 60 * 60;
  std::cout << "    made of    " << composite.members_size() << " of " << composite.rule()
            << ", from " << Counted(composite.agencies(), "agency", "agencies");
  if (composite.has_first_occurred_at()) {
    const std::int64_t seconds =
        composite.last_occurred_at().seconds() - composite.first_occurred_at().seconds();
    std::cout << ", within " << Counted(seconds / kSecondsADay + 1, "day", "days");
  }
  std::cout << '\n';
  for (const v1::DeliveredMember& member : composite.members()) {
    std::cout << "      " << member.event_id() << "  " << Word(member.level());
    for (const std::string& word : {member.event_type(), member.originating_agency()}) {
      if (!word.empty()) std::cout << "  " << word;
    }
    if (member.has_occurred_at()) std::cout << "  " << TimeText(member.occurred_at());
    std::cout << '\n';
  }
}

void ShowEvent(const v1::DeliveredEvent& event) {
  std::cout << Word(event.level());
  if (!event.event_type().empty()) std::cout << "  " << event.event_type();
  std::cout << '\n';
  if (!event.originating_agency().empty()) {
    std::cout << "    from       " << event.originating_agency();
    if (!event.originating_post().empty()) std::cout << "  (" << event.originating_post() << ')';
    std::cout << '\n';
  }
  if (event.has_occurred_at())
    std::cout << "    occurred   " << TimeText(event.occurred_at()) << '\n';
  if (event.has_marking()) std::cout << "    marked     " << MarkingText(event.marking()) << '\n';
  if (!event.ask_post().empty()) {
    std::cout << "    something is held; ask " << event.ask_post() << '\n';
  }
  if (!event.tear_line().empty()) {
    std::cout << "    tear-line\n" << Shown(event.tear_line()) << '\n';
  }
  for (const v1::DeliveredSegment& segment : event.segments()) {
    std::cout << "    segment    " << segment.media_type() << '\n'
              << Shown(segment.content()) << '\n';
  }
  if (event.has_composite()) ShowComposite(event.composite());
  if (event.superseding()) {
    std::cout << "    supersedes "
              << (event.superseded_sequence() == 0
                      ? std::string("what came by another feed")
                      : "number " + std::to_string(event.superseded_sequence()))
              << '\n';
  }
  if (event.late()) std::cout << "    late: it was recorded before this post had to do with it\n";
  if (event.erased()) std::cout << "    its content was erased\n";
}

void ShowObligation(const v1::DeliveredObligation& obligation) {
  std::cout << "obligation  " << Word(obligation.type()) << "  because "
            << Word(obligation.reason()) << "\n    debtor     " << obligation.debtor_post()
            << "\n    due        " << TimeText(obligation.due_at()) << "\n    stage      "
            << obligation.stage() << (obligation.stage() == 0 ? "" : "  (escalated)")
            << "\n    id         " << obligation.obligation_id() << '\n';
  if (!obligation.event_id().empty())
    std::cout << "    event      " << obligation.event_id() << '\n';
  if (!obligation.proposal_id().empty()) {
    std::cout << "    proposal   " << obligation.proposal_id() << "\n    case       "
              << obligation.case_id() << '\n';
  }
  if (!obligation.information_request_id().empty()) {
    std::cout << "    request    " << obligation.information_request_id() << '\n';
  }
  if (!obligation.meeting_id().empty()) {
    std::cout << "    meeting    " << obligation.meeting_id() << "\n    case       "
              << obligation.case_id() << '\n';
  }
}

void ShowAccessWithdrawn(const v1::DeliveredAccessWithdrawn& withdrawn) {
  std::cout << "access withdrawn  " << withdrawn.event_id();
  if (withdrawn.reason() != v1::WITHDRAWAL_REASON_UNSPECIFIED) {
    std::cout << "  by its originator: " << Word(withdrawn.reason());
  }
  std::cout << "\n    what was delivered ";
  if (withdrawn.sequence() != 0) std::cout << "as number " << withdrawn.sequence() << ' ';
  std::cout << "is to be taken out of use\n";
}

}  // namespace

std::string MarkingText(const v1::Marking& marking) {
  std::string text = Word(marking.tier());
  if (marking.sensitive()) text += "-sensitive";
  for (const int caveat : marking.caveats()) text += " " + Word(static_cast<v1::Caveat>(caveat));
  for (const int instruction : marking.instructions()) {
    text += " " + Word(static_cast<v1::HandlingInstruction>(instruction));
  }
  for (const int descriptor : marking.descriptors()) {
    text += " " + Word(static_cast<v1::MarkingDescriptor>(descriptor));
  }
  return text;
}

void ShowDelivery(const v1::Delivery& delivery, const std::string& signed_text) {
  std::cout << Word(delivery.lane()) << ' ' << delivery.sequence();
  // The broker knows that it let it go, not that anybody took it.
  if (delivery.attempt() > 1) std::cout << " (may have come before)";
  std::cout << "  ";
  if (delivery.has_event()) {
    ShowEvent(delivery.event());
    std::cout << signed_text;
  } else if (delivery.has_obligation()) {
    ShowObligation(delivery.obligation());
  } else if (delivery.has_access_change()) {
    const v1::DeliveredAccessChange& change = delivery.access_change();
    std::cout << "access changed  " << (change.post().empty() ? change.agency() : change.post())
              << "  for " << change.nominal_id() << '\n';
  } else if (delivery.has_access_withdrawn()) {
    ShowAccessWithdrawn(delivery.access_withdrawn());
    if (MayBeSigned(delivery)) std::cout << signed_text;
  } else if (delivery.has_pending_end()) {
    const v1::DeliveredPendingEnd& end = delivery.pending_end();
    std::cout << end.command() << ' ' << Word(end.outcome()) << "  " << end.pending_id() << '\n';
  } else if (delivery.has_disclosure()) {
    const v1::DeliveredDisclosure& told = delivery.disclosure();
    std::cout << "disclosed  by " << told.event_id() << ", about " << told.nominal_id() << ", to "
              << Word(told.third_party()) << ": decided by " << told.decided_by() << '\n';
  } else if (delivery.has_control_passed()) {
    const v1::DeliveredControlPassed& passed = delivery.control_passed();
    std::cout << "told all  of " << passed.event_id() << ", which you control: "
              << passed.told_post() << ", to whom it was not released\n";
  } else if (delivery.has_erasure()) {
    std::cout << "erased  what was held about " << delivery.erasure().nominal_id()
              << "\n    what was delivered of it is to be taken out of use\n";
  }
  if (!delivery.rules().empty()) {
    std::cout << "    rules     ";
    for (const std::string& rule : delivery.rules()) std::cout << ' ' << rule;
    std::cout << "   policy " << ShortHex(delivery.policy_digest()) << '\n';
  }
  std::cout.flush();
}

}  // namespace tearline::cli
