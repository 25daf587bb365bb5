#include "broker/sequencer/open_content.h"

#include <optional>
#include <string_view>
#include <utility>

#include "broker/crypto/digest.h"
#include "broker/machine/event_terms.h"
#include "broker/machine/rows.h"
#include "broker/machine/subject_key.h"
#include "broker/sequencer/seal_places.h"
#include "broker/status/invariant.h"
#include "broker/telemetry/log.h"
#include "broker/vault/envelope.h"

namespace tearline::sequencer {
namespace {

Status Corrupt(const char* sentence) { return Refuse(v1::ERROR_REASON_LEDGER_CORRUPT, sentence); }

using WrappedKeys = google::protobuf::RepeatedPtrField<stored::v1::WrappedKey>;

/// The wrapped keys by which a value opens today: those that were not erased, and in place of one
/// that was replaced, what its successor's wrap is. None if everything was erased.
Result<WrappedKeys> KeysOfToday(const WrappedKeys& recorded, const vault::Vault& vault,
                                const stored::v1::EventRow& event, const state::Reader& view) {
  WrappedKeys today;
  for (const stored::v1::WrappedKey& key : recorded) {
    const std::string id = machine::StandingKeyOf(key.subject_key_id(), event, view);
    const auto row = view.Find<stored::v1::SubjectKeyRow>(machine::SubjectKeyKey(id));
    if (row && row->erased_position() != 0) continue;
    stored::v1::WrappedKey stands = key;
    if (id != key.subject_key_id()) {
      const Result<std::optional<std::string>> anew =
          vault.FindRewrap(*model::SubjectKeyId::FromBytes(id), key.wrapped());
      if (!anew.ok()) return anew.status();
      if (!*anew) continue;  // what it was replaced for
      stands.set_subject_key_id(id);
      stands.set_wrapped(**anew);
    }
    *today.Add() = std::move(stands);
  }
  return today;
}

/// What a sealed value holds; nothing if it was erased. The ledger's word counts, not the vault's:
/// a key that was erased may still lie there for a moment.
Result<std::optional<std::string>> OpenUnlessErased(
    const vault::Vault& vault, const vault::Place& place, std::string_view sealed,
    const WrappedKeys& recorded, const stored::v1::EventRow& event, const state::Reader& view) {
  const Result<WrappedKeys> keys = KeysOfToday(recorded, vault, event, view);
  if (!keys.ok()) return keys.status();
  if (keys->empty()) return std::optional<std::string>();
  const Result<std::string> opened = vault::Open(vault, place, sealed, *keys);
  if (opened.ok()) return std::optional<std::string>(*opened);
  if (ReasonOf(opened.status()) != v1::ERROR_REASON_KEY_MISSING) return opened.status();
  telemetry::Log(telemetry::Event::kKeyMissing).With(telemetry::Field::kPosition, event.position());
  return Refuse(v1::ERROR_REASON_STORAGE_FAILED,
                "the vault lacks a subject key that nobody erased; restore the vault's copy that "
                "is as new as the ledger");
}

Result<std::optional<OpenedSegment>> OpenSegment(
    const stored::v1::EventRow& event, std::uint32_t index, const model::LedgerId& ledger_id,
    const state::Reader& view, const ledger::Ledger& ledger, const vault::Vault& vault) {
  const stored::v1::Publish& publish = event.publish();
  TEARLINE_INVARIANT(index < static_cast<std::uint32_t>(publish.segments_size()),
                     "a decision leaves segments that the event has");
  const stored::v1::SealedSegment& segment = publish.segments(static_cast<int>(index));
  const Result<std::string> sealed = ledger.ReadSegment(event.position(), index);
  if (!sealed.ok()) return sealed.status();
  if (crypto::Sha256(*sealed).View() != segment.digest()) {
    return Corrupt("a segment is not the one that was recorded");
  }
  const Result<std::optional<std::string>> plain = OpenUnlessErased(
      vault, PlaceOf(ledger_id, publish.event_id(), ClassOf(segment.flags()), index), *sealed,
      segment.keys(), event, view);
  if (!plain.ok()) return plain.status();
  if (!*plain) return std::optional<OpenedSegment>();
  if ((*plain)->size() < kSaltBytes || crypto::Sha256(**plain).View() != segment.content_digest()) {
    return Corrupt("a segment's content is not the one its record tells of");
  }
  OpenedSegment opened;
  opened.media_type = segment.media_type();
  for (const int flag : segment.flags()) opened.flags.push_back(static_cast<v1::ContentFlag>(flag));
  if (segment.has_grading()) opened.grading = segment.grading();
  opened.salt = (*plain)->substr(0, kSaltBytes);
  opened.content = (*plain)->substr(kSaltBytes);
  return std::optional<OpenedSegment>(std::move(opened));
}

}  // namespace

Result<OpenedContent> OpenContent(const stored::v1::EventRow& event,
                                  const stored::v1::ItemRow& decision,
                                  const model::LedgerId& ledger_id, const state::Reader& view,
                                  const ledger::Ledger& ledger, const vault::Vault& vault) {
  OpenedContent content;
  if (decision.level() == v1::LEVEL_FULL) {
    for (const std::uint32_t index : decision.segments()) {
      Result<std::optional<OpenedSegment>> opened =
          OpenSegment(event, index, ledger_id, view, ledger, vault);
      if (!opened.ok()) return opened.status();
      if (!*opened) {
        content.erased = true;
      } else {
        content.segments.push_back(**std::move(opened));
      }
    }
  }
  if (decision.level() == v1::LEVEL_TEAR_LINE) {
    const stored::v1::SealedTearLine& line = machine::TearLineAt(event, decision.tear_line());
    const stored::v1::SealedValue& text = line.text();
    Result<std::optional<std::string>> opened =
        OpenUnlessErased(vault,
                         PlaceOf(ledger_id, event.publish().event_id(),
                                 stored::v1::CONTENT_CLASS_TEAR_LINE, decision.tear_line()),
                         text.ciphertext(), text.keys(), event, view);
    if (!opened.ok()) return opened.status();
    content.erased = !opened->has_value();
    if (content.erased) return content;
    content.tear_line = **std::move(opened);
    if (!line.has_signature()) return content;
    if (content.tear_line.size() < kSaltBytes) {
      return Corrupt("a signed tear-line must begin with its salt");
    }
    content.tear_line_salt = content.tear_line.substr(0, kSaltBytes);
    content.tear_line.erase(0, kSaltBytes);
  }
  return content;
}

}  // namespace tearline::sequencer
