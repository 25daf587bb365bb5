#include "broker/cosign/asker.h"

#include <charconv>
#include <string_view>
#include <system_error>
#include <utility>

#include "broker/crypto/base64.h"

namespace tearline::cosign {
namespace {

constexpr int kCosigned = 200;
constexpr int kElsewhere = 409;
constexpr int kDoesNotContinue = 422;

/// The size a witness says it is at; nothing if that is no size.
std::optional<std::uint64_t> SizeIn(std::string_view body) {
  if (body.ends_with('\n')) body.remove_suffix(1);
  std::uint64_t size = 0;
  const auto [end, error] = std::from_chars(body.data(), body.data() + body.size(), size);
  if (error != std::errc() || end != body.data() + body.size()) return std::nullopt;
  return size;
}

std::string SubmissionOf(std::uint64_t old_size, const std::string& signed_note,
                         const audit::Checkpoint& checkpoint, const merkle::NodeSource& tree) {
  std::string body = "old " + std::to_string(old_size) + "\n";
  if (old_size > 0) {
    for (const crypto::Digest& hash :
         merkle::ConsistencyProof(old_size, checkpoint.tree_size, tree)) {
      body += crypto::Base64Encode(hash.View()) + "\n";
    }
  }
  return body + "\n" + signed_note;
}

}  // namespace

Asker::Asker(audit::WitnessKey key, std::unique_ptr<Exchange> exchange)
    : key_(std::move(key)), exchange_(std::move(exchange)) {}

Result<Answer> Asker::Post(const std::string& signed_note, const audit::Checkpoint& checkpoint,
                           const merkle::NodeSource& tree) {
  if (size_ > checkpoint.tree_size) {
    return Refuse(v1::ERROR_REASON_CHECKPOINT_MISMATCH,
                  "the witness has cosigned " + std::to_string(size_) +
                      " records of this log, which holds " + std::to_string(checkpoint.tree_size) +
                      ": restore the ledger that was cosigned");
  }
  return exchange_->Post(SubmissionOf(size_, signed_note, checkpoint, tree));
}

Result<audit::Cosignature> Asker::Ask(const std::string& signed_note,
                                      const audit::Checkpoint& checkpoint,
                                      const merkle::NodeSource& tree) {
  forgot_ = false;
  Result<Answer> answer = Post(signed_note, checkpoint, tree);
  if (answer.ok() && answer->status == kElsewhere) {
    const std::optional<std::uint64_t> size = SizeIn(answer->body);
    if (!size) return Refuse(v1::ERROR_REASON_UNAVAILABLE, "the witness states no size");
    forgot_ = *size < size_;
    size_ = *size;
    answer = Post(signed_note, checkpoint, tree);
  }
  if (!answer.ok()) return answer.status();
  if (answer->status == kDoesNotContinue) {
    return Refuse(v1::ERROR_REASON_CHECKPOINT_MISMATCH,
                  "the witness has cosigned another past of this log: restore the ledger that was "
                  "cosigned");
  }
  if (answer->status != kCosigned) {
    return Refuse(v1::ERROR_REASON_UNAVAILABLE,
                  "the witness answers " + std::to_string(answer->status));
  }
  const std::string_view text =
      std::string_view(signed_note).substr(0, signed_note.find("\n\n") + 1);
  Result<audit::Cosignature> cosignature = audit::FindCosignature(text, answer->body, key_);
  if (cosignature.ok()) size_ = checkpoint.tree_size;
  return cosignature;
}

}  // namespace tearline::cosign
