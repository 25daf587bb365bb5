#include "broker/rpc/receipts.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "broker/audit/audit_log.h"
#include "broker/audit/detail_tree.h"
#include "broker/audit/leaf.h"
#include "broker/audit/proof_bundle.h"
#include "broker/machine/audit_scope.h"
#include "broker/machine/feed_name.h"
#include "broker/machine/permission.h"
#include "broker/machine/rows.h"
#include "broker/merkle/proof.h"
#include "broker/model/ids.h"
#include "broker/rpc/form.h"
#include "broker/status/invariant.h"
#include "tearline/stored/v1/leaf.pb.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::rpc {
namespace {

using state::Key;
using state::Table;
using stored::v1::Actor;
using stored::v1::Detail;

/// One header is enough; the ledger gives at least one.
constexpr std::size_t kOneHeaderBytes = 1;
/// The number of who asked, among the details of every record.
constexpr std::uint32_t kActor = 0;

/// Which details of which records are opened.
using Opened = std::map<model::Position, std::set<std::uint32_t>>;

/// The same, of the records that were looked at.
struct Chosen {
  Opened opened;
  model::Position more_after = 0;  ///< The last of them, if there are more; 0 if not.
};

/// Calls `visit(position)` for the records of a trail, oldest first, from a leaf on, as many as one
/// answer looks at; gives the last of them if there are more.
template <typename Visit>
model::Position VisitTrail(const Key& trail, std::uint64_t first_index, const state::Reader& view,
                           Visit visit) {
  if (first_index == std::numeric_limits<std::uint64_t>::max()) return 0;
  const auto rows = view.Scan(trail, Key(trail).U64(first_index + 1), kReceiptRecordsMax);
  model::Position position = 0;
  for (const auto& [key, value] : rows) {
    position = state::ReadBigEndian(key, key.size() - 8, 8);
    visit(position);
  }
  return rows.size() == kReceiptRecordsMax ? position : 0;
}

bool IsAuditor(const Actor& actor, const state::Reader& view) {
  return machine::HasRole(actor, v1::POST_ROLE_AUDITOR, view);
}

/// Opens the whole of one record.
void OpenAll(model::Position position, const state::Reader& view, Opened& opened) {
  const int details = audit::LeafRowAt(position, view).salted_size();
  for (int number = 0; number < details; ++number) {
    opened[position].insert(static_cast<std::uint32_t>(number));
  }
}

/// Whether a fact is about the event and nothing else, or says who asked.
bool SpeaksOf(const Detail& fact, const std::string& event_id) {
  return fact.has_actor() || fact.published().event_id() == event_id ||
         fact.accepted().event_id() == event_id || fact.accepted_change().event_id() == event_id ||
         fact.decision().event_id() == event_id || fact.released().event_id() == event_id ||
         fact.obligation().event_id() == event_id || fact.read().event_id() == event_id ||
         fact.withdrawn().event_id() == event_id || fact.amended().event_id() == event_id ||
         fact.composite().event_id() == event_id;
}

/// Opens what one record says of an event: to auditors who may not ask of everybody.
void OpenOfEvent(model::Position position, const std::string& event_id, const state::Reader& view,
                 Opened& opened) {
  const std::vector<Detail> facts = audit::DetailsAt(position, view);
  for (std::uint32_t number = 0; number < facts.size(); ++number) {
    if (SpeaksOf(facts[number], event_id)) opened[position].insert(number);
  }
}

/// Opens to whoever asked for a record that it was they, and what was accepted of a publication, or
/// of what they signed to change one.
void OpenToAuthor(model::Position position, const Actor& actor, const state::Reader& view,
                  Opened& opened) {
  const std::vector<Detail> facts = audit::DetailsAt(position, view);
  TEARLINE_INVARIANT(!facts.empty() && facts[kActor].has_actor(), "the first detail is who asked");
  const stored::v1::ActorDetail& author = facts[kActor].actor();
  if (!actor.post().empty() && author.agency() == actor.agency() && author.post() == actor.post()) {
    opened[position].insert(kActor);
    for (std::uint32_t number = 0; number < facts.size(); ++number) {
      const bool is_theirs = facts[number].has_accepted() || facts[number].has_accepted_change();
      if (is_theirs) opened[position].insert(number);
    }
  }
}

/// Whether a record withdrew or amended the event, as its originator signed.
bool ChangesAsSigned(const std::vector<Detail>& facts, const std::string& event_id) {
  return std::any_of(facts.begin(), facts.end(), [&event_id](const Detail& fact) {
    return fact.has_accepted_change() && fact.accepted_change().event_id() == event_id;
  });
}

/// What one post may see of the trail of one event.
class OwnTrail {
 public:
  OwnTrail(std::string event_id, std::string post)
      : event_id_(std::move(event_id)), post_(std::move(post)) {}

