#include "clients/cli/show_pending.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <string>

namespace tearline::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::TextFormat;
using testing::HasSubstr;

// Read each row as: "what waits so is shown so".
struct Row {
  const char* waits;
  const char* shown;
};

constexpr Row kRows[] = {
    {"admit_agency { agency: 'housing' kind: AGENCY_KIND_HOUSING area: 'north' publishes_for: 'a' "
     "publishes_for: 'b' signatures_required: true }",
     "housing as housing in north, publishing for a,b, signatures required"},
    {"set_post { post: 'desk/second' roles: POST_ROLE_OPERATOR roles: POST_ROLE_AUDITOR "
     "holder: 'a' deputy: 'b' services: 'c' escalates_to: 'desk/first' areas: 'north' "
     "capabilities: CAPABILITY_HOUSING clearance { tier: TIER_OFFICIAL sensitive: true } }",
     "desk/second as operator,auditor, held by a, deputy b, served by c, escalates to desk/first, "
     "cleared for official-sensitive, audits north, answers for housing"},
    {"set_post { post: 'desk/second' roles: POST_ROLE_OPERATOR }",
     "desk/second as operator, vacant"},
    {"set_suspension { agency: 'desk' }", "lift desk"},
    {"set_suspension { agency: 'desk' member: 'clerk' suspended: true }", "suspend desk/clerk"},
    {"link_nominal_id: 'nom_1'", "nom_1"},
    {"open_case { nominal_id: 'nom_1' category: MAPPA_CATEGORY_2 level: MAPPA_LEVEL_3 "
     "lead_agency: 'police' area: 'north' supervising_post: 'p/s' accountable_post: 'p/a' }",
     "nom_1 at category 2, level 3, led by police in north, supervised by p/s, answered for by "
     "p/a"},
    {"open_case { case_id: 'case_1' category: MAPPA_CATEGORY_2 level: MAPPA_LEVEL_3 }",
     "case_1 to category 2, level 3"},
    {"open_case { case_id: 'case_1' named_posts { post: 'p/d' "
     "function: CASE_FUNCTION_POLICE_OF_HOME } }",
     "p/d as police-of-home of case_1"},
    {"open_case { case_id: 'case_1' named_posts { post: 'p/w' "
     "function: CASE_FUNCTION_REPORT_WRITER until { seconds: 86400 } hearing_at { seconds: 172800 "
     "} occurred_from { seconds: 60 } } }",
     "p/w as report-writer of case_1 until 1970-01-02T00:00:00Z, for the hearing of "
     "1970-01-03T00:00:00Z, of what occurred from 1970-01-01T00:01:00Z"},
    {"seat_post { case_id: 'case_1' seat { post: 'p/c' kind: SEAT_KIND_CHAIR "
     "history_from { seconds: 60 } substitute_post: 'p/e' } }",
     "p/c as chair of case_1, of what was recorded from 1970-01-01T00:01:00Z, else p/e"},
    {"name_accountable { case_id: 'case_1' post: 'p/a' }", "p/a for case_1"},
    {"erase_nominal_id: 'nom_1'", "nom_1"},
    {"merge_nominals { removed_id: 'nom_1' surviving_id: 'nom_2' }", "nom_1 into nom_2"},
    {"unmerge_nominal_id: 'nom_1'", "nom_1"},
    {"enrol_signing_key { agency: 'p' key_id: '0123456789abcdef' valid_until { seconds: 60 } }",
     "p 0123456789ab until 1970-01-01T00:01:00Z"},
    {"move_booking { from_id: 'nom_1' to_id: 'nom_2' occurred_from { seconds: 60 } "
     "occurred_until { seconds: 120 } agency: 'p' reason: BOOKING_MOVE_REASON_SECOND_RECORD }",
     "booking of nom_1 to nom_2 of p, occurred from 1970-01-01T00:01:00Z, occurred before "
     "1970-01-01T00:02:00Z, second-record"},
    {"change_case { case_id: 'case_1' lead_agency: 'p' area: 'north' supervising_post: 'p/s' }",
     "case_1, to be led by p, in north, supervised by p/s"},
    {"change_case { case_id: 'case_1' unsupervised: true }", "case_1, supervised by nobody"},
    {"limit_access { nominal_id: 'nom_1' excluded: 'a' excluded: 'b/c' }", "nom_1 without a,b/c"},
    {"limit_access { nominal_id: 'nom_1' only: 'a' }", "nom_1 for nobody but a"},
    {"limit_access { nominal_id: 'nom_1' }", "nom_1 for all"},
    {"declare_conflict { nominal_id: 'nom_1' post: 'p/c' withdrawn: true }",
     "p/c no more in conflict with nom_1"},
    {"declare_conflict { nominal_id: 'nom_1' post: 'p/c' }", "p/c in conflict with nom_1"},
    {"set_supervisor { nominal_id: 'nom_1' post: 'p/s' }", "nom_1 supervised by p/s"},
    {"set_supervisor { nominal_id: 'nom_1' }", "nom_1 supervised by nobody"},
    {"decide_disclosure { case_id: 'case_1' third_party: THIRD_PARTY_SCHOOL "
     "decision: DISCLOSURE_DECISION_DISCLOSE matters: DISCLOSED_MATTER_RISK "
     "matters: DISCLOSED_MATTER_IDENTITY event_ids: 'ev_1' }",
     "disclose to school: risk,identity of case_1, resting on ev_1"},
};

v1::PendingCommand Waiting(const std::string& text) {
  v1::PendingCommand waiting;
  EXPECT_TRUE(TextFormat::ParseFromString(text, &waiting)) << text;
  return waiting;
}

TEST(ShowPending, SaysAllThatItChanges) {
  for (const Row& row : kRows) EXPECT_EQ(PendingText(Waiting(row.waits)), row.shown) << row.waits;
}

/// Gives every text within a message a word of its own.
void Fill(Message& message, int& words) {
  const auto& reflection = *message.GetReflection();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor& field = *message.GetDescriptor()->field(i);
    if (field.type() != FieldDescriptor::TYPE_STRING) continue;
    const std::string word = "word-" + std::to_string(++words) + ".";
    if (field.is_repeated()) {
      reflection.AddString(&message, &field, word);
    } else {
      reflection.SetString(&message, &field, word);
    }
  }
}

/// Whatever can be asked is shown: the next form there is of it cannot be forgotten.
TEST(ShowPending, LeavesNothingOutThatCanBeAsked) {
  const auto& asks = *v1::PendingCommand::descriptor()->FindOneofByName("asks");
  for (int i = 0; i < asks.field_count(); ++i) {
    const FieldDescriptor& field = *asks.field(i);
    v1::PendingCommand waiting;
    int words = 0;
    if (field.type() == FieldDescriptor::TYPE_MESSAGE) {
      Fill(*waiting.GetReflection()->MutableMessage(&waiting, &field), words);
    } else {
      waiting.GetReflection()->SetString(&waiting, &field, "word-1.");
      words = 1;
    }
    const std::string shown = PendingText(waiting);
    EXPECT_NE(shown, "") << field.name();
    // Of a case that is opened, its id is not known yet; of a key, its id is shown in part.
    if (field.name() == "open_case" || field.name() == "enrol_signing_key") continue;
    for (int word = 1; word <= words; ++word) {
      EXPECT_THAT(shown, HasSubstr("word-" + std::to_string(word) + ".")) << field.name();
    }
  }
}

}  // namespace
}  // namespace tearline::cli
