#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "broker/machine/event_terms.h"
#include "broker/machine/identity.h"
#include "broker/machine/rows.h"
#include "tests/machine/world.h"

namespace tearline::machine {

/// Panels may see all, but of what its originator controls the tear-line; the accountable officer
/// must read all, the chair be told what was made of breaches, whole. Three breaches from two
/// agencies within 30 days make one.
inline constexpr char kCompositePolicy[] = R"(id: "composites" version: 1 purpose: "For tests."
rules { id: "G1" kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW
  when { recipient { seat: [SEAT_KIND_CHAIR, SEAT_KIND_MEMBER] } } }
rules { id: "A1" kind: RULE_KIND_CAP_ABSOLUTE level: LEVEL_TEAR_LINE reason: RULE_REASON_CLEARANCE
  when { recipient { cleared: false } } }
rules { id: "Q1" kind: RULE_KIND_CAP_QUALIFIED level: LEVEL_TEAR_LINE
  reason: RULE_REASON_ORIGINATOR_CONTROL when { event { originator_controlled: true } } }
rules { id: "D1" kind: RULE_KIND_DUTY level: LEVEL_FULL
  reason: RULE_REASON_ACCOUNTABLE_OFFICER_MUST_KNOW
  when { recipient { accountable_officer: true } } }
rules { id: "D2" kind: RULE_KIND_DUTY level: LEVEL_FULL reason: RULE_REASON_PANEL_MUST_KNOW
  when { event { event_type: "composite." } recipient { seat: SEAT_KIND_CHAIR } }
  oblige { type: OBLIGATION_TYPE_READ within: "3d" }
  oblige_if_unmet { type: OBLIGATION_TYPE_SANITISE_OR_REVIEW within: "4h" } }
composites { name: "breaches" member_type: "compliance." events: 3 agencies: 2 within: "30d"
  event_type: "composite.breaches.made" urgency: URGENCY_URGENT }
)";

/// A world in which small breaches are made one. One person, whose panel probation/chair chairs;
/// housing/desk, cleared for OFFICIAL alone, is a member, ct-police/accountable answers for it.
/// prison/security, housing/keeper, who imports, too, and ct-police/intel publish, and are told of
/// nothing.
struct CompositeWorld : World {
  static constexpr char kChair[] = "probation/chair";
  static constexpr char kMember[] = "housing/desk";
  static constexpr char kAccountable[] = "ct-police/accountable";
  static constexpr char kIntel[] = "ct-police/intel";
  static constexpr char kPrison[] = "prison/security";
  static constexpr char kKeeper[] = "housing/keeper";
  static constexpr std::int64_t kDay = 86'400'000;
  static constexpr v1::Urgency kLane = v1::URGENCY_URGENT;

  explicit CompositeWorld(const std::string& policy = kCompositePolicy) : World(Beginning(policy)) {
    OpenSession(kChair);
  }

  static stored::v1::Genesis Beginning(const std::string& policy) {
    stored::v1::Genesis genesis = GenesisUnder(policy);
    AddAgency("probation", v1::AGENCY_KIND_PROBATION, genesis);
    AddAgency("police", v1::AGENCY_KIND_POLICE, genesis);
    AddAgency("ct-police", v1::AGENCY_KIND_POLICE, genesis);
    AddAgency("prison", v1::AGENCY_KIND_PRISON, genesis);
    AddAgency("housing", v1::AGENCY_KIND_HOUSING, genesis);
    AddAgency("desk", v1::AGENCY_KIND_BROKER, genesis);
    const std::pair<const char*, v1::PostRole> posts[] = {
        {kChair, v1::POST_ROLE_CHAIR},
        {"probation/coordinator", v1::POST_ROLE_COORDINATOR},
        {"police/coordinator", v1::POST_ROLE_COORDINATOR},
        {kIntel, v1::POST_ROLE_INTELLIGENCE},
        {kAccountable, v1::POST_ROLE_ACCOUNTABLE_OFFICER},
        {kPrison, v1::POST_ROLE_PRISON_SECURITY},
        {kMember, v1::POST_ROLE_PRACTITIONER},
        {kKeeper, v1::POST_ROLE_INTAKE},
        {"desk/governance", v1::POST_ROLE_INFORMATION_GOVERNANCE},
        {"desk/author", v1::POST_ROLE_POLICY_AUTHOR},
        {"desk/operator", v1::POST_ROLE_OPERATOR}};
    for (const auto& [name, role] : posts) {
      v1::Post post;
      post.set_post(name);
      post.add_roles(role);
      post.mutable_clearance()->set_tier(v1::TIER_OFFICIAL);
      post.mutable_clearance()->set_sensitive(std::string(name) != kMember);
      AddPost(post, genesis);
    }
    return genesis;
  }