  /// The next record that speaks of the event.
  void Read(model::Position position, const std::vector<Detail>& facts) {
    for (std::uint32_t number = 0; number < facts.size(); ++number) {
      const Detail& fact = facts[number];
      if (!fact.has_decision() || fact.decision().event_id() != event_id_) continue;
      if (fact.decision().post() != post_) continue;
      last_ = Decision{position, number, fact.decision().level()};
    }
    for (std::uint32_t number = 0; number < facts.size(); ++number) {
      const Detail& fact = facts[number];
      if (fact.has_released() && machine::PostOfFeed(fact.released().feed()) == post_ &&
          fact.released().event_id() == event_id_ && last_) {
        opened_[last_->position].insert(last_->number);
        opened_[position].insert(number);
      } else if (fact.has_read() && machine::PostOfFeed(fact.read().feed()) == post_ &&
                 fact.read().event_id() == event_id_) {
        opened_[position].insert(number);
      }
    }
  }

  /// Nothing, if the event may be told no more.
  Opened Take() && {
    const bool may_be_told = last_ && last_->level > v1::LEVEL_WITHHELD;
    return may_be_told ? std::move(opened_) : Opened();
  }

 private:
  struct Decision {
    model::Position position;
    std::uint32_t number;
    v1::Level level;
  };

  const std::string event_id_;
  const std::string post_;
  std::optional<Decision> last_;
  Opened opened_;
};

/// What a post is opened hangs on all that was decided before: its records are read from the first.
Opened ChooseOfOwn(const std::string& event_id, const Actor& actor, const state::Reader& view) {
  OwnTrail own(event_id, actor.post());
  Opened opened;
  VisitTrail(Key(Table::kEventTrail).Fixed(event_id), 0, view, [&](model::Position position) {
    const std::vector<Detail> facts = audit::DetailsAt(position, view);
    own.Read(position, facts);
    if (ChangesAsSigned(facts, event_id)) OpenToAuthor(position, actor, view, opened);
  });
  for (const auto& [position, numbers] : std::move(own).Take()) {
    opened[position].insert(numbers.begin(), numbers.end());
  }
  return opened;
}

Chosen ChooseOfEvent(const std::string& event_id, const v1::GetReceiptsRequest& request,
                     const Actor& actor, const state::Reader& view) {
  const auto event = view.Find<stored::v1::EventRow>(machine::EventKey(event_id));
  if (!event) return {};
  Chosen chosen;
  if (!IsAuditor(actor, view)) {
    chosen.opened = ChooseOfOwn(event_id, actor, view);
    OpenToAuthor(event->position(), actor, view, chosen.opened);
    return chosen;
  }
  const bool is_bound = machine::IsBoundToAreas(actor, view);
  chosen.more_after =
      VisitTrail(Key(Table::kEventTrail).Fixed(event_id), request.first_index(), view,
                 [&](model::Position position) {
                   if (is_bound) {
                     OpenOfEvent(position, event_id, view, chosen.opened);
                   } else {
                     OpenAll(position, view, chosen.opened);
                   }
                 });
  return chosen;
}

/// Opens of each record that changed an obligation who asked for it, and what it says of this one:
/// one record, such as a pulse, may say the same of many.
Chosen ChooseOfObligation(const std::string& obligation_id, const v1::GetReceiptsRequest& request,
                          const Actor& actor, const state::Reader& view) {
  Chosen chosen;
  if (!IsAuditor(actor, view)) return chosen;
  chosen.more_after = VisitTrail(
      machine::ObligationTrailKey(obligation_id), request.first_index(), view,
      [&](model::Position position) {
        const std::vector<Detail> facts = audit::DetailsAt(position, view);
        for (std::uint32_t number = 0; number < facts.size(); ++number) {
          if (facts[number].has_actor() ||
              facts[number].obligation().obligation_id() == obligation_id) {
            chosen.opened[position].insert(number);
          }
        }
      });
  return chosen;
}

Result<Chosen> Choose(const v1::GetReceiptsRequest& request, const Actor& actor,
                      const state::Reader& view) {
  const int named = (request.event_id().empty() ? 0 : 1) + (request.leaf_hash().empty() ? 0 : 1) +
                    (request.obligation_id().empty() ? 0 : 1);
  if (named != 1) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                  "one of `event_id`, `leaf_hash` and `obligation_id` must be given, and one only");
  }
  if (!request.obligation_id().empty()) {
    const auto id = ReadId<model::ObligationId>(request.obligation_id(), "obligation_id");
    if (!id.ok()) return id.status();
    return ChooseOfObligation(id->Bytes(), request, actor, view);
  }
  if (!request.event_id().empty()) {
    const Result<model::EventId> id = ReadId<model::EventId>(request.event_id(), "event_id");
    if (!id.ok()) return id.status();
    return ChooseOfEvent(id->Bytes(), request, actor, view);
  }
  const Result<crypto::Digest> hash = ReadDigest(request.leaf_hash(), "leaf_hash");
  if (!hash.ok()) return hash.status();
  Chosen chosen;
  const auto index = audit::AuditTree(view).IndexOf(*hash);
  if (!index) return chosen;
  if (IsAuditor(actor, view) && !machine::IsBoundToAreas(actor, view)) {
    OpenAll(*index + 1, view, chosen.opened);
  } else {
    OpenToAuthor(*index + 1, actor, view, chosen.opened);
  }
  return chosen;
}

