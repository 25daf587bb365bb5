#include "broker/sequencer/publish_size.h"

#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <utility>

#include "broker/crypto/digest.h"
#include "broker/crypto/seal.h"
#include "broker/crypto/signer.h"
#include "broker/model/ids.h"
#include "broker/sequencer/check_signed.h"
#include "broker/sequencer/seal_places.h"

namespace tearline::sequencer {
namespace {

using Keys = google::protobuf::RepeatedPtrField<stored::v1::WrappedKey>;

void AddWrapped(std::size_t count, Keys& keys) {
  for (std::size_t i = 0; i < count; ++i) {
    stored::v1::WrappedKey& key = *keys.Add();
    key.set_subject_key_id(std::string(model::SubjectKeyId::kBytes, 'k'));
    key.set_wrapped(std::string(crypto::kSealKeyBytes + crypto::kWrapOverheadBytes, 'w'));
  }
}

std::string SealedText(std::size_t plain_bytes) {
  return std::string(plain_bytes + crypto::kSealTagBytes, 's');
}

void AddNominal(const Concerned& concerned, stored::v1::Publish& command) {
  stored::v1::StoredNominal& nominal = *command.add_nominals();
  if (concerned.identifiers.empty()) nominal.set_nominal_id(concerned.nominal_id);
  for (const IndexedIdentifier& identifier : concerned.identifiers) {
    stored::v1::StoredIdentifier& stored = *nominal.add_identifiers();
    stored = identifier.stored;
    stored.mutable_sealed()->set_ciphertext(SealedText(identifier.plain.ByteSizeLong()));
    AddWrapped(1, *stored.mutable_sealed()->mutable_keys());
  }
}

void AddSegment(const v1::Segment& segment, stored::v1::Publish& command) {
  stored::v1::SealedSegment& row = *command.add_segments();
  row.set_length(
      static_cast<std::uint32_t>(kSaltBytes + segment.content().size() + crypto::kSealTagBytes));
  row.set_digest(std::string(crypto::Digest::kBytes, 'd'));
  AddWrapped(AboutWhom(segment).size(), *row.mutable_keys());
  *row.mutable_nominal_indexes() = segment.nominal_indexes();
  *row.mutable_flags() = segment.flags();
  row.set_media_type(segment.media_type());
  if (segment.has_grading()) *row.mutable_grading() = segment.grading();
  row.set_content_digest(std::string(crypto::Digest::kBytes, 'd'));
}

void AddTearLine(const v1::TearLine& tear_line, std::size_t nominals,
                 stored::v1::Publish& command) {
  stored::v1::SealedTearLine& row = *command.add_tear_lines();
  row.mutable_text()->set_ciphertext(SealedText(SealedPartOf(tear_line).size()));
  AddWrapped(AboutAll(nominals).size(), *row.mutable_text()->mutable_keys());
  *row.mutable_marking() = tear_line.marking();
  *row.mutable_audience() = tear_line.audience();
  if (!tear_line.has_signature()) return;
  row.mutable_signature()->set_payload(tear_line.signature().envelope().payload());
  row.mutable_signature()->set_key_id(std::string(crypto::Digest::kBytes, 'k'));
  row.mutable_signature()->set_signature(std::string(crypto::kSignatureBytes, 's'));
}

/// One key for each nominal and class of content.
void AddKeys(const v1::Event& event, const std::vector<Concerned>& concerned,
             stored::v1::Publish& command) {
  std::set<std::pair<std::uint32_t, stored::v1::ContentClass>> needed;
  for (const v1::Segment& segment : event.segments()) {
    for (const std::uint32_t whom : AboutWhom(segment)) {
      needed.insert({whom, ClassOf(segment.flags())});
    }
  }
  if (!event.tear_lines().empty()) {
    for (const std::uint32_t whom : AboutAll(concerned.size())) {
      needed.insert({whom, stored::v1::CONTENT_CLASS_TEAR_LINE});
    }
  }
  for (std::uint32_t i = 0; i < concerned.size(); ++i) {
    needed.insert({i, stored::v1::CONTENT_CLASS_IDENTIFIER});
  }
  for (const auto& [whom, content_class] : needed) {
    stored::v1::SubjectKeyUse& use = *command.add_keys();
    use.set_subject_key_id(std::string(model::SubjectKeyId::kBytes, 'k'));
    use.set_nominal_index(whom);
    use.set_content_class(content_class);
    use.set_quarter(std::numeric_limits<std::uint32_t>::max());
  }
}

}  // namespace

std::size_t PublishBytesMax(const stored::v1::Publish& plain, const v1::Event& event,
                            const std::vector<Concerned>& concerned) {
  stored::v1::Publish command = plain;
  for (const Concerned& each : concerned) AddNominal(each, command);
  for (const v1::Segment& segment : event.segments()) AddSegment(segment, command);
  for (const v1::TearLine& tear_line : event.tear_lines()) {
    AddTearLine(tear_line, concerned.size(), command);
  }
  AddKeys(event, concerned, command);
  command.set_manifest_digest(std::string(crypto::Digest::kBytes, 'd'));
  return command.ByteSizeLong();
}

}  // namespace tearline::sequencer
