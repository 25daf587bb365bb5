#include "broker/machine/taken_up.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <set>

#include "broker/machine/brought_in.h"
#include "broker/machine/hand_over.h"
#include "broker/machine/history.h"
#include "broker/machine/identity.h"
#include "broker/machine/judge.h"
#include "broker/machine/lane.h"
#include "broker/machine/look_again.h"
#include "broker/machine/missed.h"
#include "broker/machine/obligation.h"
#include "broker/machine/rows.h"
#include "broker/machine/settle.h"
#include "broker/machine/supersede.h"
#include "broker/machine/supervisor.h"
#include "broker/machine/tell_late.h"
#include "broker/machine/tell_originators.h"
#include "broker/model/ids.h"
#include "broker/status/invariant.h"

namespace tearline::machine {
namespace {

using state::Key;
using state::Table;

constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();  // an agency's, a post's

/// Whose work is done, of an agency: among what posts answer for, under none of it.
Key WorkOf(const std::string& agency) { return Key(Table::kCapable).U8(0).Name(agency); }

Key WorkKey(const std::string& post) { return WorkOf(AgencyOfPost(post)).Name(post); }

bool AnswersForAllOf(const std::string& post, const std::string& other, const Step& step) {
  const auto its = step.batch.See<stored::v1::PostRow>(PostKey(post));
  const auto theirs = step.batch.See<stored::v1::PostRow>(PostKey(other));
  const auto& have = its->post().capabilities();
  const auto& want = theirs->post().capabilities();
  return !want.empty() && std::all_of(want.begin(), want.end(), [&have](int capability) {
    return std::find(have.begin(), have.end(), capability) != have.end();
  });
}

/// An event as it lies with a post, waiting or let go; null if it does not.
std::optional<stored::v1::ItemRow> LiesWith(const std::string& post, const std::string& event_id,
                                            const state::Reader& reader) {
  const auto entry = EntryOf(post, event_id, reader);
  if (!entry) return std::nullopt;
  if (auto waits = reader.Find<stored::v1::ItemRow>(
          LaneItem(Table::kWaiting, entry->feed, entry->lane, entry->place))) {
    return waits;
  }
  const auto told = reader.Find<stored::v1::LetGoRow>(LetGoKey(post, event_id));
  if (!told || told->ended()) return std::nullopt;
  return ToldBy(*told);
}

/// `done_by` does the work of a post no more.
void End(const std::string& post, const std::string& done_by, Step& step) {
  step.batch.Erase(WorkKey(post));
  step.ledger.set_reach_position(step.header.position);
  step.AddChanged("work-given-back", post, done_by);
  for (const std::string& nominal_id : PeopleOfPost(post, step.batch)) {
    EndHistory(nominal_id, done_by, step);
  }
  BeginLookingAgainFor(done_by, step);
}

}  // namespace

std::string WhoDoesTheWorkOf(const std::string& post, const state::Reader& reader) {
  if (post.empty() || !IsDeadAddress(post, reader)) return {};
  const auto done_by = reader.Get(WorkKey(post));
  return done_by && !IsDeadAddress(*done_by, reader) ? *done_by : std::string();
}

bool DoesTheWorkOf(const std::string& other, const std::string& post, const state::Reader& reader) {
  return !post.empty() && other != post && AgencyOfPost(other) == AgencyOfPost(post) &&
         WhoDoesTheWorkOf(other, reader) == post;
}

std::vector<std::string> WhoseWorkItDoes(const std::string& post, const state::Reader& reader) {
  std::vector<std::string> posts;
  const Key all = WorkOf(AgencyOfPost(post));
  for (const auto& [key, done_by] : reader.Scan(all, kAll)) {
    if (done_by != post) continue;
    const std::size_t begin = all.bytes().size();
    std::string other = key.substr(begin, key.size() - begin - 1);
    if (DoesTheWorkOf(other, post, reader)) posts.push_back(std::move(other));
  }
  return posts;
}

std::vector<std::string> DeadBehind(const std::string& nominal_id, const std::string& post,
                                    const state::Reader& reader) {
  std::set<std::string> posts = SupervisorsWithoutCase(nominal_id, reader);
  if (const auto row = CaseOfNominal(nominal_id, reader)) posts.merge(PostsOfCase(*row));
  std::vector<std::string> dead;
  if (posts.contains(post) || IsKeptOutOfPerson(post, nominal_id, reader)) return dead;
  for (const std::string& other : posts) {
    if (DoesTheWorkOf(other, post, reader)) dead.push_back(other);
  }
  return dead;
}

std::vector<std::string> StandsAs(const v1::Case& its_case, const std::string& post,
                                  std::uint16_t behaviour_version, const state::Reader& reader) {
  std::vector<std::string> as;
  const auto is_itself = [&](const std::string& named) {
    if (named == post) return true;
    const bool one_more = as.empty() || behaviour_version >= kWorkDoneWhollyFrom;
    if (one_more && std::find(as.begin(), as.end(), named) == as.end() &&
        DoesTheWorkOf(named, post, reader)) {
      as.push_back(named);
    }
    return false;
  };
  const auto& seats = its_case.seats();
  const auto& functions = its_case.named_posts();
  const bool itself =
      std::any_of(seats.begin(), seats.end(),
                  [&](const v1::Seat& seat) { return is_itself(seat.post()); }) ||
      std::any_of(functions.begin(), functions.end(),
                  [&](const v1::CasePost& named) { return is_itself(named.post()); }) ||
      is_itself(its_case.accountable_post()) || is_itself(its_case.supervising_post());
  return itself || as.empty() ? std::vector<std::string>{post} : as;
}

void TakeUpWork(const std::string& dead, const std::string& post, Step& step) {
  const auto before = step.batch.Get(WorkKey(dead));
  if (before && *before != post && !IsDeadAddress(*before, step.batch)) return;
  if (before && *before != post) End(dead, *before, step);
  step.batch.Put(WorkKey(dead), post);
  // It is judged as something else from now on.
  step.ledger.set_reach_position(step.header.position);
  step.AddChanged("work-taken-up", dead, post);
  TellOriginatorsOfWork(dead, post, step);
  BeginReach(dead, /*back=*/false, step);
}

bool ReadAlsoAt(const std::string& dead, const std::string& post, const stored::v1::EventRow& event,
                const stored::v1::ItemRow& read, Step& step) {
  const std::string& event_id = event.publish().event_id();
  const auto& people = event.nominal_ids();
  if (std::any_of(people.begin(), people.end(), [&](const std::string& nominal_id) {
        return IsKeptOutOfPerson(post, nominal_id, step.batch);
      })) {
    return false;
  }
  const auto lies = LiesWith(dead, event_id, step.batch);
  if (!lies && !IsMissed(event, dead, step.batch) &&
      !PostsToJudge(event, step.now_ms(), step.batch).contains(dead)) {
    return false;  // the dead address has nothing to do with it
  }
  if (lies ? TellsLess(read, *lies) : HadLess(post, event, step.batch)) return false;
  const Key rows = Key(Table::kRead).Name(post).Fixed(event_id);
  for (const auto& [key, row] : step.batch.Scan(rows, kAll)) {
    const std::string reader = key.substr(rows.bytes().size());
    step.batch.Put(Key(Table::kRead).Name(dead).Fixed(event_id).Fixed(reader), row);
  }
  EndRead(dead, event_id, step, stored::v1::DISCHARGE_METHOD_OVERTAKEN);
  return true;
}

bool WasReadAlsoAt(const std::string& dead, const std::string& post,
                   const stored::v1::EventRow& event, Step& step) {
  const std::string& event_id = event.publish().event_id();
  if (!WasRead(post, event_id, step.batch)) return false;
  const auto told = step.batch.See<stored::v1::LetGoRow>(LetGoKey(post, event_id));
  return told && !told->ended() && ReadAlsoAt(dead, post, event, ToldBy(*told), step);
}

void EndWork(const std::string& post, Step& step) {
  const auto done_by = step.batch.Get(WorkKey(post));
  if (done_by &&
      (!IsDeadAddress(post, step.batch) || !AnswersForAllOf(*done_by, post, step))) {
    End(post, *done_by, step);
  }
  for (const std::string& other : WhoseWorkItDoes(post, step.batch)) {
    if (!AnswersForAllOf(post, other, step)) End(other, post, step);
  }
}

}  // namespace tearline::machine
