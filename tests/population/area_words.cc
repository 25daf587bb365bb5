#include <array>
#include <stdexcept>
#include <string_view>

#include "tests/population/area.h"

namespace tearline::population {
namespace {

/// What people write of a kind: three ways to say it, and what a wider audience may read.
struct Said {
  std::string_view type;
  std::array<std::string_view, 3> words;
  std::string_view tear_line = {};
};

constexpr auto kSaid = std::to_array<Said>({
    {"probation.contact.recorded",
     {"Kept the appointment. Settled; talked about work.",
      "Came twenty minutes late and left early. Says that he sleeps badly.",
      "Did not come and did not ring. A letter was sent."}},
    {"custody.visit.completed",
     {"One visitor, a relative. Nothing to note.", "Two visitors. The visit ended in an argument.",
      "The visitor did not come."}},
    {"custody.movement.recorded",
     {"Moved to another wing at own request.", "To court and back the same day.",
      "Moved after a dispute with a cell mate."}},
    {"custody.alert.changed",
     {"Alert set: not to share a cell.", "Alert ended: risk of self-harm reviewed.",
      "Alert set: contact with a named prisoner."}},
    {"security.report.submitted",
     {"A phone is said to be passed round on the landing at night.",
      "Speaks of whom he will look up first when he is out.",
      "Receives money from somebody not on his contact list."},
     "Conduct on the wing gives reason to look again at contacts after release."},
    {"assessment.risk.completed",
     {"Reviewed: unchanged.", "Reviewed: raised to high after two missed appointments.",
      "Reviewed: lowered to medium; work and lodging are steady."}},
    {"custody.adjudication.completed",
     {"Proved: disobeyed an order. Seven days' loss of association.", "Dismissed.",
      "Proved: an unauthorised article."}},
    {"address.place.changed",
     {"Moved in with a relative. To be checked.", "Left the hostel; where to is not known yet.",
      "New tenancy, with the landlord's reference."}},
    {"probation.registration.changed",
     {"Register of risk to staff: ended.", "Registered: risk to a known adult.",
      "Registration reviewed, kept."}},
    {"health.assessment.completed",
     {"Assessed after referral; medication changed.", "Assessed; no treatment at present.",
      "Assessed after an incident; seen again in a week."},
     "Is in touch with health services. Tell them of any sudden change in behaviour."},
    {"housing.placement.changed",
     {"Offered a place from the first of the month.", "Placement ended by the provider: arrears.",
      "Placement extended by twelve weeks."}},
    {"police.arrest.recorded",
     {"Arrested for a public order offence; bailed.", "Arrested on suspicion of theft; no charge.",
      "Arrested for breach of bail."}},
    {"order.breach.recorded",
     {"Away from the curfew address for three hours.", "Contact with somebody named in the order.",
      "Tag found cut. Not seen since."}},
    {"intelligence.report.submitted",
     {"Seen twice with a person whom the licence forbids.",
      "Said to be asking where a former partner lives now.",
      "A car linked to another inquiry was outside his address on two nights."},
     "Review contacts and the exclusion zone before the next appointment."},
    {"custody.recall.ordered",
     {"Recall ordered: out of touch for five days.", "Recall ordered after an arrest.",
      "Recall ordered: left approved premises."}},
    {"victim.contact.recorded",
     {"Told of the coming release. Asks for a wider exclusion zone.", "Wishes no further contact.",
      "Reports a silent call; the number is withheld."}},
    {"safeguarding.concern.raised",
     {"A child is said to live at the new address.", "An older neighbour lends him money.",
      "A partner has two children under ten."}},
    {"threat.warning.issued",
     {"Threat to life. Warned in person and offered protection.",
      "Threat to life, made by him against a former associate.",
      "Threat to life. Could not be found."},
     "A threat to life is being dealt with. Do not visit alone."},
});

const Said& SaidOf(const Kind& kind) {
  for (const Said& each : kSaid) {
    if (each.type == kind.type) return each;
  }
  throw std::logic_error("each kind has words");
}

}  // namespace

std::string WordsOf(const Happening& happening) {
  const Said& said = SaidOf(*happening.kind);
  return std::string(said.words.at(happening.content_bytes / 3 % said.words.size()));
}

std::string TearLineOf(const Happening& happening) {
  return std::string(SaidOf(*happening.kind).tear_line);
}

}  // namespace tearline::population
