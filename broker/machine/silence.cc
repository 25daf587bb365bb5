#include "broker/machine/silence.h"

#include <limits>
#include <string_view>

#include "broker/machine/event_terms.h"
#include "broker/machine/identity.h"
#include "broker/machine/obligation_row.h"
#include "broker/machine/rows.h"

namespace tearline::machine {
namespace {

/// As many as an event was judged for.
constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

/// What lies behind a key of kToldLess: the level and whether a duty is unmet, a byte each.
constexpr std::size_t kLevelAt = 0;
constexpr std::size_t kUnmetAt = 1;

state::Key KeyOf(const std::string& event_id) {
  return state::Key(state::Table::kToldLess).Fixed(event_id);
}

/// Posts for whose row `holds` is true.
template <typename Holds>
std::vector<std::string> PostsWhere(const std::string& event_id, const state::Reader& reader,
                                    Holds holds) {
  std::vector<std::string> posts;
  const state::Key all = KeyOf(event_id);
  for (const auto& [key, value] : reader.Scan(all, kAll)) {
    if (!holds(value)) continue;
    const std::size_t name_at = all.bytes().size();
    posts.push_back(key.substr(name_at, key.size() - name_at - 1));  // no closing zero
  }
  return posts;
}

/// What is owed about a person and no event: whom it may be told is looked at where it lies.
bool IsAboutThePerson(v1::ObligationType type) {
  return type == v1::OBLIGATION_TYPE_ANSWER_INFORMATION_REQUEST ||
         type == v1::OBLIGATION_TYPE_REVIEW_INFORMATION_REFUSAL ||
         type == v1::OBLIGATION_TYPE_REVIEW_NUMBERS ||
         type == v1::OBLIGATION_TYPE_RECORD_MINUTES;
}

bool SaysWithheld(std::string_view value) {
  return static_cast<v1::Level>(value[kLevelAt]) == v1::LEVEL_WITHHELD;
}

}  // namespace

void NoteDecision(const std::string& event_id, const std::string& post,
                  const policy::Decision& decision, Step& step) {
  const state::Key key = KeyOf(event_id).Name(post);
  if (decision.level == v1::LEVEL_WITHHELD || decision.duty_unmet) {
    const char value[] = {static_cast<char>(decision.level), decision.duty_unmet ? '\1' : '\0'};
    step.batch.Put(key, std::string(value, sizeof value));
  } else if (event_id != step.published && step.batch.Get(key)) {
    step.batch.Erase(key);
  }
}

void NoteNothingOwed(const std::string& event_id, const std::string& post, Step& step) {
  const state::Key key = KeyOf(event_id).Name(post);
  auto value = step.batch.Get(key);
  if (!value || (*value)[kUnmetAt] == '\0') return;
  if (!SaysWithheld(*value)) return step.batch.Erase(key);
  (*value)[kUnmetAt] = '\0';
  step.batch.Put(key, *std::move(value));
}

bool IsToldLess(const std::string& event_id, const std::string& post, const state::Reader& reader) {
  return reader.Get(KeyOf(event_id).Name(post)).has_value();
}

bool IsWithheld(const std::string& event_id, const std::string& post, const state::Reader& reader) {
  const auto value = reader.Get(KeyOf(event_id).Name(post));
  return value && SaysWithheld(*value);
}

bool KnowsOf(const std::string& event_id, const std::string& post, const state::Reader& reader) {
  const auto event = reader.Find<stored::v1::EventRow>(EventKey(event_id));
  if (!event) return false;
  if (event->answering_post() == post || event->publish().originating_post() == post) return true;
  const auto told = reader.Find<stored::v1::LetGoRow>(LetGoKey(post, event_id));
  return told && !told->ended() && !IsWithheld(event_id, post, reader);
}

bool MayCite(const std::string& event_id, const std::string& nominal_id, const std::string& post,
             const state::Reader& reader) {
  if (!KnowsOf(event_id, post, reader)) return false;
  const auto event = reader.Find<stored::v1::EventRow>(EventKey(event_id));
  return !IsWithdrawn(*event) && IsAbout(*event, nominal_id, reader);
}

std::vector<std::string> WithheldFrom(const std::string& event_id, const state::Reader& reader) {
  return PostsWhere(event_id, reader, SaysWithheld);
}

std::vector<std::string> StillOwedTo(const std::string& event_id, const state::Reader& reader) {
  return PostsWhere(event_id, reader,
                    [](const std::string& value) { return value[kUnmetAt] != '\0'; });
}

void KeepFrom(const std::string& obligation_id, const std::string& post, Step& step) {
  const state::Key key = MoreKey(obligation_id, More::kKeptFrom, post);
  if (!step.batch.Get(key)) step.batch.Put(key, "");
}

bool Concerns(const stored::v1::ObligationRow& row, const std::string& post) {
  return !post.empty() &&
         (row.debtor_post() == post || row.told_post() == post || row.accountable_post() == post);
}

bool MayHearOf(const std::string& obligation_id, const stored::v1::ObligationRow& row,
               const std::string& post, const state::Reader& reader) {
  if (post == row.debtor_post()) return true;
  // A duty to read is about one event and found by it alone: it is looked at where it lies.
  if (row.type() == v1::OBLIGATION_TYPE_READ) return !IsWithheld(row.event_ids(0), post, reader);
  if (IsAboutThePerson(row.type()) && IsKeptOutOfPerson(post, row.nominal_id(), reader)) {
    return false;
  }
  return !reader.Get(MoreKey(obligation_id, More::kKeptFrom, post));
}

}  // namespace tearline::machine
