#include "clients/cli/audit_review.h"

#include <iostream>
#include <optional>

#include <nlohmann/json.hpp>

#include "clients/cli/log_source.h"
#include "clients/cli/note_signer.h"
#include "clients/cli/output.h"
#include "clients/cli/private_file.h"
#include "clients/cli/review_page.h"
#include "clients/cli/review_source.h"
#include "clients/cli/words.h"
#include "clients/verifier/review_file.h"

namespace tearline::cli {
namespace {

std::optional<NoteSigner> OpenSigner(const Invocation& invocation, const ReviewOptions& options) {
  if (options.signing_key_file.empty()) {
    if (!options.sign_as.empty()) StopUsage("--sign-as needs --signing-key");
    return std::nullopt;
  }
  absl::StatusOr<NoteSigner> signer = NoteSigner::Open(
      options.sign_as.empty() ? invocation.post : options.sign_as, options.signing_key_file);
  if (!signer.ok()) StopUsage("--signing-key: " + std::string(signer.status().message()));
  return *std::move(signer);
}

verifier::ProvedReview CheckOrStop(const verifier::Review& review, const Belief& belief) {
  absl::StatusOr<verifier::ProvedReview> proved = verifier::CheckReview(review, belief.key);
  if (!proved.ok()) StopUnverified(std::string(proved.status().message()));
  return *std::move(proved);
}

/// The names in a manifest's signature lines, with blanks between; "" if it is not signed.
std::string SignersOf(const std::string& manifest) {
  const auto lines = verifier::ReadSignatures(manifest);
  std::string names;
  if (!lines.ok()) return names;
  for (const verifier::SignatureLine& line : *lines)
    names += (names.empty() ? "" : " ") + line.name;
  return names;
}

/// What an export that nobody signs is worth, where it is not to be overlooked.
void WarnUnsigned() {
  std::cerr << "NOT SIGNED: each record in this export proves itself, but that none was left out\n"
            << "is vouched for by nobody, and who made it cannot be shown. --signing-key FILE\n"
            << "signs it.\n";
}

void SayReview(const Invocation& invocation, const verifier::Review& review,
               const verifier::ProvedReview& proved, const std::string& signed_by,
               nlohmann::json more) {
  const std::size_t answers = review.events.size() + review.obligations.size();
  if (invocation.json) {
    more.update({{"nominal_id", review.nominal_id},
                 {"made_at", TimeText(review.made_ms)},
                 {"origin", proved.checkpoint.origin},
                 {"tree_size", proved.checkpoint.tree_size},
                 {"records", proved.leaves.size()},
                 {"events", review.events.size()},
                 {"obligations", review.obligations.size()},
                 {"signed_by", signed_by}});
    return PrintJson(more);
  }
  std::cout << "about        " << review.nominal_id << "  as of " << TimeText(review.made_ms)
            << "\nrecords      " << proved.leaves.size() << ", each under the checkpoint of "
            << proved.checkpoint.origin << " over " << proved.checkpoint.tree_size
            << " leaves\nevents       " << review.events.size() << "\nanswers      " << answers
            << ", none against the records\nsigned by    "
            << (signed_by.empty() ? "nobody but the log: that nothing was left out is vouched for "
                                    "by nobody"
                                  : signed_by)
            << '\n';
}

}  // namespace

void ExportReview(const Invocation& invocation, const TrustOptions& trust,
                  const ReviewOptions& options) {
  DemandTrust(trust);
  if (options.out_file.empty()) StopUsage("--for-review needs --out FILE");
  DemandRoom(options.out_file, "--out", options.overwrite);
  const std::optional<NoteSigner> signer = OpenSigner(invocation, options);
  const Belief belief = Believe(trust, AskCheckpoint(invocation).verifier_key());
  const verifier::Review review = AskReview(invocation, options.nominal_id, belief);
  const verifier::ProvedReview proved = CheckOrStop(review, belief);
  SayFirstUse(belief);
  const std::string lines = verifier::ReviewLines(review);
  const std::string document = verifier::ReviewDocument(ReviewPage(review, proved), lines);
  std::string manifest = verifier::ManifestText(document, lines);
  if (signer) manifest = signer->Sign(manifest);
  WritePrivately(options.out_file, "--out", verifier::WithManifest(document, manifest),
                 options.overwrite);
  // A cosigned checkpoint may be older than what was seen before.
  if (!belief.earlier || belief.earlier->tree_size <= proved.checkpoint.tree_size) {
    Remember(trust, belief, review.signed_note);
  }
  const std::string key = signer ? verifier::Text(signer->Key()) : "";
  if (!invocation.json) std::cout << "written      " << options.out_file << '\n';
  SayReview(invocation, review, proved, key, {{"file", options.out_file}});
  if (!signer) WarnUnsigned();
}

void VerifyReview(const Invocation& invocation, const TrustOptions& trust, const std::string& file,
                  const std::string& exporter_key) {
  DemandTrust(trust);
  const Belief belief = Believe(trust, "");
  const auto parts = verifier::ReadReviewFile(ReadBytes(file));
  if (!parts.ok()) StopUnverified(std::string(parts.status().message()));
  std::string signed_by;
  if (!exporter_key.empty()) {
    const verifier::VerifierKey key =
        KeyFrom(exporter_key, "--exporter-key", verifier::KeyType::kNote);
    const auto opened = verifier::OpenNote(parts->manifest, key);
    if (!opened.ok()) {
      StopUnverified("the manifest: " + std::string(opened.status().message()));
    }
    signed_by = verifier::Text(key);
  } else if (const std::string names = SignersOf(parts->manifest); !names.empty()) {
    signed_by = names + ", not verified: give --exporter-key KEY";
  }
  const absl::StatusOr<verifier::Review> review = verifier::ReadReviewLines(parts->lines);
  if (!review.ok()) StopUnverified(std::string(review.status().message()));
  const verifier::ProvedReview proved = CheckOrStop(*review, belief);
  DemandWitnesses(review->signed_note, belief);
  DemandSamePast(proved.checkpoint, belief);
  if (ReviewPage(*review, proved) != parts->page) {
    StopUnverified(
        "the page does not say what the data says: it was changed, or another version of this "
        "program wrote it");
  }
  if (!invocation.json) std::cout << "verified     the data, its proofs, and the page\n";
  SayReview(invocation, *review, proved, signed_by, {{"verified", true}});
}

}  // namespace tearline::cli
