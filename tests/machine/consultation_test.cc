#include "broker/machine/consultation.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "broker/machine/rows.h"
#include "broker/model/limits.h"
#include "tests/machine/world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

constexpr char kAuditor[] = "board/board";
constexpr char kFeed[] = "ct-police/feed";

class Consultation : public testing::Test {
 protected:
  Consultation() {
    SetPost set;
    *set.mutable_post() = world_.state.Find<PostRow>(PostKey(kAuditor))->post();
    set.mutable_post()->add_roles(v1::POST_ROLE_AUDITOR);
    world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, set);
    SetPost feed;
    feed.mutable_post()->set_post(kFeed);
    feed.mutable_post()->add_roles(v1::POST_ROLE_INTAKE);
    feed.mutable_post()->add_services("intel-system");
    feed.mutable_post()->mutable_clearance()->set_tier(v1::TIER_OFFICIAL);
    world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, feed);
    event_ = world_.NextEventId();
    world_.Publish(world_.Event(nominal_));
  }

  /// A question of that kind, with all that belongs to it.
  Consult Of(ConsultationKind kind) const {
    Consult command;
    command.set_kind(kind);
    if (kind == CONSULTATION_KIND_WHO_WAS_TOLD || kind == CONSULTATION_KIND_DECISION ||
        kind == CONSULTATION_KIND_ITEM || kind == CONSULTATION_KIND_RECEIVERS) {
      command.set_event_id(event_);
    }
    if (kind == CONSULTATION_KIND_DECISION) command.set_post("probation/chair");
    if (IsOfACase(kind)) {
      command.set_case_id(case_);
      command.set_nominal_id(nominal_);
    }
    if (kind == CONSULTATION_KIND_LEAVES || kind == CONSULTATION_KIND_REPLAY) {
      command.set_end_leaf(3);
    }
    if (IsOfACase(kind) && kind != CONSULTATION_KIND_CASE) command.set_end_leaf(3);
    if (kind == CONSULTATION_KIND_WHO_WAS_NOT_TOLD || kind == CONSULTATION_KIND_RECEIPTS ||
        kind == CONSULTATION_KIND_LEVEL_FACT) {
      command.set_event_id(event_);
    }
    if (kind == CONSULTATION_KIND_WHO_LOOKED || kind == CONSULTATION_KIND_KNOWN_AT ||
        kind == CONSULTATION_KIND_NOMINAL) {
      command.set_nominal_id(nominal_);
    }
    if (kind == CONSULTATION_KIND_KNOWN_AT || kind == CONSULTATION_KIND_OPEN_OBLIGATIONS) {
      command.set_at_ms(world_.now_ms);
    }
    return command;
  }
  static bool IsOfACase(int kind) {
    return kind == CONSULTATION_KIND_CASE || kind == CONSULTATION_KIND_CASE_FEED ||
           kind == CONSULTATION_KIND_CASE_PACK;
  }
  v1::ErrorReason Check(const Consult& command, const std::string& post) const {
    return ReasonOf(CheckConsult(command, World::System(post), world_.state));
  }

  World world_;
  std::string nominal_ = world_.Register(1);
  std::string case_ = world_.OpenCase(nominal_, {{"probation/chair", v1::SEAT_KIND_CHAIR}});
  std::string event_;
};

constexpr v1::ErrorReason kAllowed = v1::ERROR_REASON_UNSPECIFIED;
constexpr v1::ErrorReason kNotPermitted = v1::ERROR_REASON_NOT_PERMITTED;
constexpr v1::ErrorReason kNotFound = v1::ERROR_REASON_NOT_FOUND;

