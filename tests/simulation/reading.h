#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "broker/model/ids.h"
#include "tearline/v1/case.pb.h"
#include "tearline/v1/label.pb.h"
#include "tests/simulation/persons.h"
#include "tests/simulation/town.h"

namespace tearline::simulation {

/// An event, as far as anybody need know to say who may be told.
struct EventHeard {
  std::string id;  ///< 16 bytes.
  std::string origin_post;
  std::string type;
  v1::Urgency lane = v1::URGENCY_UNSPECIFIED;
  model::Position position = 0;
  std::int64_t stamp_ms = 0;
  bool sensitive = false;
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
  bool owed = false;                    ///< The post answers for some nominal, or supervises them.
  std::vector<std::string> unmet;       ///< Nominals about which a duty is owed and not met.
};

/// The town as it stands, and a simple reading of its policy: plain maps, written from the promises
/// and not from the machine.
class Reading {
 public:
  explicit Reading(const Town& town);

  const Town& town;

  struct CaseHeard {
    std::string nominal;  ///< 16 bytes.
    std::string accountable;
    std::string supervisor;
    std::size_t area = 0;
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

  /// The holder of a post is away, or is going to be.
  struct LeaveHeard {
    std::int64_t from_ms = 0;
    std::int64_t until_ms = 0;
    bool begun = false;
    std::int64_t begun_ms = 0;  ///< The stamp of the Pulse that began it; 0 if none did.

    std::int64_t NextMs() const { return begun ? until_ms : from_ms; }
  };
  std::map<std::string, LeaveHeard> leaves;  ///< By post.

  bool OnLeave(const std::string& post) const;
  /// Who has charge of the post: its holder or, while they are on leave, its deputy.
  As InCharge(const std::string& post) const;
  /// Whether the deputy has had charge since then, or before.
  bool StoodInSince(const std::string& post, std::int64_t since_ms) const;
  /// Whether nobody reads what comes to the post: nobody may act for it, or its holder is on leave
  /// and the deputy may not.
  bool NobodyThere(const std::string& post) const;

  /// The stamp of the record that is heard: what has run out by then counts for nothing.
  std::int64_t now_ms = 0;
  std::map<std::string, GlassHeard> glasses;  ///< By use, in text form.

  /// Whether the post has opened the nominal, 16 bytes, now.
  bool HasGlass(const std::string& post, const std::string& nominal) const;

  /// Cases by id in text form.
  std::map<std::string, CaseHeard> cases;
  std::map<std::string, std::string> case_of;  ///< By nominal, 16 bytes: the one it was opened for.
  Persons persons;                             ///< Who is taken for whom.
  std::map<std::string, std::string> supervisors;  ///< Named for a nominal, 16 bytes.
  std::set<std::string> suspended;                 ///< "AGENCY" or "AGENCY/MEMBER".
  std::map<std::string, As> holders;               ///< By post.
  std::size_t edition = 0;                         ///< Of the policy in force.

  /// Whether that member may act at all.
  bool Stands(const std::string& post, As as) const;
  /// Whether that person may read for the post.
  bool MayRead(const std::string& post, As as) const;

  /// Whether nobody may act for the post: its agency is suspended, or everybody who does.
  bool Away(const std::string& post) const;

  std::set<std::string> vacant;  ///< Posts for which nobody is named.
  std::set<std::string> idle;    ///< Posts that answer for nothing now.
  /// By post: who took its work up, and has not given it back.
  std::map<std::string, std::string> taken_up;

  /// Whether nobody reads what is addressed to the post: nobody is named, or nobody may act.
  bool Dead(const std::string& post) const { return vacant.contains(post) || Away(post); }
  std::set<v1::Capability> AnswersFor(const std::string& post) const;
  /// Whether the post answers for all that the other does, and that for something.
  bool AnswersForAllOf(const std::string& post, const std::string& other) const;
  /// Who does the work of a post now; "" if it is not dead, or nobody who is there does.
  std::string WhoDoesTheWorkOf(const std::string& post) const;
  bool DoesTheWorkOf(const std::string& other, const std::string& post) const;
  /// As which posts one is judged in a case: as itself where it is of the case, else as all of it
  /// whose work it does.
  std::set<std::string> StandsAs(const CaseHeard& its_case, const std::string& post) const;

  /// Whoever supervises a nominal: whom the person's case names; if it names nobody, or there is
  /// none, all whom somebody named for any of the nominals that are the person.
  std::set<std::string> SupervisorsOf(const std::string& nominal) const;
  /// Who was named for the person, and will supervise only once the nominal is parted from what it
  /// was merged into: the case that names another stays with the other side.
  std::set<std::string> SupervisorsOnceParted(const std::string& nominal) const;
  /// The case by which any of the nominals that are the person has one; null if none has.
  const CaseHeard* CaseOf(const std::string& nominal) const;
  /// Whether the event is about the person, under whichever nominal.
  bool IsAbout(const EventHeard& event, const std::string& nominal) const;
  /// Posts that a nominal's case and supervision bring in.
  std::set<std::string> BroughtInBy(const std::string& nominal) const;
  /// Posts that those of an event's nominals bring in.
  std::set<std::string> Concerned(const EventHeard& event) const;
  /// Posts about which it must be decided as it is published: those, for each that is dead whoever
  /// does its work, and for each that is away and whose work nobody does the first up its line that
  /// is not dead.
  std::set<std::string> Decided(const EventHeard& event) const;
  Say Of(const EventHeard& event, const std::string& post) const;
  /// The same, were the post in reach.
  Say InReach(const EventHeard& event, const std::string& post) const;

 private:
  Say SayOf(const EventHeard& event, const std::string& post, bool cut_off) const;
  bool IsOwed(const std::string& nominal, const std::string& post) const;
  bool FullAbout(const EventHeard& event, const std::string& nominal,
                 const std::string& post) const;
};

}  // namespace tearline::simulation
