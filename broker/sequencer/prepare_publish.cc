#include "broker/sequencer/prepare_publish.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "broker/crypto/hmac.h"
#include "broker/crypto/random.h"
#include "broker/model/limits.h"
#include "broker/model/marking.h"
#include "broker/sequencer/check_publish.h"
#include "broker/sequencer/identifier_index.h"
#include "broker/sequencer/make_proposal.h"
#include "broker/sequencer/record_chain.h"
#include "broker/sequencer/seal_places.h"
#include "broker/sequencer/subject_keys.h"
#include "broker/vault/envelope.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::sequencer {
namespace {

using stored::v1::ContentClass;
using stored::v1::Publish;

/// Whom an event concerns, as far as the view knows.
struct Concerned {
  std::string nominal_id;  ///< 16 bytes; "" if the view does not know any of the identifiers.
  std::vector<IndexedIdentifier> identifiers;  ///< Empty if the caller named the nominal by id.
};

/// One publication being prepared.
struct Preparation {
  const v1::PublishItem& item;
  const Workbench& bench;
  model::LedgerId ledger_id;
  std::string seed;
  std::string event_id;  ///< 16 bytes.
  std::vector<Concerned> concerned;
};

/// HMAC over the item without its request id. The id is the first field, so what is left out is the
/// beginning of the bytes: its tag, its length and itself.
std::string RequestDigest(const v1::PublishItem& item, const Workbench& bench) {
  static_assert(model::kRequestIdBytesMax < 128, "the length takes one byte");
  const std::string bytes = item.SerializeAsString();
  const std::string_view rest = std::string_view(bytes).substr(2 + item.request_id().size());
  return crypto::HmacSha256(bench.vault.IndexKey().View(), {rest}).Bytes();
}

Result<Concerned> Identify(const v1::NominalReference& reference, const std::string& agency,
                           const std::string& path, const Workbench& bench) {
  Concerned concerned;
  if (reference.has_nominal_id()) {
    concerned.nominal_id = model::NominalId::Parse(reference.nominal_id())->Bytes();
    return concerned;
  }
  for (int i = -1; i < reference.also_known_by_size(); ++i) {
    const bool first = i < 0;
    Result<IndexedIdentifier> indexed = IndexIdentifier(
        first ? reference.identifier() : reference.also_known_by(i), agency,
        path + (first ? ".identifier" : ".also_known_by[" + std::to_string(i) + "]"), bench);
    if (!indexed.ok()) return indexed.status();
    if (concerned.nominal_id.empty()) concerned.nominal_id = OwnerOf(indexed->stored, bench);
    concerned.identifiers.push_back(*std::move(indexed));
  }
  return concerned;
}

/// Under which nominals' keys a segment is sealed.
std::vector<std::uint32_t> AboutWhom(const v1::Segment& segment) {
  std::vector<std::uint32_t> about(segment.nominal_indexes().begin(),
                                   segment.nominal_indexes().end());
  if (about.empty()) about.push_back(kNobody);
  return about;
}

std::vector<std::uint32_t> AboutAll(const Preparation& preparation) {
  std::vector<std::uint32_t> about;
  for (std::uint32_t i = 0; i < preparation.concerned.size(); ++i) about.push_back(i);
  if (about.empty()) about.push_back(kNobody);
  return about;
}

void NeedAll(const std::vector<std::uint32_t>& about, ContentClass content_class,
             const Preparation& preparation, SubjectKeys& keys) {
  for (const std::uint32_t index : about) {
    keys.Need(index, index == kNobody ? "" : preparation.concerned[index].nominal_id,
              content_class);
  }
}

void NeedKeys(const Preparation& preparation, SubjectKeys& keys) {
  const v1::Event& event = preparation.item.event();
  for (const v1::Segment& segment : event.segments()) {
    NeedAll(AboutWhom(segment), ClassOf(segment.flags()), preparation, keys);
  }
  if (!event.tear_lines().empty()) {
    NeedAll(AboutAll(preparation), stored::v1::CONTENT_CLASS_TEAR_LINE, preparation, keys);
  }
  for (std::uint32_t i = 0; i < preparation.concerned.size(); ++i) {
    const Concerned& concerned = preparation.concerned[i];
    if (concerned.nominal_id.empty()) {
      keys.Need(i, "", stored::v1::CONTENT_CLASS_IDENTIFIER);
    }
  }
}

Result<vault::Sealed> SealFor(const std::vector<std::uint32_t>& about, ContentClass content_class,
                              std::uint32_t index, std::string_view plain,
                              const Preparation& preparation, const SubjectKeys& keys) {
  std::vector<model::SubjectKeyId> ids;
  for (const std::uint32_t whom : about) ids.push_back(keys.Of(whom, content_class));
  return vault::Seal(preparation.bench.vault,
                     PlaceOf(preparation.ledger_id, preparation.event_id, content_class, index),
                     ids, plain);
}

Status SealSegments(const Preparation& preparation, const SubjectKeys& keys, Publish& command,
                    std::vector<std::string>& sealed_segments) {
  const v1::Event& event = preparation.item.event();
  for (int i = 0; i < event.segments_size(); ++i) {
    const v1::Segment& segment = event.segments(i);
    const std::string plain = crypto::RandomBytes(kSaltBytes) + segment.content();
    Result<vault::Sealed> sealed = SealFor(AboutWhom(segment), ClassOf(segment.flags()),
                                           static_cast<std::uint32_t>(i), plain, preparation, keys);
    if (!sealed.ok()) return sealed.status();
    stored::v1::SealedSegment& row = *command.add_segments();
    row.set_length(static_cast<std::uint32_t>(sealed->ciphertext.size()));
    row.set_digest(crypto::Sha256(sealed->ciphertext).Bytes());
    for (stored::v1::WrappedKey& key : sealed->keys) *row.add_keys() = std::move(key);
    *row.mutable_nominal_indexes() = segment.nominal_indexes();
    *row.mutable_flags() = segment.flags();
    row.set_media_type(segment.media_type());
    row.set_content_digest(crypto::Sha256(plain).Bytes());
    sealed_segments.push_back(std::move(sealed->ciphertext));
  }
  return {};
}

Status SealTearLines(const Preparation& preparation, const SubjectKeys& keys, Publish& command) {
  const v1::Event& event = preparation.item.event();
  for (int i = 0; i < event.tear_lines_size(); ++i) {
    const v1::TearLine& tear_line = event.tear_lines(i);
    Result<vault::Sealed> sealed =
        SealFor(AboutAll(preparation), stored::v1::CONTENT_CLASS_TEAR_LINE,
                static_cast<std::uint32_t>(i), tear_line.text(), preparation, keys);
    if (!sealed.ok()) return sealed.status();
    stored::v1::SealedTearLine& row = *command.add_tear_lines();
    row.mutable_text()->set_ciphertext(std::move(sealed->ciphertext));
    for (stored::v1::WrappedKey& key : sealed->keys) {
      *row.mutable_text()->add_keys() = std::move(key);
    }
    *row.mutable_marking() = tear_line.marking();
    *row.mutable_audience() = tear_line.audience();
  }
  return {};
}

/// Identifiers are sealed only where a provisional nominal may be made of them.
Status SealNominals(Preparation& preparation, const SubjectKeys& keys, Publish& command) {
  for (std::uint32_t i = 0; i < preparation.concerned.size(); ++i) {
    Concerned& concerned = preparation.concerned[i];
    stored::v1::StoredNominal& nominal = *command.add_nominals();
    if (concerned.identifiers.empty()) nominal.set_nominal_id(concerned.nominal_id);
    for (IndexedIdentifier& identifier : concerned.identifiers) {
      if (concerned.nominal_id.empty()) {
        TEARLINE_RETURN_IF_REFUSED(SealIdentifier(preparation.ledger_id,
                                                  keys.Of(i, stored::v1::CONTENT_CLASS_IDENTIFIER),
                                                  preparation.bench, identifier));
      }
      *nominal.add_identifiers() = identifier.stored;
    }
  }
  return {};
}

/// Everything that seals. Refuses KEY_MISSING if a key of the view was destroyed meanwhile.
Status SealAll(Preparation& preparation, bool reuse, Publish& command,
               std::vector<std::string>& sealed_segments) {
  SubjectKeys keys(preparation.bench, reuse);
  NeedKeys(preparation, keys);
  TEARLINE_RETURN_IF_REFUSED(keys.Get());
  TEARLINE_RETURN_IF_REFUSED(SealNominals(preparation, keys, command));
  TEARLINE_RETURN_IF_REFUSED(SealSegments(preparation, keys, command, sealed_segments));
  TEARLINE_RETURN_IF_REFUSED(SealTearLines(preparation, keys, command));
  for (stored::v1::SubjectKeyUse& use : keys.Made()) *command.add_keys() = std::move(use);
  return {};
}

/// All that lies in the clear.
void FillPlain(const Preparation& preparation, const stored::v1::Actor& actor,
               const std::string& agency, Publish& command) {
  const v1::PublishItem& item = preparation.item;
  const v1::Event& event = item.event();
  command.set_event_id(preparation.event_id);
  command.set_request_id(item.request_id());
  command.set_request_digest(RequestDigest(item, preparation.bench));
  command.set_event_type(event.event_type());
  command.set_originating_agency(agency);
  if (agency == actor.agency()) command.set_originating_post(actor.post());
  command.set_occurred_ms(MillisecondsOf(event.occurred_at()));
  command.set_occurred_quality(event.occurred_quality());
  command.set_published_ms(MillisecondsOf(event.published_at()));
  command.set_urgency(event.urgency());
  *command.mutable_label() = event.label();
  *command.mutable_facts() = event.facts();
  command.set_imported(item.imported());
}

Status CheckAccreditation(const v1::Event& event, const Workbench& bench) {
  const auto row = bench.view.Find<stored::v1::LedgerRow>(state::Key(state::Table::kLedger));
  if (row && model::Dominates(row->accreditation(), event.label().marking())) return {};
  return Refuse(v1::ERROR_REASON_ABOVE_ACCREDITATION,
                "`event.label.marking` must not be above what this broker may hold");
}

}  // namespace