// Read each row as: "<post> asks <kind>, and is answered <reason>".
TEST_F(Consultation, IsForWhomTheTableSays) {
  struct Row {
    ConsultationKind kind;
    const char* post;
    v1::ErrorReason reason;
  };
  const Row rows[] = {
      // kind                            post                     answer
      {CONSULTATION_KIND_WHO_WAS_TOLD, kAuditor, kAllowed},
      {CONSULTATION_KIND_WHO_WAS_TOLD, "ct-police/intel", kNotPermitted},
      {CONSULTATION_KIND_REPLAY, kAuditor, kAllowed},
      {CONSULTATION_KIND_REPLAY, "probation/chair", kNotPermitted},
      {CONSULTATION_KIND_WHO_WAS_TOLD, "probation/chair", kNotPermitted},
      {CONSULTATION_KIND_WITHHELD, kAuditor, kAllowed},
      {CONSULTATION_KIND_WITHHELD, "police/coordinator", kNotPermitted},
      {CONSULTATION_KIND_LEAVES, kAuditor, kAllowed},
      {CONSULTATION_KIND_LEAVES, "desk/operator", kNotPermitted},
      {CONSULTATION_KIND_WHO_WAS_NOT_TOLD, kAuditor, kAllowed},
      {CONSULTATION_KIND_WHO_WAS_NOT_TOLD, "ct-police/intel", kNotPermitted},
      {CONSULTATION_KIND_KNOWN_AT, kAuditor, kAllowed},
      {CONSULTATION_KIND_KNOWN_AT, "probation/chair", kNotPermitted},
      {CONSULTATION_KIND_WHO_LOOKED, kAuditor, kAllowed},
      {CONSULTATION_KIND_WHO_LOOKED, "probation/chair", kNotPermitted},
      {CONSULTATION_KIND_OPEN_OBLIGATIONS, kAuditor, kAllowed},
      {CONSULTATION_KIND_OPEN_OBLIGATIONS, "ct-police/accountable", kNotPermitted},
      {CONSULTATION_KIND_THEMES, kAuditor, kAllowed},
      {CONSULTATION_KIND_THEMES, "police/coordinator", kNotPermitted},
      {CONSULTATION_KIND_RECEIPTS, kAuditor, kAllowed},
      {CONSULTATION_KIND_DECISION, kAuditor, kAllowed},
      {CONSULTATION_KIND_DECISION, "ct-police/intel", kAllowed},         // answers for the event
      {CONSULTATION_KIND_DECISION, "ct-police/accountable", kNotFound},  // a colleague of theirs
      {CONSULTATION_KIND_DECISION, "probation/chair", kNotFound},        // it was told, but others'
      {CONSULTATION_KIND_BREAK_GLASS, kAuditor, kAllowed},
      {CONSULTATION_KIND_BREAK_GLASS, "desk/governance", kAllowed},  // reviews it
      {CONSULTATION_KIND_BREAK_GLASS, "police/coordinator", kNotPermitted},
      {CONSULTATION_KIND_RECEIVERS, kAuditor, kAllowed},
      {CONSULTATION_KIND_RECEIVERS, "ct-police/intel", kAllowed},  // may withdraw it
      {CONSULTATION_KIND_RECEIVERS, "probation/chair", kNotFound},
      {CONSULTATION_KIND_ITEM, "probation/chair", kAllowed},
      {CONSULTATION_KIND_ITEM, "education/guest", kAllowed},  // what it is told is another matter
      {CONSULTATION_KIND_CASE, "probation/chair", kAllowed},  // seated, and of the lead agency
      {CONSULTATION_KIND_CASE, "education/guest", kNotFound},
      {CONSULTATION_KIND_CASE, "prison/security", kNotFound},
      {CONSULTATION_KIND_CASE_FEED, "probation/chair", kAllowed},
      {CONSULTATION_KIND_CASE_FEED, "education/guest", kNotFound},
      {CONSULTATION_KIND_CASE_PACK, "probation/chair", kAllowed},
      {CONSULTATION_KIND_CASE_PACK, "prison/security", kNotFound},
      {CONSULTATION_KIND_HAND_OVER, "education/guest", kAllowed},             // of its own post
      {CONSULTATION_KIND_INFORMATION_REQUESTS, "education/guest", kAllowed},  // the same
      {CONSULTATION_KIND_NOMINAL, "probation/chair", kAllowed},
      {CONSULTATION_KIND_NOMINAL, "education/guest", kNotFound},
      {CONSULTATION_KIND_NOMINAL, kAuditor, kNotFound},  // numbers are content
      {CONSULTATION_KIND_POSTS, kAuditor, kAllowed},
      {CONSULTATION_KIND_POSTS, "desk/operator", kAllowed},  // mends what it says
      {CONSULTATION_KIND_POSTS, "police/coordinator", kNotPermitted},
      {CONSULTATION_KIND_LEVEL_FACT, kFeed, kAllowed},  // its own agency's event
      {CONSULTATION_KIND_LEVEL_FACT, "ct-police/intel", kNotFound},
      {CONSULTATION_KIND_PENDING, "education/guest", kAllowed},  // what it is shown
  };
  for (const Row& row : rows) {
    EXPECT_EQ(Check(Of(row.kind), row.post), row.reason)
        << ConsultationKind_Name(row.kind) << " by " << row.post;
  }
}

/// P6: whoever may not look can't tell what there is.
TEST_F(Consultation, WhatMayNotBeLookedAtAnswersLikeWhatIsNotThere) {
  for (const ConsultationKind kind :
       {CONSULTATION_KIND_DECISION, CONSULTATION_KIND_CASE, CONSULTATION_KIND_CASE_FEED,
        CONSULTATION_KIND_CASE_PACK, CONSULTATION_KIND_NOMINAL}) {
    const Consult there = Of(kind);
    Consult nowhere = there;
    if (kind == CONSULTATION_KIND_NOMINAL) nowhere.set_nominal_id(std::string(16, 'x'));
    if (!nowhere.event_id().empty()) nowhere.set_event_id(std::string(16, 'x'));
    if (!nowhere.case_id().empty()) nowhere.set_case_id(std::string(16, 'x'));
    const Actor stranger = World::System("education/guest");
    EXPECT_EQ(CheckConsult(there, stranger, world_.state),
              CheckConsult(nowhere, stranger, world_.state))
        << ConsultationKind_Name(kind);
  }
}

