#include "broker/machine/glass.h"

#include <algorithm>

#include "broker/machine/board.h"
#include "broker/machine/hand_over.h"
#include "broker/machine/history.h"
#include "broker/machine/identity.h"
#include "broker/machine/lane.h"
#include "broker/machine/look_again.h"
#include "broker/machine/obligation.h"
#include "broker/machine/permission.h"
#include "broker/machine/rows.h"
#include "broker/machine/subscription.h"
#include "broker/model/limits.h"
#include "broker/status/invariant.h"

namespace tearline::machine {
namespace {

using state::Key;
using state::Table;
using stored::v1::ItemRow;
using stored::v1::NominalRow;
using stored::v1::OpenGlass;

/// What was judged about the nominal is stale, and what is out to the post is looked at again.
void Rejudge(const std::string& nominal_id, const std::string& post, NominalRow& nominal,
             Step& step) {
  nominal.set_changed_position(step.header.position);
  step.batch.PutRow(NominalKey(nominal_id), nominal);
  step.applied.telling_changed = true;
  BeginLookingAgainFor(post, step);
}

/// Whether `post` is `next` or up its line.
bool IsUpFrom(std::string next, const std::string& post, const state::Reader& reader) {
  for (std::uint32_t steps = 0; steps < kStagesMax && !next.empty(); ++steps) {
    if (next == post) return true;
    const auto row = reader.Find<stored::v1::PostRow>(PostKey(next));
    next = row ? row->post().escalates_to() : std::string();
  }
  return false;
}

bool IsPersonOf(const v1::Post& post, const std::string& member) {
  return !member.empty() && (post.holder() == member || post.deputy() == member);
}

std::string FirstReviewer(const Key& posts, const stored::v1::Actor& author,
                          const state::Reader& reader,
                          const std::function<bool(const std::string&)>& is_passed_over) {
  std::string first;
  reader.SeeEach<stored::v1::PostRow>(
      posts, model::kReviewersLookedAtMax, [&](const stored::v1::PostRow& row) {
        if (HasRole(row.post(), v1::POST_ROLE_INFORMATION_GOVERNANCE) &&
            IsOutsideLine(row.post(), author, reader) &&
            !(is_passed_over && is_passed_over(row.post().post()))) {
          first = row.post().post();
        }
        return first.empty();
      });
  return first;
}

}  // namespace

const OpenGlass* GlassOf(const std::string& post, const NominalRow& nominal) {
  const auto& all = nominal.open_glass();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&post](const OpenGlass& each) { return each.post() == post; });
  return found == all.end() ? nullptr : &*found;
}

std::string GlassText(const OpenGlass& glass) {
  return model::GlassId::FromBytes(glass.break_glass_id())->Text();
}

std::set<std::string> PostsWithGlass(const std::string& nominal_id, std::int64_t now_ms,
                                     const state::Reader& reader) {
  std::set<std::string> posts;
  for (const std::string& id : SamePerson(nominal_id, reader)) {
    const auto nominal = reader.See<NominalRow>(NominalKey(id));
    if (!nominal) continue;
    for (const OpenGlass& glass : nominal->open_glass()) {
      if (glass.until_ms() > now_ms) posts.insert(glass.post());
    }
  }
  return posts;
}

void BeginGlass(const std::string& nominal_id, const OpenGlass& glass, Step& step) {
  auto nominal = step.batch.Find<NominalRow>(NominalKey(nominal_id));
  TEARLINE_INVARIANT(nominal.has_value(), "a nominal that is opened is there");
  if (const OpenGlass* before = GlassOf(glass.post(), *nominal)) {
    TEARLINE_INVARIANT(before->until_ms() <= step.now_ms(), "a nominal is open once to a post");
    EndGlass(std::string(before->break_glass_id()), step);  // no pulse has come by to do so
    nominal = step.batch.Find<NominalRow>(NominalKey(nominal_id));
  }
  *nominal->add_open_glass() = glass;
  std::sort(nominal->mutable_open_glass()->begin(), nominal->mutable_open_glass()->end(),
            [](const OpenGlass& a, const OpenGlass& b) { return a.post() < b.post(); });
  step.batch.Put(DeadlineKey(glass.until_ms(), DeadlineKind::kGlass, glass.break_glass_id()), "");
  Rejudge(nominal_id, glass.post(), *nominal, step);
  BeginHistory(nominal_id, glass.post(), step);
}

