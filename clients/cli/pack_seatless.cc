#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "clients/cli/output.h"
#include "clients/cli/pack_sections.h"
#include "clients/cli/words.h"

namespace tearline::cli {
namespace {

/// What an agency has to do with the case, as this post sees it.
struct Interest {
  std::size_t events = 0;
  std::int64_t last_ms = 0;
  std::vector<std::string> parts;  ///< In words, each once.

  void Add(const std::string& part) {
    if (std::find(parts.begin(), parts.end(), part) == parts.end()) parts.push_back(part);
  }
};

/// Posts with a part in the case: seated, accountable, supervising, or named for a function.
std::set<std::string> PostsOf(const v1::Case& about) {
  std::set<std::string> posts = {about.accountable_post(), about.supervising_post()};
  for (const v1::Seat& seat : about.seats()) posts.insert(seat.post());
  for (const v1::CasePost& named : about.named_posts()) posts.insert(named.post());
  return posts;
}

/// Of agencies without a seat the whole agency; of the others each post that has no part itself:
/// approved premises may be a post of an agency whose chair sits.
class Interests {
 public:
  explicit Interests(const CasePack& pack)
      : agencies_(AgenciesOf(pack.about, /*parts=*/true)), posts_(PostsOf(pack.about)) {
    agencies_.insert(AgencyOf(pack.post));
    posts_.insert(pack.post);
  }

  /// Null if they have a part in the case, or are not known.
  Interest* Of(const std::string& agency, const std::string& post) {
    if (agency.empty()) return nullptr;
    if (!agencies_.contains(agency)) return &interests_[agency];
    if (post.empty() || posts_.contains(post)) return nullptr;
    return &interests_[post];
  }
  Interest* OfPost(const std::string& post) { return Of(AgencyOf(post), post); }
  const std::map<std::string, Interest>& All() const { return interests_; }

 private:
  std::set<std::string> agencies_;
  std::set<std::string> posts_;
  std::map<std::string, Interest> interests_;
};

Interests InterestsIn(const CasePack& pack) {
  Interests interests(pack);
  const auto add = [&interests](const std::string& post, const std::string& part) {
    if (Interest* interest = interests.OfPost(post)) interest->Add(part + ": " + post);
  };
  for (const v1::CaseFeedEntry& entry : pack.entries) {
    // At pointer it is named only if its originator lets the holder be named.
    const v1::DeliveredEvent& event = entry.event();
    Interest* interest = interests.Of(event.originating_agency(), event.originating_post());
    if (interest == nullptr) continue;
    ++interest->events;
    interest->last_ms =
        std::max({interest->last_ms, MsOf(event.accepted_at()), MsOf(entry.released_at())});
  }
  for (const v1::CasePost& named : pack.about.named_posts()) {
    add(named.post(), Word(named.function()));
  }
  for (const v1::Action& action : pack.actions) add(action.owner_post(), "owes an action");
  for (const v1::Proposal& proposal : pack.proposals) add(proposal.proposed_by(), "proposed");
  for (const v1::InformationRequest& request : pack.requests) {
    for (const v1::AskedForInformation& asked : request.asked()) {
      add(asked.post(), "is asked for information");
    }
  }
  return interests;
}

}  // namespace

PackSection SeatlessSection(const CasePack& pack) {
  PackSection section;
  section.key = "without_a_seat";
  section.head = "Without a seat, and with something to say";
  section.note = "Only what this post was told, or sees in the case, speaks here.";
  section.columns = {"agency or post", "events told", "last", "its part"};
  const Interests interests = InterestsIn(pack);
  for (const auto& [who, interest] : interests.All()) {
    std::string parts;
    for (const std::string& part : interest.parts) parts += (parts.empty() ? "" : "; ") + part;
    section.rows.push_back({{who, interest.events == 0 ? "" : std::to_string(interest.events),
                             interest.last_ms == 0 ? "" : TimeText(interest.last_ms), parts}});
  }
  return section;
}

}  // namespace tearline::cli