Result<Proposal> PreparePublish(const v1::PublishItem& item, const stored::v1::Actor& actor,
                                const Workbench& bench) {
  const Result<model::LedgerId> ledger_id = LedgerIdOf(bench);
  if (!ledger_id.ok()) return ledger_id.status();
  TEARLINE_RETURN_IF_REFUSED(CheckPublish(item, bench.now_ms));
  TEARLINE_RETURN_IF_REFUSED(CheckAccreditation(item.event(), bench));

  const std::string& agency =
      item.originating_agency().empty() ? actor.agency() : item.originating_agency();
  Preparation preparation{item, bench, *ledger_id, crypto::RandomBytes(kSeedBytes), {}, {}};
  preparation.event_id = EventIdOf(preparation.seed);
  for (int i = 0; i < item.event().nominals_size(); ++i) {
    Result<Concerned> concerned = Identify(item.event().nominals(i), agency,
                                           "event.nominals[" + std::to_string(i) + "]", bench);
    if (!concerned.ok()) return concerned.status();
    preparation.concerned.push_back(*std::move(concerned));
  }

  Publish command;
  std::vector<std::string> segments;
  Status sealed = SealAll(preparation, /*reuse=*/true, command, segments);
  if (ReasonOf(sealed) == v1::ERROR_REASON_KEY_MISSING) {
    command.Clear();
    segments.clear();
    sealed = SealAll(preparation, /*reuse=*/false, command, segments);
  }
  if (!sealed.ok()) return sealed;
  FillPlain(preparation, actor, agency, command);
  command.set_manifest_digest(ManifestDigest(command));

  Proposal proposal = MakeProposal(actor, stored::v1::COMMAND_NUMBER_PUBLISH, command);
  proposal.seed = std::move(preparation.seed);
  proposal.segments = std::move(segments);
  return proposal;
}

}  // namespace tearline::sequencer
