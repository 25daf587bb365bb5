#include "broker/rpc/who_looked.h"

#include <google/protobuf/util/time_util.h>

#include <set>
#include <string>

#include "broker/machine/identity.h"
#include "broker/model/civil_time.h"
#include "broker/model/ids.h"
#include "broker/rpc/event_trail.h"
#include "broker/rpc/form.h"

namespace tearline::rpc {
namespace {

using google::protobuf::util::TimeUtil;
using stored::v1::ConsultedDetail;

/// What a question of a kind looked at; goes behind "looked at".
std::string KindWords(const ConsultedDetail& consulted) {
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
    case stored::v1::CONSULTATION_KIND_RECEIVERS:
      return "who received an event";
    case stored::v1::CONSULTATION_KIND_KNOWN_AT:
      return "what " +
             (consulted.post().empty() && consulted.agency().empty()
                  ? "the panel"
                  : consulted.post() + consulted.agency()) +
             " knew " + model::FormatRfc3339(consulted.at_ms());
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
    default:
      return "a question that this broker does not know by name";
  }
}

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
  return sentence + ".";
}

void FillRow(model::Position position, const state::Reader& view, v1::LookedRow& row) {
  ReadDetails(position, view, [&row](const stored::v1::Detail& detail, const audit::Leaf& leaf) {
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
    }
    if (detail.has_consulted()) {
      row.set_what(KindWords(detail.consulted()));
      row.set_everybody(detail.consulted().everybody());
      if (!detail.consulted().event_id().empty()) {
        row.set_event_id(model::EventId::FromBytes(detail.consulted().event_id())->Text());
      }
    }
    row.set_everybody(row.everybody() || leaf.kind == stored::v1::COMMAND_NUMBER_NOTE_SIMULATION);
  });
  row.set_sentence(SentenceOf(row));
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
  const auto add = [&](const state::Key& all, const state::Key& from) {
    for (const auto& [key, value] : view.Scan(all, from, *page_size + 1)) {
      places.insert(key.substr(key.size() - 8));
    }
  };
  for (const std::string& each : machine::SamePerson(id->Bytes(), view)) {
    add(machine::NominalLooked(each), machine::NominalLooked(each).Fixed(*place));
  }
  add(machine::EverybodyLooked(), machine::EverybodyLooked().Fixed(*place));
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
