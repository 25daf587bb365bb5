#include "broker/vault/stop_on_failure.h"

#include <atomic>
#include <utility>

#include "broker/telemetry/log.h"

namespace tearline::vault {
namespace {

class StoppingVault final : public Vault {
 public:
  StoppingVault(std::unique_ptr<Vault> below, Fatal fatal)
      : below_(std::move(below)), fatal_(std::move(fatal)) {}

  Result<std::vector<model::SubjectKeyId>> Make(std::size_t count) override {
    if (failed_.load()) return Stopped();
    Result<std::vector<model::SubjectKeyId>> made = below_->Make(count);
    StopIfFailed(made.status());
    return made;
  }

  Status Keep(const std::vector<Successor>& successors) override {
    if (failed_.load()) return Stopped();
    Status kept = below_->Keep(successors);
    StopIfFailed(kept);
    return kept;
  }

  Result<std::optional<std::string>> FindRewrap(const model::SubjectKeyId& id,
                                                const std::string& recorded) const override {
    return below_->FindRewrap(id, recorded);
  }

  Result<crypto::Secret> Find(const model::SubjectKeyId& id) const override {
    return below_->Find(id);
  }

  Result<bool> HoldsAll(const std::vector<model::SubjectKeyId>& ids) const override {
    return below_->HoldsAll(ids);
  }

  Result<std::vector<model::SubjectKeyId>> List(const std::optional<model::SubjectKeyId>& after,
                                                std::size_t count) const override {
    return below_->List(after, count);
  }

  Status Destroy(const std::vector<model::SubjectKeyId>& ids) override {
    if (failed_.load()) return Stopped();
    Status destroyed = below_->Destroy(ids);
    StopIfFailed(destroyed);
    return destroyed;
  }

  const crypto::Secret& IndexKey() const override { return below_->IndexKey(); }

 private:
  static Status Stopped() {
    return Refuse(v1::ERROR_REASON_STORAGE_FAILED,
                  "the vault has stopped taking keys after a write that failed");
  }

  void StopIfFailed(const Status& outcome) {
    if (ReasonOf(outcome) != v1::ERROR_REASON_STORAGE_FAILED || failed_.exchange(true)) return;
    telemetry::Log(telemetry::Event::kStorageFailed)
        .With(telemetry::Field::kReason, ReasonOf(outcome));
    fatal_(
        "STORAGE_FAILED: the vault did not take a write, and it is not known what it kept; look "
        "at the disk, then start again");
  }

  const std::unique_ptr<Vault> below_;
  const Fatal fatal_;
  std::atomic<bool> failed_{false};
};

}  // namespace

std::unique_ptr<Vault> StopOnFailure(std::unique_ptr<Vault> below, Fatal fatal) {
  return std::make_unique<StoppingVault>(std::move(below), std::move(fatal));
}

}  // namespace tearline::vault