/// The receipt of one record.
Result<std::string> Write(model::Position position, const std::set<std::uint32_t>& numbers,
                          const SignedTree& tree, const state::Reader& view,
                          const ledger::Ledger& ledger) {
  const Result<std::vector<ledger::StoredHeader>> headers =
      ledger.ReadHeaders(position - 1, kOneHeaderBytes);
  if (!headers.ok()) return headers.status();
  TEARLINE_INVARIANT(!headers->empty(), "the ledger holds what the state has applied");
  const stored::v1::LeafRow row = audit::LeafRowAt(position, view);
  const std::vector<std::string> salted(row.salted().begin(), row.salted().end());
  const ledger::Header& header = headers->front().header;
  const audit::DetailTree details(header.behaviour_version, header.seed, salted);

  v1::Opening opening;
  opening.set_leaf(row.leaf());
  for (const std::uint32_t number : numbers) {
    v1::OpenedDetail& detail = *opening.add_details();
    detail.set_slot(details.SlotOf(number));
    detail.set_salted(salted[number]);
    for (const crypto::Digest& hash : details.ProofOf(number)) detail.add_proof(hash.Bytes());
  }
  const std::uint64_t index = position - 1;
  return audit::ProofBundle(
      opening.SerializeAsString(), index,
      merkle::InclusionProof(index, tree.checkpoint.tree_size, audit::AuditTree(view)), tree.note);
}

}  // namespace

Result<std::optional<stored::v1::Consult>> WhatIsOpened(const v1::GetReceiptsRequest& request,
                                                        const Actor& actor,
                                                        const state::Reader& view) {
  if (!IsAuditor(actor, view)) return std::optional<stored::v1::Consult>();
  stored::v1::Consult consulted;
  consulted.set_kind(stored::v1::CONSULTATION_KIND_RECEIPTS);
  if (!request.event_id().empty()) {
    const auto id = ReadId<model::EventId>(request.event_id(), "event_id");
    if (!id.ok()) return id.status();
    consulted.set_event_id(id->Bytes());
    return std::optional(consulted);
  }
  if (!request.obligation_id().empty()) {
    const auto id = ReadId<model::ObligationId>(request.obligation_id(), "obligation_id");
    if (!id.ok()) return id.status();
    consulted.set_obligation_id(id->Bytes());
    return std::optional(consulted);
  }
  const Result<crypto::Digest> hash = ReadDigest(request.leaf_hash(), "leaf_hash");
  if (!hash.ok()) return hash.status();
  const auto index = audit::AuditTree(view).IndexOf(*hash);
  // To an auditor who is bound to areas a leaf opens what it opens to anybody else.
  if (!index || machine::IsBoundToAreas(actor, view)) return std::optional<stored::v1::Consult>();
  consulted.set_first_leaf(*index);
  consulted.set_end_leaf(*index + 1);
  return std::optional(consulted);
}

Status GetReceipts(const v1::GetReceiptsRequest& request, const Actor& actor,
                   const std::vector<SignedTree>& trees, const state::Reader& view,
                   const ledger::Ledger& ledger, v1::GetReceiptsResponse& response) {
  if (IsAuditor(actor, view) && actor.purpose().empty()) {
    return Refuse(v1::ERROR_REASON_PURPOSE_REQUIRED, "`acting.purpose` is required for this");
  }
  const Result<Chosen> chosen = Choose(request, actor, view);
  if (!chosen.ok()) return chosen.status();
  response.set_next_index(chosen->more_after);
  const Opened& opened = chosen->opened;
  for (auto each = opened.upper_bound(request.first_index()); each != opened.end(); ++each) {
    const model::Position position = each->first;
    const auto tree = std::find_if(trees.begin(), trees.end(), [position](const auto& signed_tree) {
      return position <= signed_tree.checkpoint.tree_size;
    });
    if (tree == trees.end() || response.receipts_size() == kReceiptsMax) {
      response.set_next_index(tree == trees.end() ? 0 : position - 1);
      break;
    }
    Result<std::string> receipt = Write(position, each->second, *tree, view, ledger);
    if (!receipt.ok()) return receipt.status();
    response.add_receipts(*std::move(receipt));
  }
  if (response.receipts_size() > 0) return {};
  return Refuse(v1::ERROR_REASON_NOT_FOUND,
                "the log holds nothing of it that concerns this post, or not yet under a "
                "checkpoint");
}

}  // namespace tearline::rpc