void EndGlass(const std::string& id, Step& step) {
  const auto row = step.batch.Find<stored::v1::GlassRow>(GlassKey(id));
  TEARLINE_INVARIANT(row.has_value(), "a use that runs out has its row");
  auto nominal = step.batch.Find<NominalRow>(NominalKey(row->nominal_id()));
  TEARLINE_INVARIANT(nominal.has_value(), "a nominal that was opened is there");
  auto& all = *nominal->mutable_open_glass();
  all.erase(std::remove_if(all.begin(), all.end(),
                           [&id](const OpenGlass& each) { return each.break_glass_id() == id; }),
            all.end());
  step.batch.Erase(DeadlineKey(row->until_ms(), DeadlineKind::kGlass, id));
  Rejudge(row->nominal_id(), row->author().post(), *nominal, step);
  step.AddChanged("glass-ended", model::GlassId::FromBytes(id)->Text(), row->author().post());
}

bool LetComeAgain(const std::string& post, const ItemRow& judged, Step& step) {
  const auto entry = EntryOf(post, judged.event_id(), step.batch);
  const auto let_go = step.batch.Find<stored::v1::LetGoRow>(LetGoKey(post, judged.event_id()));
  if (!entry || !let_go) return true;  // it has not gone out: it is judged again before it does
  const bool once = step.header.behaviour_version >= kGlassOnceFrom;
  // So is what is to go out anew.
  if (once && step.batch.Get(LaneItem(Table::kWaiting, entry->feed, entry->lane, entry->place))) {
    return true;
  }
  if (once && !FeedExists(let_go->feed(), step.batch)) return true;  // given up with it
  const auto row = [&](Table table) {
    return step.batch.Find<ItemRow>(
        LaneItem(table, let_go->feed(), let_go->lane(), let_go->sequence()));
  };
  if (row(Table::kReleased) || row(Table::kParked)) return !once;  // nor has it been settled
  if (once) {
    if (!let_go->ended() && ToldAlike(ToldBy(*let_go), judged)) return false;
  } else if (const auto received = row(Table::kAcknowledged)) {
    // Only what no person had read, in the inbox, was known to be told alike.
    if (ToldAlike(*received, judged)) return true;
  }
  step.batch.Erase(ItemOfKey(post, judged.event_id()));
  return true;
}

bool IsOutsideLine(const v1::Post& reviewer, const stored::v1::Actor& author,
                   const state::Reader& reader) {
  const std::string& post = author.post();
  if (IsUpFrom(post, reviewer.post(), reader) || IsUpFrom(reviewer.escalates_to(), post, reader)) {
    return false;
  }
  if (AgencyOfPost(reviewer.post()) != author.agency()) return true;
  const auto row = reader.Find<stored::v1::PostRow>(PostKey(post));
  return !IsPersonOf(reviewer, author.member()) &&
         !(row && (IsPersonOf(reviewer, row->post().holder()) ||
                   IsPersonOf(reviewer, row->post().deputy())));
}

std::string HearsAtOnce(const std::string& post, const std::string& nominal_id,
                        const Step& step) {
  const state::Reader& reader = step.batch;
  const auto above = [&reader](const std::string& below) {
    const auto row = reader.See<stored::v1::PostRow>(PostKey(below));
    return row ? row->post().escalates_to() : std::string();
  };
  if (step.header.behaviour_version < kDutiesKeptFrom) return above(post);
  std::string next = above(post);
  for (std::uint32_t steps = 0; steps < kStagesMax && !next.empty(); ++steps) {
    if (next != post && !IsNobodyThere(next, reader) && !IsPassedOver(next, nominal_id, step)) {
      return next;
    }
    next = above(next);
  }
  for (const std::string& agency : {AgencyOfPost(post), std::string()}) {
    for (const std::string& board : BoardsOf(agency, reader)) {
      if (board != post && !IsPassedOver(board, nominal_id, step)) return board;
    }
  }
  return {};
}

std::string ReviewerFor(const stored::v1::Actor& author, const state::Reader& reader,
                        const std::function<bool(const std::string&)>& is_passed_over) {
  std::string own = FirstReviewer(Key(Table::kPost).Fixed(author.agency() + "/"), author, reader,
                                  is_passed_over);
  return own.empty() ? FirstReviewer(Key(Table::kPost), author, reader, is_passed_over) : own;
}

}  // namespace tearline::machine
