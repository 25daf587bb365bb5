#include "broker/rpc/who_looked.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <limits>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "broker/audit/audit_log.h"
#include "broker/machine/audit_scope.h"
#include "broker/machine/identity.h"
#include "broker/machine/moved_booking.h"
#include "broker/machine/rows.h"
#include "broker/machine/since.h"
#include "broker/model/civil_time.h"
#include "broker/model/ids.h"
#include "broker/rpc/event_trail.h"
#include "broker/rpc/form.h"

namespace tearline::rpc {
namespace {

using google::protobuf::util::TimeUtil;
using stored::v1::ConsultedDetail;

/// Whether it asked what was told while the nominal was taken for another: as of when they parted.
bool IsOfTimeAsOne(const ConsultedDetail& consulted, const state::Reader& view) {
  if (!consulted.post().empty() || !consulted.agency().empty()) return false;
  return std::any_of(
      consulted.nominal_ids().begin(), consulted.nominal_ids().end(), [&](const std::string& id) {
        const auto row = view.Find<stored::v1::NominalRow>(machine::NominalKey(id));
        return row && std::any_of(row->parted().begin(), row->parted().end(),
                                  [&consulted](const stored::v1::Parted& each) {
                                    return each.parted_ms() == consulted.at_ms();
                                  });
      });
}

std::string KnownWords(const ConsultedDetail& consulted, const state::Reader& view) {
  if (consulted.at_ms() == machine::kOfMovesMs) {
    return "who was told of what was moved to another nominal";
  }
  if (IsOfTimeAsOne(consulted, view)) return "who was told what while it was taken for another";
  const std::string who = consulted.post().empty() && consulted.agency().empty()
                              ? "the panel"
                              : consulted.post() + consulted.agency();
  return "what " + who + " knew " + model::FormatRfc3339(consulted.at_ms());
}

}  // namespace

std::string LookedAtWords(const ConsultedDetail& consulted, const state::Reader& view) {
  switch (consulted.kind()) {
    case stored::v1::CONSULTATION_KIND_WHO_WAS_TOLD:
      return "who was told of an event";
    case stored::v1::CONSULTATION_KIND_WHO_WAS_NOT_TOLD:
      return "who was not told of an event";
    case stored::v1::CONSULTATION_KIND_WITHHELD:
      return "what is withheld although owed";
    case stored::v1::CONSULTATION_KIND_REPLAY:
      return "a replay of decisions, leaves " + std::to_string(consulted.first_leaf()) + " up to " +
             std::to_string(consulted.end_leaf());
    case stored::v1::CONSULTATION_KIND_LEAVES:
      return "the log, leaves " + std::to_string(consulted.first_leaf()) + " up to " +
             std::to_string(consulted.end_leaf());
    case stored::v1::CONSULTATION_KIND_DECISION:
      return "why " + consulted.post() + " was told of an event as it was";
    case stored::v1::CONSULTATION_KIND_ITEM:
      return "why an event was let go to it";
    case stored::v1::CONSULTATION_KIND_CASE:
      return "the case";
    case stored::v1::CONSULTATION_KIND_NOMINAL:
      return "the numbers it is known by";
    case stored::v1::CONSULTATION_KIND_RECEIVERS:
      return "who received an event";
    case stored::v1::CONSULTATION_KIND_KNOWN_AT:
      return KnownWords(consulted, view);
    case stored::v1::CONSULTATION_KIND_WHO_LOOKED:
      return "who looked";
    case stored::v1::CONSULTATION_KIND_OPEN_OBLIGATIONS:
      return "what was owed " + model::FormatRfc3339(consulted.at_ms());
    case stored::v1::CONSULTATION_KIND_RECEIPTS:
      return consulted.obligation_id().empty() ? "what the log holds of an event, opened"
                                               : "what the log holds of an obligation, opened";
    case stored::v1::CONSULTATION_KIND_BREAK_GLASS:
      return "where the glass was broken";
    case stored::v1::CONSULTATION_KIND_HAND_OVER:
      return "what its post hands over";
    case stored::v1::CONSULTATION_KIND_POSTS:
      return "posts and people nobody looks after";
    case stored::v1::CONSULTATION_KIND_CASE_FEED:
      return "what came to the case";
    case stored::v1::CONSULTATION_KIND_CASE_PACK:
      return "the pack before a meeting";
    case stored::v1::CONSULTATION_KIND_THEMES:
      return "counts by area";
    case stored::v1::CONSULTATION_KIND_INFORMATION_REQUESTS:
      return "its post's requests for information";
    case stored::v1::CONSULTATION_KIND_LEVEL_FACT:
      return "whether what its system says of how the case is managed is news";
    case stored::v1::CONSULTATION_KIND_PENDING:
      return "what waits for a second hand";
    default:
      return "a question that this broker does not know by name";
  }
}

namespace {

std::string WhatOf(const audit::Leaf& leaf) {
  if (leaf.kind == stored::v1::COMMAND_NUMBER_RESOLVE_NOMINAL) return "whose a number is";
  if (leaf.kind == stored::v1::COMMAND_NUMBER_NOTE_SIMULATION) {
    return "what another policy would have decided";
  }
  return "a question that this broker does not know by name";
}

std::string SentenceOf(const v1::LookedRow& row) {
  std::string sentence = TimeUtil::ToString(row.looked_at()) + " " + row.agency() + "/" +
                         row.member() + ", acting as " + row.post();
  if (!row.on_behalf_of_user().empty()) sentence += " for the user " + row.on_behalf_of_user();
  sentence += ", looked at " + row.what();
  if (row.everybody()) sentence += ", which was about everybody";
  sentence +=
      row.purpose().empty() ? "; no purpose was given" : "; the purpose was " + row.purpose();
  if (!row.legal_basis().empty()) sentence += ", the legal basis " + row.legal_basis();
  if (!row.correlation_id().empty()) sentence += ", asked as " + row.correlation_id();
  return sentence + ".";
}

void FillRow(model::Position position, const state::Reader& view, v1::LookedRow& row) {
  ReadDetails(position, view, [&](const stored::v1::Detail& detail, const audit::Leaf& leaf) {
    *row.mutable_looked_at() = TimeUtil::MillisecondsToTimestamp(leaf.stamp_ms);
    row.set_leaf_index(leaf.position - 1);
    if (row.what().empty()) row.set_what(WhatOf(leaf));
    if (detail.has_actor()) {
      const stored::v1::ActorDetail& who = detail.actor();
      row.set_agency(who.agency());
      row.set_member(who.member());
      row.set_post(who.post());
      row.set_on_behalf_of_user(who.on_behalf_of_user());
      row.set_purpose(who.purpose());
      row.set_legal_basis(who.legal_basis());
      row.set_correlation_id(who.correlation_id());
    }
    if (detail.has_consulted()) {
      row.set_what(LookedAtWords(detail.consulted(), view));
      row.set_everybody(detail.consulted().everybody());
      if (!detail.consulted().event_id().empty()) {
        row.set_event_id(model::EventId::FromBytes(detail.consulted().event_id())->Text());
      }
    }
    row.set_everybody(row.everybody() || leaf.kind == stored::v1::COMMAND_NUMBER_NOTE_SIMULATION);
  });
  row.set_sentence(SentenceOf(row));
}

/// While another nominal was the same person: records from one position up to another.
struct AsOne {
  std::string nominal_id;
  model::Position first = 0;
  model::Position end = 0;
};

/// The nominals that were this person for a time and are not any more, with when they were. Merges
/// lead from one nominal to the next, each with its own time.
class Others {
 public:
  Others(const std::string& nominal_id, const state::Reader& view)
      : view_(view), tip_(audit::AuditTree(view).Size()) {
    const std::vector<std::string> same = machine::SamePerson(nominal_id, view);
    now_.insert(same.begin(), same.end());
    Follow(nominal_id, 0, std::numeric_limits<std::int64_t>::max());
  }

