#pragma once

#include <string>

#include "broker/model/ids.h"
#include "broker/state/key.h"
#include "broker/state/reader.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// Rows by their names, so that a table's key is written down once.

inline state::Key AgencyKey(const std::string& agency) {
  return state::Key(state::Table::kAgency).Name(agency);
}
inline state::Key MemberKey(const std::string& agency, const std::string& member) {
  return state::Key(state::Table::kMember).Name(agency).Name(member);
}
inline state::Key PostKey(const std::string& post) {
  return state::Key(state::Table::kPost).Name(post);
}
inline state::Key PendingKey(const std::string& id) {
  return state::Key(state::Table::kPending).Fixed(id);
}
inline state::Key PendingOfKey(const std::string& agency, const std::string& id) {
  return state::Key(state::Table::kPendingOf).Name(agency).Fixed(id);
}
inline state::Key TellingKey(const std::string& id) {
  return state::Key(state::Table::kTelling).Fixed(id);
}
inline state::Key NominalKey(const std::string& id) {
  return state::Key(state::Table::kNominal).Fixed(id);
}
inline state::Key IdentifierKey(v1::IdentifierType type, const std::string& index) {
  return state::Key(state::Table::kIdentifier).U32(static_cast<std::uint32_t>(type)).Fixed(index);
}
inline state::Key SubjectKeyKey(const std::string& id) {
  return state::Key(state::Table::kSubjectKey).Fixed(id);
}
/// Where a key in use is found by its owner; sixteen zero bytes stand for "about nobody".
inline state::Key SubjectKeyOfKey(const stored::v1::SubjectKeyRow& row, const std::string& id) {
  const bool nobody = row.nominal_id().empty();
  return state::Key(state::Table::kSubjectKeyOf)
      .Fixed(nobody ? std::string(model::NominalId::kBytes, '\0') : row.nominal_id())
      .U8(static_cast<std::uint8_t>(row.content_class()))
      .U32(row.quarter())
      .Fixed(id);
}
inline state::Key GlassKey(const std::string& id) {
  return state::Key(state::Table::kGlass).Fixed(id);
}
inline state::Key CaseKey(const std::string& id) {
  return state::Key(state::Table::kCase).Fixed(id);
}
/// What a case was, by the position of the record that made it so.
inline state::Key CaseAtKey(const std::string& id) {
  return state::Key(state::Table::kCaseAt).Fixed(id);
}
inline state::Key CaseOfKey(const std::string& post, const std::string& case_id) {
  return state::Key(state::Table::kCaseOf).Name(post).Fixed(case_id);
}
inline state::Key SupervisedKey(const std::string& post, const std::string& nominal_id) {
  return state::Key(state::Table::kSupervised).Name(post).Fixed(nominal_id);
}
inline state::Key PolicyKey(const std::string& digest) {
  return state::Key(state::Table::kPolicy).Fixed(digest);
}
inline state::Key EventKey(const std::string& id) {
  return state::Key(state::Table::kEvent).Fixed(id);
}
inline state::Key OriginatorOfKey(const std::string& nominal, const std::string& post) {
  return state::Key(state::Table::kOriginatorOf).Fixed(nominal).Name(post);
}
inline state::Key RequestKey(const std::string& agency, const std::string& request_id) {
  return state::Key(state::Table::kRequest).Name(agency).Fixed(request_id);
}
inline state::Key LaneKey(const std::string& feed, v1::Urgency lane) {
  return state::Key(state::Table::kLane).Name(feed).U8(static_cast<std::uint8_t>(lane));
}
/// Of kWaiting, kReleased, kParked and kAcknowledged: all rows of one lane.
inline state::Key LaneRows(state::Table table, const std::string& feed, v1::Urgency lane) {
  return state::Key(table).Name(feed).U8(static_cast<std::uint8_t>(lane));
}
/// Of the same tables: one row, by its place or number.
inline state::Key LaneItem(state::Table table, const std::string& feed, v1::Urgency lane,
                           std::uint64_t number) {
  return state::Key(table).Name(feed).U8(static_cast<std::uint8_t>(lane)).U64(number);
}
inline state::Key SessionKey(const std::string& feed) {
  return state::Key(state::Table::kSession).Name(feed);
}
inline state::Key HoldKey(const std::string& feed, const std::string& nominal) {
  return state::Key(state::Table::kHold).Name(feed).Fixed(nominal);
}
inline state::Key ItemOfKey(const std::string& post, const std::string& event) {
  return state::Key(state::Table::kItemOf).Fixed(event).Name(post);
}
inline state::Key SubscriptionKey(const std::string& post, const std::string& id) {
  return state::Key(state::Table::kSubscription).Name(post).Fixed(id);
}
inline state::Key HistoryKey(const std::string& nominal, const std::string& post) {
  return state::Key(state::Table::kHistory).Fixed(nominal).Name(post);
}
inline state::Key LetGoKey(const std::string& post, const std::string& event) {
  return state::Key(state::Table::kLetGo).Fixed(event).Name(post);
}
inline state::Key EventChangeKey(const std::string& event) {
  return state::Key(state::Table::kEventChange).Fixed(event);
}
/// Events of a nominal that count towards a composite rule, by position.
inline state::Key CountedKey(const std::string& nominal, const std::string& rule) {
  return state::Key(state::Table::kCounted).Fixed(nominal).Name(rule);
}
/// Composites that a rule made about a nominal, by position.
inline state::Key CompositeKey(const std::string& nominal, const std::string& rule) {
  return state::Key(state::Table::kComposite).Fixed(nominal).Name(rule);
}
/// Composites that an event is a member of.
inline state::Key CompositeOfKey(const std::string& event) {
  return state::Key(state::Table::kCompositeOf).Fixed(event);
}
inline state::Key ObligationKey(const std::string& id) {
  return state::Key(state::Table::kObligation).Fixed(id);
}

/// Records that changed an obligation, by position.
inline state::Key ObligationTrailKey(const std::string& id) {
  return state::Key(state::Table::kObligationTrail).Fixed(id);
}

/// What a deadline is for. Numbers lie in keys and never change.
enum class DeadlineKind : std::uint8_t {
  kObligation = 1,
  kRetry = 2,
  kPending = 3,
  kTelling = 4,
  kHistory = 5,       ///< Id: nominal id, feed.
  kForget = 6,        ///< Id: the feed of a subscription that was deleted.
  kEventChange = 10,  ///< Id: event id.
  kGlass = 15,        ///< Id: break-glass id.
  kLeave = 29,        ///< Id: post.
  kProposal = 35,     ///< Id: case id, proposal id.
  kCommission = 39,   ///< Id: case id, post.
  kReach = 65,        ///< Id: post.
  kAuthority = 66,    ///< Id: agency.
  kCertificate = 67,  ///< Id: agency, member, as MemberKey's without its table.
  kComposite = 94,    ///< Id: nominal id, name of a composite rule.
  kRaise = 98,        ///< No id: there is one.
};

inline state::Key DeadlineKey(std::int64_t due_ms, DeadlineKind kind, const std::string& id) {
  return state::Key(state::Table::kDeadline)
      .U64(static_cast<std::uint64_t>(due_ms))
      .U8(static_cast<std::uint8_t>(kind))
      .Fixed(id);
}

/// What a quota counts. Numbers lie in keys and never change.
enum class QuotaKind : std::uint8_t { kResolve = 1, kConsult = 2 };

/// The agency of a post's name, "AGENCY/NAME".
inline std::string AgencyOfPost(const std::string& post) { return post.substr(0, post.find('/')); }

}  // namespace tearline::machine
