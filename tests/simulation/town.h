#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tearline/stored/v1/command.pb.h"
#include "tests/population/population.h"

namespace tearline::simulation {

/// Who takes part in the simulation: five invented agencies, and a policy so simple that anybody
/// can say beforehand what it will say. Some posts are in every town: those that run it, the board,
/// a prison, a unit. Its areas, their posts and its people are a population's, another for each
/// seed. Every post NAME is held by the person NAME-holder, who may be relieved by NAME-relief,
/// deputised by NAME-deputy, and served by NAME-system.

/// How a member acts for a post.
enum class As { kSystem, kHolder, kRelief, kDeputy };

/// Milliseconds: what the policy gives an unmet duty and a duty to read, and each step after.
inline constexpr std::int64_t kUnmetWithinMs = 2 * 60 * 60 * 1000;
inline constexpr std::int64_t kReadWithinMs = 4 * 60 * 60 * 1000;

/// The two editions, 0 and 1. Under both: a cap keeps what carries SOURCE_IDENTITY from everybody,
/// another what is marked sensitive from whoever is not cleared for it, a third what its originator
/// controls from all but those to whom it is owed, or who broke the glass; the accountable officer
/// and whoever supervises are owed everything, must read it, and if one can't be told somebody must
/// see to it. A chair's seat grants everything; a member's under edition 0 only; prisons are
/// granted everything, so that they have something to wish for.
[[nodiscard]] std::string PolicyText(std::size_t edition);

/// Those that seat and open cases, and those that run the directory.
[[nodiscard]] const std::vector<std::string>& Coordinators();
[[nodiscard]] const std::vector<std::string>& Operators();
/// Who leads every case.
inline constexpr char kLeadAgency[] = "probation";
/// The id of no nominal.
inline constexpr char kNoNominal[] = "nom_ffffffffffffffffffffffffffffffff";
inline constexpr char kAuthor[] = "prison/author";
inline constexpr char kGovernance[] = "police/governance";
inline constexpr char kBoard[] = "board/board";
/// Answers for all that other posts of the police do.
inline constexpr char kDesk[] = "police/desk";
inline constexpr char kPrison[] = "prison/security";
inline constexpr char kIntelligence[] = "unit/intelligence";
/// Whether the post works with people, and so may break the glass.
[[nodiscard]] bool MayBreakGlass(const std::string& post);
/// Whether the post may say who is one person with whom.
[[nodiscard]] bool MayMerge(const std::string& post);
/// Whether the post may confirm what others ask: operators, co-ordinators, information governance.
[[nodiscard]] bool ConfirmsForOthers(const std::string& post);

[[nodiscard]] std::string AgencyOf(const std::string& post);
/// The post whose feed it is: the inbox is called as the post, a subscription POST/ID.
[[nodiscard]] std::string PostOf(const std::string& feed);
/// Whether the policy lets the post see what its cases do not bring: a prison's.
[[nodiscard]] bool SeesWithoutSeat(const std::string& post);
/// The member's name, within the post's agency.
[[nodiscard]] std::string MemberOf(const std::string& post, As as);
[[nodiscard]] stored::v1::Actor Acting(const std::string& post, As as);

/// One seed's town.
class Town {
 public:
  explicit Town(std::uint64_t seed);

  const population::Population& people() const { return people_; }
  const std::vector<std::string>& posts() const { return posts_; }

  [[nodiscard]] stored::v1::Genesis MakeGenesis() const;
  /// The post as genesis made it, but held by that member.
  [[nodiscard]] tearline::v1::Post PostHeldBy(const std::string& post, As holder) const;
  /// What the post answers for; nothing, for those that are never given up.
  [[nodiscard]] const std::set<tearline::v1::Capability>& CapabilitiesOf(
      const std::string& post) const;
  /// Whom the post climbs to; "" if nobody.
  [[nodiscard]] const std::string& LineOf(const std::string& post) const;
  /// Whether the post is cleared for what is marked sensitive.
  [[nodiscard]] bool IsCleared(const std::string& post) const;

  /// The post of a trade in an area; of supervisors, the first.
  [[nodiscard]] std::string PostOfTrade(population::Trade trade, std::size_t area) const;
  /// Who supervises the person at that place of the population; "" for nobody.
  [[nodiscard]] std::string SupervisorOf(std::size_t person) const;
  /// Who would publish that something happened.
  [[nodiscard]] std::string PublisherOf(const population::Happening& happening) const;

 private:
  struct Plan {
    tearline::v1::PostRole role = tearline::v1::POST_ROLE_UNSPECIFIED;
    std::string line;
    bool cleared = true;
    std::set<tearline::v1::Capability> answers_for;
  };

  const population::Population people_;
  std::map<std::string, Plan> plans_;  ///< By post.
  std::vector<std::string> posts_;
};

}  // namespace tearline::simulation