  stored::v1::Publish BreachOf(const std::string& whom) const {
    stored::v1::Publish event = Event(whom);
    event.set_event_type("compliance.curfew.missed");
    event.set_urgency(v1::URGENCY_ROUTINE);
    event.mutable_label()->mutable_marking()->set_sensitive(false);
    return event;
  }
  /// Publishes a breach, OFFICIAL, of a minute ago; its id, 16 bytes. What is due now fires.
  std::string Breach(const std::string& post) { return Breach(post, BreachOf(nominal)); }
  std::string Breach(const std::string& post, const stored::v1::Publish& event) {
    const std::string id = NextEventId();
    const Applied applied = Publish(event, post);
    EXPECT_EQ(applied.outcome, audit::Outcome::kApplied) << applied.sentence;
    Settle();
    return id;
  }
  /// One that its originator controls, and whose existence is not told: withheld from the chair.
  std::string SecretBreach(const std::string& post = kIntel) {
    stored::v1::Publish event = BreachOf(nominal);
    event.mutable_label()->set_originator_controlled(true);
    event.mutable_label()->mutable_marking()->set_sensitive(true);
    return Breach(post, event);
  }
  void Settle() {
    for (int i = 0; i < 64 && NextDeadlineMs(state) <= now_ms; ++i) PassAndPulse(0);
  }

  Applied Withdraw(const std::string& id, const std::string& post,
                   v1::WithdrawalReason reason = v1::WITHDRAWAL_REASON_INACCURATE) {
    stored::v1::WithdrawEvent command;
    command.set_event_id(id);
    command.set_reason(reason);
    const Applied applied =
        Say(Why(System(post)), stored::v1::COMMAND_NUMBER_WITHDRAW_EVENT, command);
    Settle();
    return applied;
  }
  static stored::v1::Actor Why(stored::v1::Actor actor) {
    actor.set_purpose("public-protection");
    return actor;
  }

  stored::v1::EventRow RowOf(const std::string& id) const {
    return *state.Find<stored::v1::EventRow>(EventKey(id));
  }
  /// The composites about a nominal, in the order of the ledger, also those that were withdrawn.
  std::vector<stored::v1::EventRow> Composites(const std::string& whom) const {
    std::vector<stored::v1::EventRow> rows;
    for (const auto& [key, id] : state.Scan(CompositeKey(whom, "breaches"), 64)) {
      rows.push_back(RowOf(id));
    }
    return rows;
  }
  std::vector<stored::v1::EventRow> Composites() const { return Composites(nominal); }
  /// Ids of members that stand.
  static std::vector<std::string> MembersOf(const stored::v1::EventRow& row) {
    std::vector<std::string> ids;
    for (const stored::v1::CompositeMember& each : row.composite().members()) {
      if (!each.left()) ids.push_back(each.event_id());
    }
    return ids;
  }
  /// What was decided last of an event for a post.
  std::optional<stored::v1::DecisionDetail> Decided(const std::string& id,
                                                    const std::string& post) const {
    for (std::size_t position = records.size(); position > 0; --position) {
      for (const stored::v1::Detail& each : Details(position)) {
        if (each.decision().event_id() == id && each.decision().post() == post) {
          return each.decision();
        }
      }
    }
    return std::nullopt;
  }
  /// Changes of composites that records after `position` remember.
  std::vector<stored::v1::CompositeDetail> ChangesSince(std::size_t position) const {
    std::vector<stored::v1::CompositeDetail> changes;
    while (position++ < records.size()) {
      for (const stored::v1::Detail& each : Details(position)) {
        if (each.has_composite()) changes.push_back(each.composite());
      }
    }
    return changes;
  }
  /// What lies let go in a post's inbox of an event.
  std::vector<stored::v1::ItemRow> Held(const std::string& post, const std::string& id) const {
    std::vector<stored::v1::ItemRow> items;
    for (const auto& [sequence, item] : Released(post, kLane)) {
      if (item.event_id() == id) items.push_back(item);
    }
    return items;
  }

  std::string nominal = Register(1);
  std::string case_id = OpenCase(
      nominal, {{kChair, v1::SEAT_KIND_CHAIR}, {kMember, v1::SEAT_KIND_MEMBER}}, kAccountable);
};

/// A world in which three breaches may make one, and what every test of that says.
class Composing : public testing::Test {
 protected:
  static constexpr const char* kChair = CompositeWorld::kChair;
  static constexpr const char* kAccountable = CompositeWorld::kAccountable;
  static constexpr const char* kPrison = CompositeWorld::kPrison;
  static constexpr const char* kKeeper = CompositeWorld::kKeeper;
  static constexpr const char* kIntel = CompositeWorld::kIntel;

  void ExpectReplays() const {
    EXPECT_EQ(Replay(world_.records).Digest().Hex(), world_.state.Digest().Hex()) << "P8";
  }
  std::string MakeOne() {
    one_ = world_.Breach(kPrison);
    two_ = world_.Breach(kPrison);
    three_ = world_.Breach(kKeeper);
    return world_.Composites().at(0).publish().event_id();
  }

  CompositeWorld world_;
  std::string one_, two_, three_;
};

}  // namespace tearline::machine
