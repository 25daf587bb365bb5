#include "clients/cli/signer.h"

#include <fcntl.h>
#include <sys/stat.h>

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

/// Opens a file that nobody else may read, to write at its end.
std::shared_ptr<std::FILE> OpenPrivate(const std::string& path) {
  const int opened = open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  std::FILE* const stream = opened < 0 ? nullptr : fdopen(opened, "a");
  if (stream == nullptr) StopUsage("--keep cannot be written");
  std::shared_ptr<std::FILE> file(stream, [](std::FILE* open_file) { std::fclose(open_file); });
  struct stat about {};
  const bool is_others =
      fstat(opened, &about) != 0 || (S_ISREG(about.st_mode) && (about.st_mode & 077) != 0);
  if (is_others) StopUsage("--keep: others may read the file; chmod 600");
  return file;
}

}  // namespace

Signer::Signer(const Invocation& invocation, const std::string& key_file, std::string agency)
    : speaker_(SpeakerOf(invocation, std::move(agency))), key_(KeyFrom(key_file)) {}

void Signer::KeepIn(const std::string& path) { kept_ = OpenPrivate(path); }

void Signer::Sign(v1::PublishItem& item) {
  signing::SignItem(speaker_, key_, item);
  if (kept_ == nullptr) return;
  const std::string line = JsonText(item) + '\n';
  if (std::fwrite(line.data(), 1, line.size(), kept_.get()) != line.size() ||
      std::fflush(kept_.get()) != 0) {
    StopUsage("--keep cannot be written");
  }
}

void Signer::Sign(const v1::Event& event, const std::string& event_id,
                  v1::EventAmendment& amendment) {
  for (int i = 0; i < amendment.tear_lines_size(); ++i) {
    signing::SignLaterTearLine(speaker_, key_, event, event_id, static_cast<std::uint32_t>(i),
                               *amendment.mutable_tear_lines(i));
  }
}

}  // namespace tearline::cli
