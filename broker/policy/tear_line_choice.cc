#include "broker/policy/tear_line_choice.h"

#include <algorithm>

#include "broker/model/marking.h"

namespace tearline::policy {
namespace {

template <typename List, typename Value>
bool Contains(const List& list, const Value& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

}  // namespace

bool IsOf(const v1::Audience& audience, std::span<const NominalFacts> nominals,
          const RecipientFacts& recipient) {
  if (recipient.agency_kind && *recipient.agency_kind != v1::AGENCY_KIND_UNSPECIFIED &&
      Contains(audience.agency_kinds(), static_cast<int>(*recipient.agency_kind))) {
    return true;
  }
  for (const v1::PostRole role : recipient.roles) {
    if (role != v1::POST_ROLE_UNSPECIFIED &&
        Contains(audience.post_roles(), static_cast<int>(role))) {
      return true;
    }
  }
  if (!recipient.post.empty() && Contains(audience.posts(), recipient.post)) return true;
  return audience.panels() &&
         std::any_of(nominals.begin(), nominals.end(),
                     [](const NominalFacts& nominal) { return nominal.seat.has_value(); });
}

std::optional<std::uint32_t> ChooseTearLine(const EventFacts& event,
                                            std::span<const NominalFacts> nominals,
                                            const RecipientFacts& recipient) {
  for (std::uint32_t place = 0; place < event.tear_lines.size(); ++place) {
    const EventFacts::TearLine& tear_line = event.tear_lines[place];
    if (IsOf(tear_line.audience, nominals, recipient) &&
        model::Dominates(recipient.clearance, tear_line.marking)) {
      return place;
    }
  }
  return std::nullopt;
}

}  // namespace tearline::policy
