#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "broker/crypto/digest.h"
#include "broker/machine/machine.h"
#include "broker/machine/rows.h"
#include "tests/machine/request_world.h"

namespace tearline::machine {

/// police/checks sits on the panel, is answerable for the person and must read what comes. It
/// retires, and police/new-checks does its work from then on. health/safeguarding publishes.
struct TakenUp : testing::Test {
  static constexpr char kNew[] = "police/new-checks";
  static constexpr v1::Urgency kLane = v1::URGENCY_URGENT;
  static constexpr const char* kChecks = RequestWorld::kChecks;
  static constexpr const char* kHealth = RequestWorld::kHealth;

  TakenUp() {
    stored::v1::SeatPost seat;
    seat.set_case_id(world_.case_id);
    seat.mutable_seat()->set_post(kChecks);
    seat.mutable_seat()->set_kind(v1::SEAT_KIND_MEMBER);
    stored::v1::NameAccountable name;
    name.set_case_id(world_.case_id);
    name.set_post(kChecks);
    stored::v1::Actor clerk = World::System("probation/coordinator");
    EXPECT_EQ(world_.Say(clerk, stored::v1::COMMAND_NUMBER_SEAT_POST, seat).sentence, "");
    EXPECT_EQ(world_.Say(clerk, stored::v1::COMMAND_NUMBER_NAME_ACCOUNTABLE, name).sentence, "");
    checks_ = Known(kChecks);
    Admit("new-checks-holder", v1::MEMBER_KIND_PERSON);
    Admit("new-checks-system", v1::MEMBER_KIND_SERVICE);
    Pulse();
  }
  void TearDown() override {
    EXPECT_EQ(Replay(world_.records).Digest().Hex(), world_.state.Digest().Hex());
  }

  void Admit(const std::string& name, v1::MemberKind kind, const std::string& agency = "police") {
    stored::v1::AdmitMember command;
    command.mutable_member()->set_agency(agency);
    command.mutable_member()->set_member(name);
    command.mutable_member()->set_kind(kind);
    EXPECT_EQ(
        world_.Say(World::System("desk/operator"), stored::v1::COMMAND_NUMBER_ADMIT_MEMBER, command)
            .sentence,
        "");
  }
  v1::Post Known(const std::string& post) const {
    return world_.state.Find<stored::v1::PostRow>(PostKey(post))->post();
  }
  void Set(const v1::Post& post) {
    stored::v1::SetPost command;
    *command.mutable_post() = post;
    ASSERT_EQ(
        world_.Say(World::System("desk/operator"), stored::v1::COMMAND_NUMBER_SET_POST, command)
            .sentence,
        "");
    Pulse();
  }
  void Retire(v1::Post post) {
    post.clear_holder();
    post.clear_deputy();
    post.clear_services();
    Set(post);
  }
  v1::Post New() const {
    v1::Post post = Known(kChecks);
    post.set_post(kNew);
    post.set_holder("new-checks-holder");
    post.clear_deputy();
    post.clear_services();
    post.add_services("new-checks-system");
    return post;
  }
  /// police/new-checks is there, and answers for nothing yet.
  void SetIdle() {
    v1::Post idle = New();
    idle.clear_capabilities();
    Set(idle);
  }
  /// By health/safeguarding, which comes to write policy; approved by another.
  void PutInForce(const std::string& policy_text) {
    v1::Post author = Known(kHealth);
    author.add_roles(v1::POST_ROLE_POLICY_AUTHOR);
    Set(author);
    world_.behaviour_version = kPoliciesTestedFrom - 1;
    stored::v1::ProposePolicy propose;
    propose.set_policy_text(policy_text);
    EXPECT_EQ(
        world_.Say(World::System(kHealth), stored::v1::COMMAND_NUMBER_PROPOSE_POLICY, propose)
            .outcome,
        audit::Outcome::kApplied);
    stored::v1::ApprovePolicy approve;
    approve.set_policy_digest(crypto::Sha256(policy_text).Bytes());
    EXPECT_EQ(world_
                  .Say(World::System("desk/governance"),
                       stored::v1::COMMAND_NUMBER_APPROVE_POLICY, approve)
                  .outcome,
              audit::Outcome::kApplied);
    world_.behaviour_version = kBehaviourVersion;
  }
  /// What pulses carry on is carried to its end.
  void Pulse() {
    for (int i = 0; i < 6; ++i) world_.PassAndPulse(0);
  }
  std::string Tell() {
    std::string id = world_.NextEventId();
    EXPECT_EQ(world_.Publish(world_.Event(world_.nominal), kHealth).sentence, "");
    return id;
  }
  /// What lies let go in a post's inbox: "full late", "full".
  std::vector<std::string> Inbox(const std::string& post) {
    session_ = world_.OpenSession(post, 1000);
    std::vector<std::string> words;
    for (const auto& [sequence, item] : world_.Released(post, kLane)) {
      if (item.kind() != stored::v1::ITEM_KIND_EVENT) continue;
      words.push_back(std::string(item.level() == v1::LEVEL_FULL ? "full" : "less") +
                      (item.late() ? " late" : ""));
    }
    return words;
  }
  /// How many events each post must still read.
  std::map<std::string, int> MustRead() const {
    std::map<std::string, int> reads;
    for (const auto& [id, row] : world_.OpenObligations()) {
      reads[row.debtor_post()] += row.type() == v1::OBLIGATION_TYPE_READ ? 1 : 0;
    }
    std::erase_if(reads, [](const auto& each) { return each.second == 0; });
    return reads;
  }
  Applied Read(const std::string& post, std::uint64_t sequence) {
    stored::v1::ReadItem read;
    read.set_feed(post);
    read.set_lane(kLane);
    read.set_sequence(sequence);
    return world_.Say(World::Holder(post), stored::v1::COMMAND_NUMBER_READ, read);
  }
  /// How often any leaf says `what` of a post.
  int Said(const std::string& what, const std::string& name) const {
    int times = 0;
    for (model::Position at = 1; at <= world_.records.size(); ++at) {
      for (const stored::v1::Detail& detail : world_.Details(at)) {
        times += detail.changed().what() == what && detail.changed().name() == name ? 1 : 0;
      }
    }
    return times;
  }

  /// How often whoever publishes heard that the access of police/new-checks has changed.
  int OriginatorHeard() {
    world_.OpenSession(kHealth);
    int told = 0;
    for (const v1::Urgency lane :
         {v1::URGENCY_IMMEDIATE, v1::URGENCY_URGENT, v1::URGENCY_ROUTINE}) {
      for (const auto& [sequence, item] : world_.Released(kHealth, lane)) {
        told += item.kind() == stored::v1::ITEM_KIND_ACCESS_CHANGED && item.other_post() == kNew
                    ? 1
                    : 0;
      }
    }
    return told;
  }

  bool Has(const std::string& post, const std::string& event_id) const {
    return world_.state.Get(ItemOfKey(post, event_id)).has_value();
  }

  RequestWorld world_;
  v1::Post checks_;  ///< As it was while it was held.
  std::string session_;
};

}  // namespace tearline::machine