/// A hand-over names whom it was about: ids, rising, each once, as many as a record holds; nothing
/// else does.
TEST_F(Consultation, NamesWhomAHandOverWasAboutOnce) {
  const auto answer = [this](ConsultationKind kind, const std::vector<std::string>& ids) {
    Consult command = Of(kind);
    for (const std::string& id : ids) command.add_nominal_ids(id);
    return Check(command, kAuditor);
  };
  const std::string a(16, 'a');
  const std::string b(16, 'b');
  EXPECT_EQ(answer(CONSULTATION_KIND_HAND_OVER, {a, b}), kAllowed);
  EXPECT_EQ(answer(CONSULTATION_KIND_HAND_OVER, {b, a}), v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(answer(CONSULTATION_KIND_HAND_OVER, {a, a}), v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(answer(CONSULTATION_KIND_HAND_OVER, {"short"}), v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(answer(CONSULTATION_KIND_INFORMATION_REQUESTS, {a, b}), kAllowed);
  EXPECT_EQ(answer(CONSULTATION_KIND_PENDING, {a, b}), kAllowed);
  EXPECT_EQ(answer(CONSULTATION_KIND_POSTS, {a}), v1::ERROR_REASON_FIELD_INVALID);
  std::vector<std::string> many;
  for (std::size_t i = 0; i < model::kHandOverNominalsMax; ++i) {
    many.push_back(a.substr(2) + static_cast<char>(i / 128) + static_cast<char>(i % 128));
  }
  EXPECT_EQ(answer(CONSULTATION_KIND_HAND_OVER, many), kAllowed);
  many.push_back(b);
  EXPECT_EQ(answer(CONSULTATION_KIND_HAND_OVER, many), v1::ERROR_REASON_FIELD_INVALID);
}

/// Receipts are of an event, of a leaf, or of an obligation that the auditor may ask about.
TEST_F(Consultation, AnObligationIsForAuditorsOfItsArea) {
  stored::v1::Publish held = world_.Event(nominal_);
  held.mutable_label()->set_originator_controlled(true);
  world_.Publish(held);
  ASSERT_FALSE(world_.OpenObligations().empty());
  Consult command;
  command.set_kind(CONSULTATION_KIND_RECEIPTS);
  command.set_obligation_id(world_.OpenObligations().begin()->first);
  EXPECT_EQ(Check(command, kAuditor), kAllowed);
  EXPECT_EQ(Check(command, "probation/chair"), v1::ERROR_REASON_NOT_PERMITTED);
  Consult unknown = command;
  unknown.set_obligation_id(std::string(16, 'x'));
  EXPECT_EQ(Check(unknown, kAuditor), v1::ERROR_REASON_NOT_FOUND);
  SetPost set;
  *set.mutable_post() = world_.state.Find<PostRow>(PostKey(kAuditor))->post();
  set.mutable_post()->add_areas("nowhere");
  world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, set);
  EXPECT_EQ(Check(command, kAuditor), v1::ERROR_REASON_NOT_FOUND) << "as if it were not there";
}

TEST_F(Consultation, NamesWhatItsKindIsAboutAndNothingElse) {
  for (int number = ConsultationKind_MIN + 1; number <= ConsultationKind_MAX; ++number) {
    if (!ConsultationKind_IsValid(number)) continue;
    const Consult right = Of(static_cast<ConsultationKind>(number));
    const bool is_of_panel = IsOfACase(number) || number == CONSULTATION_KIND_NOMINAL;
    const char* asks = number == CONSULTATION_KIND_LEVEL_FACT ? kFeed : kAuditor;
    ASSERT_EQ(Check(right, is_of_panel ? "probation/chair" : asks), kAllowed) << number;
    const auto malformed = [&](const char* what, auto change) {
      Consult wrong = right;
      change(wrong);
      EXPECT_EQ(Check(wrong, kAuditor), v1::ERROR_REASON_FIELD_INVALID) << number << ' ' << what;
    };
    malformed("event", [](Consult& c) { c.set_event_id(c.event_id() + "x"); });
    malformed("case", [](Consult& c) { c.set_case_id(c.case_id() + "x"); });
    malformed("nominal", [](Consult& c) { c.set_nominal_id(c.nominal_id() + "x"); });
    malformed("post", [](Consult& c) { c.set_post(c.post() + "/"); });
    malformed("time", [](Consult& c) { c.set_at_ms(c.at_ms() == 0 ? 1 : 0); });
    malformed("agency", [](Consult& c) { c.set_agency("no agency's name"); });
    malformed("leaves", [](Consult& c) { c.set_first_leaf(c.end_leaf() + 1); });
    malformed("obligation", [](Consult& c) { c.set_obligation_id(std::string(16, 'o')); });
  }
  EXPECT_EQ(Check(Consult(), kAuditor), v1::ERROR_REASON_FIELD_INVALID);
  Consult unknown;
  unknown.set_kind(static_cast<ConsultationKind>(77));
  EXPECT_EQ(Check(unknown, kAuditor), v1::ERROR_REASON_FIELD_INVALID);
  Consult others_nominal = Of(CONSULTATION_KIND_CASE);
  others_nominal.set_nominal_id(world_.Register(2));
  EXPECT_EQ(Check(others_nominal, "probation/chair"), v1::ERROR_REASON_FIELD_INVALID);
}

}  // namespace
}  // namespace tearline::machine
