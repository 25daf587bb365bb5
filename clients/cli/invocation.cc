#include "clients/cli/invocation.h"

namespace tearline::cli {

void StopUsage(const std::string& sentence) { throw Stop{ExitCode::kUsage, "", sentence}; }

void StopFor(const client::Refusal& refusal) {
  throw Stop{refusal.Unreachable() ? ExitCode::kUnreachable : ExitCode::kRefused, refusal.reason,
             refusal.sentence};
}

void StopUnverified(const std::string& sentence) {
  throw Stop{ExitCode::kVerificationFailed, "PROOF_INVALID", sentence};
}

v1::Acting Invocation::Acting() const {
  v1::Acting acting;
  acting.set_post(post);
  acting.set_purpose(purpose);
  acting.set_legal_basis(legal_basis);
  acting.set_on_behalf_of_user(on_behalf_of);
  acting.set_on_behalf_of_issuer(issuer);
  acting.set_correlation_id(correlation);
  return acting;
}

void Invocation::Settle() {
  client::FillFromEnvironment(connection);
  if (profile_file.empty()) return;
  const absl::StatusOr<client::Profile> profile = client::ReadProfile(profile_file);
  if (!profile.ok()) StopUsage(std::string(profile.status().message()));
  client::FillFromProfile(*profile, connection);
  if (post.empty()) post = profile->post;
  if (purpose.empty()) purpose = profile->purpose;
  if (legal_basis.empty()) legal_basis = profile->legal_basis;
}

std::shared_ptr<grpc::Channel> Invocation::Channel() const {
  const absl::StatusOr<std::shared_ptr<grpc::Channel>> channel = client::Connect(connection);
  if (!channel.ok()) StopUsage(std::string(channel.status().message()));
  return *channel;
}

std::chrono::system_clock::time_point Invocation::Deadline() const {
  return std::chrono::system_clock::now() +
         std::chrono::milliseconds(static_cast<std::int64_t>(timeout_seconds * 1000));
}

}  // namespace tearline::cli
