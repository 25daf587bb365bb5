#include "clients/cli/signer.h"

#include <chrono>
#include <cstdint>
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

std::int64_t NowMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

Signer::Signer(const Invocation& invocation, const std::string& key_file, std::string agency)
    : speaker_(SpeakerOf(invocation, std::move(agency))), key_(KeyFrom(key_file)) {}

void Signer::KeepIn(const std::string& path) { kept_ = PrivateFile::AddTo(path, "--keep"); }

void Signer::Sign(v1::PublishItem& item) {
  signing::SignItem(speaker_, key_, item);
  if (kept_) kept_->Add(JsonText(item) + '\n');
}

void Signer::Sign(const v1::Event* event, v1::AmendEventRequest& request) {
  v1::EventAmendment& amendment = *request.mutable_amendment();
  for (int i = 0; i < amendment.tear_lines_size(); ++i) {
    signing::SignLaterTearLine(speaker_, key_, *event, request.event_id(),
                               static_cast<std::uint32_t>(i), *amendment.mutable_tear_lines(i));
  }
  signing::SignAmendment(speaker_, key_, request.event_id(), NowMs(), amendment);
  Keep(request);
}

void Signer::Sign(v1::WithdrawEventRequest& request) {
  *request.mutable_signature() =
      signing::SignWithdrawal(speaker_, key_, request.event_id(), request.reason(), NowMs());
  Keep(request);
}

/// Without who asks: that is no part of what is signed.
template <typename Request>
void Signer::Keep(Request request) {
  if (!kept_) return;
  request.clear_acting();
  kept_->Add(JsonText(request) + '\n');
}

}  // namespace tearline::cli
