#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "broker/machine/rows.h"
#include "tests/machine/wishing_world.h"

namespace tearline::machine {

/// One person's panel, probation/chair and police/panel, under policies that change.
class Raising : public testing::Test {
 protected:
  static constexpr char kChair[] = "probation/chair";
  static constexpr char kPanel[] = "police/panel";
  static constexpr v1::Urgency kUrgent = v1::URGENCY_URGENT;

  static std::string Policy(const std::string& id, const std::string& rules) {
    return "id: '" + id + "' version: 2\n" + rules;
  }
  static std::string Grant(const std::string& id, const std::string& level,
                           const std::string& when) {
    return "rules { id: '" + id + "' kind: RULE_KIND_GRANT level: LEVEL_" + level +
           " reason: RULE_REASON_NEED_TO_KNOW when { " + when + " } }\n";
  }
  static std::string Duty(const std::string& id, const std::string& level,
                          const std::string& when) {
    return "rules { id: '" + id + "' kind: RULE_KIND_DUTY level: LEVEL_" + level +
           " reason: RULE_REASON_PANEL_MUST_KNOW when { " + when +
           " } oblige_if_unmet { type: OBLIGATION_TYPE_SANITISE_OR_REVIEW within: '4h' } }\n";
  }
  inline static const std::string kChairSeat = "recipient { seat: SEAT_KIND_CHAIR }";
  inline static const std::string kMemberSeat = "recipient { seat: SEAT_KIND_MEMBER }";
  inline static const std::string kEducation = "recipient { agency_kind: AGENCY_KIND_EDUCATION }";

  /// Chairs are told all, members nothing.
  inline static const std::string kChairsAlone = Policy("chairs", Grant("G1", "FULL", kChairSeat));

  Raising() {
    world_.PutInForce(kChairsAlone);
    nominal_ = world_.Register(1);
    case_ = world_.OpenCase(nominal_,
                            {{kChair, v1::SEAT_KIND_CHAIR}, {kPanel, v1::SEAT_KIND_MEMBER}});
  }

  /// Into force by a record of today's version; what it was proposed by is older, for it has no
  /// tests.
  void Approve(const std::string& text) {
    world_.behaviour_version = kPoliciesTestedFrom - 1;
    stored::v1::ProposePolicy propose;
    propose.set_policy_text(text);
    ASSERT_EQ(world_
                  .Say(World::System("desk/author"), stored::v1::COMMAND_NUMBER_PROPOSE_POLICY,
                       propose)
                  .sentence,
              "");
    world_.behaviour_version = version_;
    ASSERT_EQ(world_.NoteSimulation(text).sentence, "");
    stored::v1::ApprovePolicy approve;
    approve.set_policy_digest(crypto::Sha256(text).Bytes());
    ASSERT_EQ(world_
                  .Say(World::System("desk/governance"),
                       stored::v1::COMMAND_NUMBER_APPROVE_POLICY, approve)
                  .sentence,
              "");
  }
  std::vector<std::string> Tell(int count, v1::Urgency lane = kUrgent) {
    std::vector<std::string> events;
    for (int i = 0; i < count; ++i) events.push_back(world_.Tell(nominal_, lane));
    return events;
  }
  /// Whose existence may be told: a pointer can be given.
  std::string TellPointed() {
    stored::v1::Publish event = world_.Event(nominal_);
    event.mutable_label()->set_existence_may_be_told(true);
    event.mutable_label()->set_pointer_post("ct-police/intel");
    const std::string id = world_.NextEventId();
    world_.last = world_.Publish(event);
    return id;
  }
  bool IsDue() const { return NextDeadlineMs(world_.state) <= world_.now_ms; }
  /// How many pulses it took.
  int PulseUntilThrough() {
    int pulses = 0;
    for (; IsDue() && pulses < 100; ++pulses) world_.PassAndPulse(0);
    return pulses;
  }
  void ExpectReplays() const {
    EXPECT_EQ(Replay(world_.records).Digest().Hex(), world_.state.Digest().Hex());
  }

  WishingWorld world_;
  std::string nominal_;
  std::string case_;
  std::uint16_t version_ = kBehaviourVersion;
};

}  // namespace tearline::machine
