#include "broker/sequencer/prepare_publish.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "broker/crypto/hmac.h"
#include "broker/crypto/random.h"
#include "broker/machine/origin.h"
#include "broker/model/limits.h"
#include "broker/model/marking.h"
#include "broker/sequencer/check_publish.h"
#include "broker/sequencer/check_signed.h"
#include "broker/sequencer/concerned.h"
#include "broker/sequencer/identifier_index.h"
#include "broker/sequencer/make_proposal.h"
#include "broker/sequencer/publish_size.h"
#include "broker/sequencer/record_chain.h"
#include "broker/sequencer/seal_places.h"
#include "broker/sequencer/subject_keys.h"
#include "broker/status/invariant.h"
#include "broker/telemetry/metrics.h"
#include "broker/vault/envelope.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::sequencer {
namespace {

using stored::v1::ContentClass;
using stored::v1::Publish;

/// One publication being prepared.
struct Preparation {
  const v1::PublishItem& item;
  const Workbench& bench;
  model::LedgerId ledger_id{};
  std::string seed = crypto::RandomBytes(kSeedBytes);
  std::string event_id = EventIdOf(seed);  ///< 16 bytes.
  std::vector<Concerned> concerned{};
  /// One for each tear-line, in order.
  std::vector<std::optional<stored::v1::OriginatorSignature>> tear_line_signatures{};
};

/// HMAC over the item without its request id. The id is the first field, so what is left out is the
/// beginning of the bytes: its tag, its length and itself.
std::string RequestDigest(const v1::PublishItem& item, const Workbench& bench) {
  static_assert(model::kRequestIdBytesMax < 128, "the length takes one byte");
  const std::string bytes = item.SerializeAsString();
  const std::string_view rest = std::string_view(bytes).substr(2 + item.request_id().size());
  return crypto::HmacSha256(bench.vault.IndexKey().View(), {rest}).Bytes();
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
    NeedAll(AboutAll(preparation.concerned.size()), stored::v1::CONTENT_CLASS_TEAR_LINE,
            preparation, keys);
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
    const std::string salt =
        segment.salt().empty() ? crypto::RandomBytes(kSaltBytes) : segment.salt();
    const std::string plain = salt + segment.content();
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
    if (segment.has_grading()) *row.mutable_grading() = segment.grading();
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
        SealFor(AboutAll(preparation.concerned.size()), stored::v1::CONTENT_CLASS_TEAR_LINE,
                static_cast<std::uint32_t>(i), SealedPartOf(tear_line), preparation, keys);
    if (!sealed.ok()) return sealed.status();
    stored::v1::SealedTearLine& row = *command.add_tear_lines();
    row.mutable_text()->set_ciphertext(std::move(sealed->ciphertext));
    for (stored::v1::WrappedKey& key : sealed->keys) {
      *row.mutable_text()->add_keys() = std::move(key);
    }
    *row.mutable_marking() = tear_line.marking();
    *row.mutable_audience() = tear_line.audience();
    const auto& signature = preparation.tear_line_signatures[static_cast<std::size_t>(i)];
    if (signature) *row.mutable_signature() = *signature;
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
      identifier.stored.clear_sealed();
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
Result<Proposal> SealAll(Preparation& preparation, const stored::v1::Actor& actor,
                         const Publish& plain, SubjectKeys& keys) {
  Publish command = plain;
  std::vector<std::string> segments;
  TEARLINE_RETURN_IF_REFUSED(SealNominals(preparation, keys, command));
  TEARLINE_RETURN_IF_REFUSED(SealSegments(preparation, keys, command, segments));
  TEARLINE_RETURN_IF_REFUSED(SealTearLines(preparation, keys, command));
  for (stored::v1::SubjectKeyUse& use : keys.Made()) *command.add_keys() = std::move(use);
  command.set_manifest_digest(ManifestDigest(command));
  Proposal proposal = MakeProposal(actor, stored::v1::COMMAND_NUMBER_PUBLISH, command);
  proposal.segments = std::move(segments);
  proposal.new_keys = keys.Keep();
  return proposal;
}

/// Whose it is, and what it repeats if it repeats anything.
Publish OriginOf(const Preparation& preparation, const stored::v1::Actor& actor) {
  const v1::PublishItem& item = preparation.item;
  Publish command;
  command.set_event_id(preparation.event_id);
  command.set_request_id(item.request_id());
  const bool own = item.originating_agency().empty() || item.originating_agency() == actor.agency();
  command.set_originating_agency(own ? actor.agency() : item.originating_agency());
  if (own) command.set_originating_post(actor.post());
  command.set_imported(item.imported());
  return command;
}

/// All else that lies in the clear.
void FillPlain(const v1::Event& event, Publish& command) {
  command.set_event_type(event.event_type());
  command.set_occurred_ms(MillisecondsOf(event.occurred_at()));
  command.set_occurred_quality(event.occurred_quality());
  command.set_published_ms(MillisecondsOf(event.published_at()));
  command.set_urgency(event.urgency());
  *command.mutable_label() = event.label();
  *command.mutable_facts() = event.facts();
}

Status CheckAccreditation(const v1::Event& event, const Workbench& bench) {
  const auto row = bench.view.See<stored::v1::LedgerRow>(state::Key(state::Table::kLedger));
  if (row && model::Dominates(row->accreditation(), event.label().marking())) return {};
  return Refuse(v1::ERROR_REASON_ABOVE_ACCREDITATION,
                "`event.label.marking` must not be above what this broker may hold");
}

/// Whether the agency used the request id before: then there is nothing to seal.
bool IsKnownRequest(const Publish& command, const Workbench& bench) {
  return bench.view
      .Get(state::Key(state::Table::kRequest)
               .Name(command.originating_agency())
               .Fixed(command.request_id()))
      .has_value();
}

/// As large as it could become, whatever is known: the sentence must not tell how large it is.
Status CheckSize(std::size_t command_bytes_max, const stored::v1::Actor& actor) {
  if (kHeaderFixedBytes + actor.ByteSizeLong() + command_bytes_max <= model::kHeaderBytesMax) {
    return {};
  }
  return Refuse(v1::ERROR_REASON_LIMIT_PASSED,
                "the record's header could be over " + std::to_string(model::kHeaderBytesMax) +
                    " bytes; send fewer tear-lines, nominals or names");
}

}  // namespace

/// One item, from its check to its proposal.
struct PublishPreparation::Draft {
  Draft(const v1::PublishItem& item, const Workbench& bench)
      : preparation{item, bench}, keys(std::in_place, bench, /*reuse=*/true) {}

