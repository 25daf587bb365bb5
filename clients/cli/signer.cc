#include "clients/cli/signer.h"

#include <utility>

#include "clients/cli/call.h"
#include "clients/cli/output.h"
#include "clients/cli/words.h"
#include "tearline/v1/directory_service.grpc.pb.h"

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
  v1::ListSigningKeysRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_agency(speaker.agency);
  speaker.log_origin =
      Ask<v1::DirectoryService>(invocation, &v1::DirectoryService::StubInterface::ListSigningKeys,
                                request)
          .log_origin();
  return speaker;
}

}  // namespace

Signer::Signer(const Invocation& invocation, const std::string& key_file, std::string agency)
    : speaker_(SpeakerOf(invocation, std::move(agency))), key_(KeyFrom(key_file)) {}

void Signer::KeepIn(const std::string& path) {
  kept_.open(path, std::ios::binary | std::ios::trunc);
  if (!kept_) StopUsage("--keep cannot be written");
}

void Signer::Sign(v1::PublishItem& item) {
  signing::SignItem(speaker_, key_, item);
  if (!kept_.is_open()) return;
  kept_ << JsonText(item) << '\n';
  kept_.flush();
  if (!kept_) StopUsage("--keep cannot be written");
}

void Signer::Sign(const v1::Event& event, const std::string& event_id,
                  v1::EventAmendment& amendment) {
  for (int i = 0; i < amendment.tear_lines_size(); ++i) {
    signing::SignLaterTearLine(speaker_, key_, event, event_id, static_cast<std::uint32_t>(i),
                               *amendment.mutable_tear_lines(i));
  }
}

}  // namespace tearline::cli
