#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "broker/machine/identity.h"
#include "broker/machine/rows.h"
#include "tests/machine/wishing_world.h"

namespace tearline::machine {

inline constexpr char kChair[] = "probation/chair";
inline constexpr v1::Urgency kUrgent = v1::URGENCY_URGENT;
/// Panels may see all, but whom a person's limits keep out.
inline constexpr char kKeepingOut[] = R"(id: "kept-out" version: 2
rules { id: "G1" kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW
  when { recipient { on_panel: true } } }
rules { id: "A1" kind: RULE_KIND_CAP_ABSOLUTE level: LEVEL_WITHHELD
  reason: RULE_REASON_ACCESS_LIMITED when { recipient { excluded: true } } })";

/// Two nominals: one with a case in whose chair probation/chair sits, and another. Everything but
/// what a test says is said by police/coordinator, to whom no merge of these two shows anything.
class Merging : public testing::Test {
 protected:
  stored::v1::Actor Why(stored::v1::Actor actor) const {
    actor.set_purpose("public-protection");
    return actor;
  }
  Applied Merge(const std::string& removed, const std::string& surviving,
                const std::string& post = "police/coordinator") {
    stored::v1::MergeNominals command;
    command.set_removed_id(removed);
    command.set_surviving_id(surviving);
    return world_.Say(Why(World::System(post)), stored::v1::COMMAND_NUMBER_MERGE_NOMINALS, command);
  }
  Applied Unmerge(const std::string& removed, const std::string& post = "police/coordinator") {
    stored::v1::UnmergeNominals command;
    command.set_removed_id(removed);
    return world_.Say(Why(World::System(post)), stored::v1::COMMAND_NUMBER_UNMERGE_NOMINALS,
                      command);
  }
  void Settle() {
    for (int i = 0; i < 8 && NextDeadlineMs(world_.state) <= world_.now_ms; ++i) {
      world_.PassAndPulse(0);
    }
  }
  std::string Resolve(int number, const std::string& post = "police/coordinator") {
    stored::v1::ResolveNominal command;
    *command.mutable_identifier() = World::Number(number);
    return world_.Say(Why(World::System(post)), stored::v1::COMMAND_NUMBER_RESOLVE_NOMINAL, command)
        .made_id;
  }
  void KeepOut(const std::string& nominal, const std::string& post) {
    stored::v1::LimitAccess limit;
    limit.set_nominal_id(nominal);
    limit.add_excluded(post);
    ASSERT_EQ(world_
                  .Say(Why(World::System("police/coordinator")),
                       stored::v1::COMMAND_NUMBER_LIMIT_ACCESS, limit)
                  .outcome,
              audit::Outcome::kApplied);
  }
  void Confirm(const Applied& asked) {
    stored::v1::SecondHand second;
    second.set_pending_id(model::PendingId::Parse(asked.made_id)->Bytes());
    const Applied applied = world_.Say(Why(World::System("desk/governance")),
                                       stored::v1::COMMAND_NUMBER_SECOND_HAND, second);
    ASSERT_EQ(applied.outcome, audit::Outcome::kApplied) << applied.sentence;
  }
  std::vector<stored::v1::ItemRow> ToldOfAccess(const std::string& post) const {
    std::vector<stored::v1::ItemRow> told;
    for (const auto& [number, item] : world_.Released(post, v1::URGENCY_ROUTINE)) {
      if (item.kind() == stored::v1::ITEM_KIND_ACCESS_CHANGED) told.push_back(item);
    }
    return told;
  }
  std::vector<std::string> OutEvents(const std::string& post) const {
    std::vector<std::string> events;
    for (const auto& [number, item] : world_.Released(post, kUrgent)) {
      if (item.kind() == stored::v1::ITEM_KIND_EVENT) events.push_back(item.event_id());
    }
    return events;
  }
  std::optional<stored::v1::ObligationRow> Review() const {
    for (const auto& [id, row] : world_.OpenObligations()) {
      if (row.type() == v1::OBLIGATION_TYPE_REVIEW_UNMERGE) return row;
    }
    return std::nullopt;
  }
  void ExpectReplays() const {
    EXPECT_EQ(Replay(world_.records).Digest().Hex(), world_.state.Digest().Hex()) << "P8";
  }
  static std::string Text(const std::string& id) { return model::NominalId::FromBytes(id)->Text(); }

  WishingWorld world_;
  std::string known_ = world_.Register(1);
  std::string other_ = world_.Register(2);
  std::string case_ = world_.OpenCase(known_, {{kChair, v1::SEAT_KIND_CHAIR}});
};

}  // namespace tearline::machine
