#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "broker/model/ids.h"
#include "tearline/v1/case.pb.h"
#include "tearline/v1/label.pb.h"
#include "tests/simulation/town.h"

namespace tearline::simulation {

/// An event, as far as anybody need know to say who may be told.
struct EventHeard {
  std::string id;  ///< 16 bytes.
  std::string origin_post;
  v1::Urgency lane = v1::URGENCY_UNSPECIFIED;
  model::Position position = 0;
  std::int64_t stamp_ms = 0;
  bool secret = false;
  bool controlled = false;            ///< By its originator, as it was published or amended last.
  model::Position amended = 0;        ///< Position of the last amendment; 0 if there was none.
  std::vector<std::string> nominals;  ///< 16 bytes each, by place.
  std::vector<std::vector<std::uint32_t>> about;  ///< By segment: places; empty is all of them.
  bool withdrawn = false;   ///< By its originator: told to nobody, owed to nobody.
  bool spilled = false;     ///< And its keys destroyed.
  bool of_another = false;  ///< Withdrawn as about the wrong person.

  /// Once; and once more as what starts the law's clock, where it does not run for that yet.
  bool MayBeWithdrawnAs(std::uint32_t reason) const {
    if (reason == v1::WITHDRAWAL_REASON_SPILLAGE) return !spilled;
    if (reason == v1::WITHDRAWAL_REASON_WRONG_PERSON) return !spilled && !of_another;
    return !withdrawn;
  }
};

/// What the policy and promises say of one post, read by hand.
struct Say {
  bool told = false;
  std::vector<std::uint32_t> segments;  ///< Those told.
  bool owed = false;                    ///< The post is some nominal's accountable officer.
  std::vector<std::string> unmet;       ///< Nominals about which a duty is owed and not met.
};

/// The town as it stands, and a simple reading of its policy: plain maps, written from the promises
/// and not from the machine.
class Reading {
 public:
  Reading();

  struct CaseHeard {
    std::string nominal;  ///< 16 bytes.
    std::string accountable;
    std::map<std::string, v1::SeatKind> seats;
    std::map<std::string, std::int64_t> history_from;  ///< By post; none: from the beginning.
  };

  /// A use of break-glass.
  struct GlassHeard {
    std::string post;
    As as = As::kSystem;
    std::string nominal;  ///< 16 bytes.
    std::int64_t until_ms = 0;
    bool reviewed = false;
  };

  /// The stamp of the record that is heard: what has run out by then counts for nothing.
  std::int64_t now_ms = 0;
  std::map<std::string, GlassHeard> glasses;  ///< By use, in text form.

  /// Whether the post has opened the nominal, 16 bytes, now.
  bool HasGlass(const std::string& post, const std::string& nominal) const;

  /// Cases by id in text form.
  std::map<std::string, CaseHeard> cases;
  std::map<std::string, std::string> case_of;  ///< By nominal, 16 bytes.
  std::set<std::string> suspended;             ///< "AGENCY" or "AGENCY/MEMBER".
  std::map<std::string, As> holders;           ///< By post.
  std::size_t edition = 0;                     ///< Of the policy in force.

  /// Whether that member may act at all.
  bool Stands(const std::string& post, As as) const;
  /// Whether that person may read for the post.
  bool MayRead(const std::string& post, As as) const;

  /// Whether nobody may act for the post: its agency is suspended, or everybody who does.
  bool Away(const std::string& post) const;

  /// Posts that an event's cases bring in.
  std::set<std::string> Concerned(const EventHeard& event) const;
  /// Posts about which it must be decided as it is published: those, and for each that is away the
  /// first up its line that is not.
  std::set<std::string> Decided(const EventHeard& event) const;
  Say Of(const EventHeard& event, const std::string& post) const;

 private:
  bool FullAbout(const EventHeard& event, const std::string& nominal,
                 const std::string& post) const;
};

}  // namespace tearline::simulation