  std::vector<AsOne> Take() && { return std::move(found_); }

 private:
  void Follow(const std::string& id, std::int64_t from_ms, std::int64_t until_ms) {
    if (from_ms >= until_ms || !on_the_way_.insert(id).second) return;
    if (!now_.contains(id)) {
      found_.push_back({id, machine::FirstSince(from_ms, tip_, view_),
                        machine::FirstSince(until_ms, tip_, view_)});
    }
    const auto row = view_.Find<stored::v1::NominalRow>(machine::NominalKey(id));
    if (row) {
      if (!row->surviving_id().empty()) {
        Follow(row->surviving_id(), std::max(from_ms, row->merged_ms()), until_ms);
      }
      for (const std::string& merged : row->merged_ids()) {
        const auto other = view_.Find<stored::v1::NominalRow>(machine::NominalKey(merged));
        if (other) Follow(merged, std::max(from_ms, other->merged_ms()), until_ms);
      }
      for (const stored::v1::Parted& parted : row->parted()) {
        Follow(parted.nominal_id(), std::max(from_ms, parted.merged_ms()),
               std::min(until_ms, parted.parted_ms()));
      }
    }
    on_the_way_.erase(id);
  }

  const state::Reader& view_;
  const model::Position tip_;
  std::set<std::string> now_;         ///< Who is this person now.
  std::set<std::string> on_the_way_;  ///< From the nominal that is asked about.
  std::vector<AsOne> found_;
};

/// Adds the looks at those others, up to one more than a page: they were answered with what is held
/// about this one, too. Not of whom the actor may not ask about.
void AddWhileOne(const std::string& nominal_id, const stored::v1::Actor& actor,
                 const std::string& place, std::size_t page_size, const state::Reader& view,
                 std::set<std::string>& places) {
  for (const AsOne& each : Others(nominal_id, view).Take()) {
    if (!machine::MayAskOfNominal(each.nominal_id, actor, view)) continue;
    const state::Key all = machine::NominalLooked(each.nominal_id);
    const std::string first = state::Key(all).U64(each.first).bytes().substr(all.bytes().size());
    const state::Key from = state::Key(all).Fixed(std::max(place, first));
    for (const auto& [key, value] : view.Scan(all, from, page_size + 1)) {
      const std::string at = key.substr(key.size() - 8);
      if (state::ReadBigEndian(at, 0, 8) >= each.end) break;
      places.insert(at);
    }
  }
}

}  // namespace

Result<Looked> WhoLooked(const v1::WhoLookedRequest& request, const stored::v1::Actor& actor,
                         const state::Reader& view, v1::WhoLookedResponse& response) {
  const auto id = ReadId<model::NominalId>(request.nominal_id(), "nominal_id");
  if (!id.ok()) return id.status();
  const Result<std::size_t> page_size = ReadPageSize(request.page_size());
  if (!page_size.ok()) return page_size.status();
  const Result<std::string> place = ReadPageToken(request.page_token());
  if (!place.ok()) return place.status();
  Looked looked;
  looked.consulted.set_kind(stored::v1::CONSULTATION_KIND_WHO_LOOKED);
  looked.consulted.set_nominal_id(id->Bytes());
  TEARLINE_RETURN_IF_REFUSED(machine::CheckConsult(looked.consulted, actor, view));

  std::set<std::string> places;  // positions, 8 bytes each
  const auto add = [&](const state::Key& all) {
    for (const auto& [key, value] :
         view.Scan(all, state::Key(all).Fixed(*place), *page_size + 1)) {
      places.insert(key.substr(key.size() - 8));
    }
  };
  for (const std::string& each : machine::SamePerson(id->Bytes(), view)) {
    add(machine::NominalLooked(each));
  }
  add(machine::EverybodyLooked());
  AddWhileOne(id->Bytes(), actor, *place, *page_size, view, places);
  for (const std::string& each : places) {
    if (static_cast<std::size_t>(response.rows_size()) == *page_size) {
      response.set_next_page_token(WritePageToken(each));
      break;
    }
    FillRow(state::ReadBigEndian(each, 0, 8), view, *response.add_rows());
  }
  return looked;
}

}  // namespace tearline::rpc