  Status Check(const stored::v1::Actor& actor);
  Status CheckSignatures();
  Result<Proposal> Seal(const stored::v1::Actor& actor);

  Preparation preparation;
  Status checked;  ///< Why it is refused, or OK.
  Publish plain;   ///< All that lies in the clear.
  bool known = false;
  std::size_t bytes_max = 0;
  std::optional<SubjectKeys> keys;
  std::size_t keys_missing = 0;
};

/// Everything that is looked at before anything is made.
Status PublishPreparation::Draft::Check(const stored::v1::Actor& actor) {
  const v1::PublishItem& item = preparation.item;
  const Workbench& bench = preparation.bench;
  const Result<model::LedgerId> ledger_id = LedgerIdOf(bench);
  if (!ledger_id.ok()) return ledger_id.status();
  preparation.ledger_id = *ledger_id;
  TEARLINE_RETURN_IF_REFUSED(CheckPublish(item, bench.now_ms));
  TEARLINE_RETURN_IF_REFUSED(CheckAccreditation(item.event(), bench));
  plain = OriginOf(preparation, actor);
  TEARLINE_RETURN_IF_REFUSED(machine::CheckOrigin(plain, actor, bench.view));
  plain.set_request_digest(RequestDigest(item, bench));
  known = IsKnownRequest(plain, bench);
  if (known) return {};
  FillPlain(item.event(), plain);
  TEARLINE_RETURN_IF_REFUSED(CheckSignatures());
  Result<std::vector<Concerned>> concerned =
      Identify(item.event(), plain.originating_agency(), bench);
  if (!concerned.ok()) return concerned.status();
  preparation.concerned = *std::move(concerned);
  bytes_max = PublishBytesMax(plain, item.event(), preparation.concerned);
  TEARLINE_RETURN_IF_REFUSED(CheckSize(bytes_max, actor));
  NeedKeys(preparation, *keys);
  keys_missing = keys->Find();
  return {};
}

/// What its originator signed goes into the record as it came.
Status PublishPreparation::Draft::CheckSignatures() {
  const Originator originator =
      OriginatorOf(plain.originating_agency(), preparation.bench.view, preparation.bench.now_ms);
  Result<Verified> verified = CheckSigned(preparation.item, plain, originator);
  if (!verified.ok()) return verified.status();
  if (verified->event) *plain.mutable_signed_event() = *std::move(verified->event);
  preparation.tear_line_signatures = std::move(verified->tear_lines);
  return {};
}

/// Seals, with keys made anew if one of the view was destroyed meanwhile.
Result<Proposal> PublishPreparation::Draft::Seal(const stored::v1::Actor& actor) {
  if (!checked.ok()) return checked;
  Result<Proposal> proposal = known ? MakeProposal(actor, stored::v1::COMMAND_NUMBER_PUBLISH, plain)
                                    : SealAll(preparation, actor, plain, *keys);
  if (ReasonOf(proposal.status()) == v1::ERROR_REASON_KEY_MISSING) {
    keys.emplace(preparation.bench, /*reuse=*/false);
    NeedKeys(preparation, *keys);
    TEARLINE_RETURN_IF_REFUSED(keys->Get());
    proposal = SealAll(preparation, actor, plain, *keys);
  }
  if (!proposal.ok()) return proposal;
  TEARLINE_INVARIANT(known || proposal->command_bytes.size() <= bytes_max,
                     "a command is at most as large as it could become");
  proposal->seed = std::move(preparation.seed);
  return proposal;
}

PublishPreparation::PublishPreparation(std::span<const v1::PublishItem* const> items,
                                       const stored::v1::Actor& actor, const Workbench& bench)
    : actor_(actor), seen_(bench.view), bench_{seen_, bench.vault, bench.now_ms} {
  const telemetry::Stopwatch stopwatch(telemetry::Timing::kCheck);
  drafts_.reserve(items.size());
  for (const v1::PublishItem* const item : items) {
    Draft& draft = *drafts_.emplace_back(std::make_unique<Draft>(*item, bench_));
    draft.checked = draft.Check(actor_);
  }
}

PublishPreparation::~PublishPreparation() = default;

bool PublishPreparation::MakesKeys() const {
  return std::any_of(drafts_.begin(), drafts_.end(),
                     [](const auto& draft) { return draft->keys_missing != 0; });
}

/// All that are missing, with one sync.
void PublishPreparation::MakeKeys() {
  std::size_t count = 0;
  for (const auto& draft : drafts_) count += draft->keys_missing;
  if (count == 0) return;
  const Result<std::vector<model::SubjectKeyId>> made = bench_.vault.Make(count);
  std::size_t taken = 0;
  for (const auto& draft : drafts_) {
    if (draft->keys_missing == 0) continue;
    if (!made.ok()) {
      draft->checked = made.status();
      continue;
    }
    draft->keys->Take(std::span(*made).subspan(taken, draft->keys_missing));
    taken += draft->keys_missing;
  }
}

std::vector<Result<Proposal>> PublishPreparation::Finish() {
  const telemetry::Stopwatch stopwatch(telemetry::Timing::kSeal);
  MakeKeys();
  std::vector<Result<Proposal>> proposals;
  proposals.reserve(drafts_.size());
  for (const auto& draft : drafts_) proposals.push_back(draft->Seal(actor_));
  return proposals;
}

Result<Proposal> PreparePublish(const v1::PublishItem& item, const stored::v1::Actor& actor,
                                const Workbench& bench) {
  const v1::PublishItem* const only = &item;
  return std::move(PublishPreparation(std::span(&only, 1), actor, bench).Finish().front());
}

}  // namespace tearline::sequencer
