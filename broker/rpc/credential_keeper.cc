#include "broker/rpc/credential_keeper.h"

#include <sys/stat.h>

#include <utility>

#include "broker/telemetry/log.h"
#include "broker/telemetry/metrics.h"

namespace tearline::rpc {

using telemetry::Event;
using telemetry::Field;

CredentialKeeper::CredentialKeeper(settings::v1::Listen listen, ViewSource view,
                                   std::function<void()> changed)
    : listen_(std::move(listen)), view_(std::move(view)), changed_(std::move(changed)) {}

Result<std::unique_ptr<CredentialKeeper>> CredentialKeeper::Open(settings::v1::Listen listen,
                                                                 ViewSource view,
                                                                 std::function<void()> changed) {
  std::unique_ptr<CredentialKeeper> keeper(
      new CredentialKeeper(std::move(listen), std::move(view), std::move(changed)));
  // Before the reading: what is touched while it goes on is read again.
  keeper->traces_ = keeper->TracesOf();
  Result<std::shared_ptr<const Credentials>> first =
      ReadCredentials(keeper->listen_, *keeper->view_());
  if (!first.ok()) return first.status();
  keeper->current_ = *std::move(first);
  return keeper;
}

std::shared_ptr<const Credentials> CredentialKeeper::Current() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return current_;
}

Status CredentialKeeper::Standing() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return standing_;
}

bool CredentialKeeper::Stands(std::int64_t now_ms) const {
  const std::shared_ptr<const Credentials> now = Current();
  return Standing().ok() && now->validity.not_before_ms <= now_ms &&
         now_ms < now->validity.not_after_ms && now_ms < now->revocations.FirstDueMs();
}

Status CredentialKeeper::Reload() {
  const std::lock_guard<std::mutex> reading(reading_);
  return Read(TracesOf());
}

Status CredentialKeeper::ReloadIfTouched() {
  const std::lock_guard<std::mutex> reading(reading_);
  const std::vector<Trace> traces = TracesOf();
  if (traces == traces_ && Standing().ok()) return {};
  return Read(traces);
}

/// Requires: reading_ is held.
Status CredentialKeeper::Read(const std::vector<Trace>& traces) {
  const bool touched = traces != traces_;
  traces_ = traces;
  Result<std::shared_ptr<const Credentials>> next = ReadNext();
  bool known = false;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    known = !touched && !standing_.ok();
    standing_ = next.status();
    if (next.ok()) current_ = *next;
  }
  if (!next.ok()) {
    telemetry::Count(telemetry::Counter::kCredentialsKept);
    // Once for each change: a fault that lasts is tried again with every look.
    if (!known) {
      telemetry::Log(Event::kCredentialsKept).With(Field::kReason, ReasonOf(next.status()));
    }
    return next.status();
  }
  telemetry::Count(telemetry::Counter::kCredentialReadings);
  telemetry::Log(Event::kCredentialsRead).With(Field::kCount, (*next)->revocations.Lists());
  if (changed_) changed_();
  return {};
}

Result<std::shared_ptr<const Credentials>> CredentialKeeper::ReadNext() const {
  Result<std::shared_ptr<const Credentials>> next = ReadCredentials(listen_, *view_());
  if (!next.ok()) return next.status();
  TEARLINE_RETURN_IF_REFUSED((*next)->revocations.CheckFollows(Current()->revocations));
  return next;
}

std::vector<CredentialKeeper::Trace> CredentialKeeper::TracesOf() const {
  std::vector<Trace> traces;
  for (const std::string& file : CredentialFiles(listen_)) {
    struct stat found {};
    Trace& trace = traces.emplace_back();
    if (::stat(file.c_str(), &found) != 0) continue;
    trace = {found.st_dev, found.st_ino, found.st_size, found.st_ctim.tv_sec,
             found.st_ctim.tv_nsec};
  }
  return traces;
}

}  // namespace tearline::rpc
