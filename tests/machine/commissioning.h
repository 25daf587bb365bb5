#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "broker/machine/obligation.h"
#include "broker/machine/rows.h"
#include "tests/machine/world.h"

namespace tearline::machine {

/// The policy of every world, and what a report's writer may and must be told of security reports.
inline std::string PolicyOfWriters() {
  stored::v1::Genesis genesis;
  EXPECT_TRUE(genesis.ParseFromString(World().records.front().header.command_bytes));
  return genesis.policy_text() + R"(
rules { id: "W1" kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW
  when { event { event_type: "security." }
         recipient { case_function: CASE_FUNCTION_REPORT_WRITER } } }
rules { id: "W2" kind: RULE_KIND_DUTY level: LEVEL_TEAR_LINE reason: RULE_REASON_NEED_TO_KNOW
  when { event { event_type: "security." }
         recipient { case_function: CASE_FUNCTION_REPORT_WRITER } }
  oblige { type: OBLIGATION_TYPE_READ within: "9d" }
  oblige_if_unmet { type: OBLIGATION_TYPE_SANITISE_OR_REVIEW
                    within: "5d" escalate_every: "2d" } })";
}

inline stored::v1::Genesis WithWriters() {
  stored::v1::Genesis genesis;
  EXPECT_TRUE(genesis.ParseFromString(World().records.front().header.command_bytes));
  genesis.set_policy_text(PolicyOfWriters());
  return genesis;
}

/// A case with a chair and a member, of a person about whom ct-police/intel makes reports; four
/// weeks for a report by the prison's security department, which has no seat.
class Commissioning : public testing::Test {
 protected:
  static constexpr char kWriter[] = "prison/security";
  static constexpr char kChair[] = "probation/chair";
  static constexpr char kOwner[] = "ct-police/intel";
  static constexpr v1::Urgency kUrgent = v1::URGENCY_URGENT;
  static constexpr std::int64_t kDayMs = 24 * kHourMs;

  static stored::v1::Actor Why(stored::v1::Actor actor) {
    actor.set_purpose("public-protection");
    return actor;
  }
  stored::v1::CommissionReport Asked(std::int64_t lasts_ms = 28 * kDayMs) const {
    stored::v1::CommissionReport command;
    command.set_case_id(case_);
    command.set_writer_post(kWriter);
    command.set_occurred_from_ms(world_.now_ms - 730 * kDayMs);
    command.set_until_ms(world_.now_ms + lasts_ms);
    command.set_hearing_ms(world_.now_ms + lasts_ms + 7 * kDayMs);
    return command;
  }
  stored::v1::CommissionReport Ending() const {
    stored::v1::CommissionReport command;
    command.set_case_id(case_);
    command.set_writer_post(kWriter);
    command.set_end(true);
    return command;
  }
  Applied Say(const stored::v1::CommissionReport& command, const std::string& post = kChair) {
    return world_.Say(Why(World::System(post)), stored::v1::COMMAND_NUMBER_COMMISSION_REPORT,
                      command);
  }
  v1::ErrorReason Refused(const stored::v1::CommissionReport& command,
                          const std::string& post = kChair) {
    return Say(command, post).reason;
  }
  /// Commissions it; what was recorded comes.
  void Begin(std::int64_t lasts_ms = 28 * kDayMs) {
    ASSERT_EQ(Say(Asked(lasts_ms)).sentence, "");
    Settle();
  }
  /// Publishes a security report; its id, 16 bytes.
  std::string Tell(std::int64_t ago_ms = 60'000, bool controlled = false) {
    stored::v1::Publish event = world_.Event(nominal_);
    event.set_event_type("security.report.submitted");
    event.set_occurred_ms(world_.now_ms - ago_ms);
    event.mutable_label()->set_originator_controlled(controlled);
    const std::string id = world_.NextEventId();
    EXPECT_EQ(world_.Publish(event, kOwner).sentence, "");
    return id;
  }
  std::string Withhold() { return Tell(60'000, /*controlled=*/true); }
  void Settle() {
    for (int i = 0; i < 64 && NextDeadlineMs(world_.state) <= world_.now_ms; ++i) {
      world_.PassAndPulse(0);
    }
  }
  void Pass(std::int64_t milliseconds) {
    world_.PassAndPulse(milliseconds);
    Settle();
  }
  /// What is owed to the writer, by its debtor.
  std::map<std::string, stored::v1::ObligationRow> OwedToWriter() const {
    std::map<std::string, stored::v1::ObligationRow> owed;
    for (const auto& [id, row] : world_.OpenObligations()) {
      const auto& posts = row.owed_posts();
      if (std::find(posts.begin(), posts.end(), kWriter) != posts.end() &&
          row.type() == v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW) {
        owed[row.debtor_post()] = row;
      }
    }
    return owed;
  }
  bool OwesAnything(const std::string& post) const {
    for (const auto& [id, row] : world_.OpenObligations()) {
      if (row.debtor_post() == post) return true;
    }
    return false;
  }
  std::vector<std::string> Out() const {
    std::vector<std::string> events;
    for (const auto& [number, item] : world_.Released(kWriter, kUrgent)) {
      if (item.kind() == stored::v1::ITEM_KIND_EVENT) events.push_back(item.event_id());
    }
    return events;
  }
  v1::Case Case() const { return world_.state.Find<stored::v1::CaseRow>(CaseKey(case_))->case_(); }
  void ExpectReplays() const {
    EXPECT_EQ(Replay(world_.records).Digest().Hex(), world_.state.Digest().Hex());
  }

  World world_{WithWriters()};
  std::string nominal_ = world_.Register(1);
  std::string case_ = world_.OpenCase(
      nominal_, {{kChair, v1::SEAT_KIND_CHAIR}, {"police/panel", v1::SEAT_KIND_MEMBER}},
      "ct-police/accountable");
};

}  // namespace tearline::machine
