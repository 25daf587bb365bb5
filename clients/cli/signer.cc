#include "clients/cli/signer.h"

#include <utility>

#include "clients/cli/output.h"
#include "clients/cli/signing_keys.h"
#include "clients/cli/words.h"

namespace tearline::cli {
namespace {

signing::SigningKey KeyFrom(const std::string& path) {
  absl::StatusOr<signing::SigningKey> key = signing::SigningKey::Open(path);
  if (!key.ok()) StopUsage("--sign-with: " + std::string(key.status().message()));
  return *std::move(key);
}

signing::Speaker SpeakerOf(const Invocation& invocation, std::string agency) {
  if (invocation.post.empty()) StopUsage("say who signs: --as AGENCY/POST");
  signing::Speaker speaker;
  const bool own = agency.empty() || agency == AgencyOf(invocation.post);
  speaker.agency = own ? AgencyOf(invocation.post) : std::move(agency);
  if (own) speaker.post = invocation.post;
  speaker.log_origin = AskSigningKeys(invocation, speaker.agency).log_origin();
  return speaker;
}

}  // namespace

Signer::Signer(const Invocation& invocation, const std::string& key_file, std::string agency)
    : speaker_(SpeakerOf(invocation, std::move(agency))), key_(KeyFrom(key_file)) {}

void Signer::KeepIn(const std::string& path) { kept_ = PrivateFile::AddTo(path, "--keep"); }

void Signer::Sign(v1::PublishItem& item) {
  signing::SignItem(speaker_, key_, item);
  if (kept_) kept_->Add(JsonText(item) + '\n');
}

void Signer::Sign(const v1::Event& event, const std::string& event_id,
                  v1::EventAmendment& amendment) {
  for (int i = 0; i < amendment.tear_lines_size(); ++i) {
    signing::SignLaterTearLine(speaker_, key_, event, event_id, static_cast<std::uint32_t>(i),
                               *amendment.mutable_tear_lines(i));
  }
}

}  // namespace tearline::cli
