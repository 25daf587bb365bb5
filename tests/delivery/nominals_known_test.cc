#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "broker/delivery/build_delivery.h"
#include "broker/machine/feed_name.h"
#include "broker/machine/rows.h"
#include "broker/state/batch.h"
#include "tests/doubles/memory_state.h"

namespace tearline::delivery {
namespace {

constexpr std::int64_t kNowMs = 1'800'000'000'000;

std::string NominalA() { return std::string(16, 'a'); }
std::string NominalB() { return std::string(16, 'b'); }

std::string TextOf(const std::string& nominal) {
  return model::NominalId::FromBytes(nominal)->Text();
}

/// An event about both.
stored::v1::EventRow Event() {
  stored::v1::EventRow row;
  row.add_nominal_ids(NominalA());
  row.add_nominal_ids(NominalB());
  row.mutable_publish()->set_originating_agency("ct-police");
  return row;
}

/// Nominal A has a case: two seats, one out of reach with a substitute, an accountable and a
/// supervising post, and one named for a function. B has none; one post has broken the glass for B,
/// for another it has run out.
doubles::MemoryState StateWithCase() {
  doubles::MemoryState state;
  state::Batch batch(state);
  const std::string case_id(16, 'c');
  stored::v1::NominalRow nominal;
  nominal.set_case_id(case_id);
  batch.PutRow(machine::NominalKey(NominalA()), nominal);
  stored::v1::NominalRow opened;
  for (const auto& [post, until_ms] : {std::pair("prison/breaker", kNowMs + 1),
                                       std::pair("prison/too-late", kNowMs)}) {
    stored::v1::OpenGlass& glass = *opened.add_open_glass();
    glass.set_break_glass_id(std::string(16, 'g'));
    glass.set_post(post);
    glass.set_until_ms(until_ms);
  }
  batch.PutRow(machine::NominalKey(NominalB()), opened);
  stored::v1::LedgerRow ledger;
  ledger.set_last_stamp_ms(kNowMs);
  batch.PutRow(state::Key(state::Table::kLedger), ledger);
  stored::v1::CaseRow row;
  v1::Seat& seat = *row.mutable_case_()->add_seats();
  seat.set_post("police/panel");
  seat.set_kind(v1::SEAT_KIND_MEMBER);
  v1::Seat& away = *row.mutable_case_()->add_seats();
  away.set_post("health/ward");
  away.set_kind(v1::SEAT_KIND_MEMBER);
  away.set_substitute_post("health/night");
  row.mutable_case_()->mutable_seats(0)->set_substitute_post("police/night");
  stored::v1::PostRow out;
  out.mutable_post()->set_post("health/ward");
  out.set_out_of_reach(v1::RULE_REASON_RECIPIENT_SUSPENDED);
  batch.PutRow(machine::PostKey("health/ward"), out);
  stored::v1::PostRow night;
  night.mutable_post()->set_post("health/night");
  night.mutable_post()->set_holder("nurse");
  batch.PutRow(machine::PostKey("health/night"), night);
  v1::CasePost& named = *row.mutable_case_()->add_named_posts();
  named.set_post("police/home");
  named.set_function(v1::CASE_FUNCTION_POLICE_OF_HOME);
  row.mutable_case_()->set_accountable_post("police/accountable");
  row.mutable_case_()->set_supervising_post("probation/supervisor");
  row.mutable_case_()->set_lead_agency("probation");
  batch.PutRow(machine::CaseKey(nominal.case_id()), row);
  state.Commit(batch);
  return state;
}

TEST(NominalsKnown, NamesOnlyNominalsThePostHasToDoWith) {
  struct Knows {
    const char* post;
    bool a;
    bool b;
  };
  const Knows rows[] = {
      {"police/panel", true, false},          // seated
      {"police/accountable", true, false},    // accountable
      {"probation/supervisor", true, false},  // supervises
      {"police/home", true, false},           // named for a function: duties are owed to it
      {"health/night", true, false},          // stands in for a seat that is out of reach
      {"police/night", false, false},         // the seat it would stand in for is in reach
      {"prison/breaker", false, true},        // has broken the glass
      {"prison/too-late", false, false},      // its use has run out
      {"probation/other", false, false},      // leading the case is not a seat
      {"housing/desk", false, false},         // a stranger
      {"ct-police/intel", true, true},        // the originator knows whom it wrote about
      {"ct-police/other", true, true},
  };
  const doubles::MemoryState state = StateWithCase();
  for (const Knows& row : rows) {
    std::vector<std::string> expected;
    if (row.a) expected.push_back(TextOf(NominalA()));
    if (row.b) expected.push_back(TextOf(NominalB()));
    EXPECT_EQ(NominalsKnownTo(row.post, Event(), state), expected) << row.post;
  }
}

/// Who wishes for a person is told whom an event is about, under whichever nominal it came.
TEST(NominalsKnown, NamesWhomAWishNamesUnderAnotherNominalOfThePerson) {
  doubles::MemoryState state = StateWithCase();
  const std::string wish_id(16, 'w');
  const std::string feed = machine::SubscriptionFeed("housing/desk", wish_id);
  const std::string merged(16, 'm');
  const auto put_wish = [&](const std::string& nominal_id) {
    state::Batch batch(state);
    stored::v1::SubscriptionRow wish;
    wish.add_nominal_ids(nominal_id);
    batch.PutRow(machine::SubscriptionKey("housing/desk", wish_id), wish);
    state.Commit(batch);
  };
  const auto merge = [&](const std::string& survivor) {
    state::Batch batch(state);
    stored::v1::NominalRow removed;
    removed.set_surviving_id(survivor);
    batch.PutRow(machine::NominalKey(merged), removed);
    auto surviving = *state.Find<stored::v1::NominalRow>(machine::NominalKey(survivor));
    surviving.add_merged_ids(merged);
    batch.PutRow(machine::NominalKey(survivor), surviving);
    state.Commit(batch);
  };
  put_wish(merged);
  EXPECT_TRUE(NominalsKnownTo(feed, Event(), state).empty()) << "they are two people";
  merge(NominalB());
  EXPECT_EQ(NominalsKnownTo(feed, Event(), state), std::vector{TextOf(NominalB())});
  EXPECT_TRUE(NominalsKnownTo("housing/desk", Event(), state).empty()) << "its inbox";
  stored::v1::EventRow event = Event();
  event.set_nominal_ids(1, merged);
  put_wish(NominalB());
  EXPECT_EQ(NominalsKnownTo(feed, event, state), std::vector{TextOf(merged)});
}

}  // namespace
}  // namespace tearline::delivery
