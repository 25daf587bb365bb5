#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "broker/rpc/credentials.h"
#include "broker/rpc/services.h"
#include "broker/status/status.h"
#include "tearline/settings/v1/broker.pb.h"

namespace tearline::rpc {

/// Holds the credentials in force, and replaces them when the files change. It fails closed: what
/// does not read, does not fit or would take a revocation back leaves everything as it was, and is
/// said in the log and by Standing until it is mended.
///
/// Threads: any.
class CredentialKeeper {
 public:
  /// Reads the files for the first time. `changed` is called after each later reading that was
  /// taken, on the thread that read.
  ///
  /// Refuses: as ReadCredentials.
  static Result<std::unique_ptr<CredentialKeeper>> Open(settings::v1::Listen listen,
                                                        ViewSource view,
                                                        std::function<void()> changed);

  /// The credentials in force.
  std::shared_ptr<const Credentials> Current() const;

  /// Reads the files again, whether or not they changed.
  ///
  /// Refuses: as ReadCredentials and identity::Revocations::CheckFollows; the last ones stand.
  Status Reload();

  /// The same, but only if a file was touched since the last reading, or that one was refused.
  Status ReloadIfTouched();

  /// Whether the last reading was taken; else its refusal.
  Status Standing() const;

  /// Whether all is well at `now_ms` (ms since 1970 UTC): the last reading was taken, the broker's
  /// own certificate is valid, and no revocation list is due to be replaced (grace or not).
  bool Stands(std::int64_t now_ms) const;

 private:
  /// What tells a touched file from an untouched one; all zero if it is not there.
  struct Trace {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::int64_t bytes = 0;
    std::int64_t changed_s = 0;
    std::int64_t changed_ns = 0;
    friend bool operator==(const Trace&, const Trace&) = default;
  };

  CredentialKeeper(settings::v1::Listen listen, ViewSource view, std::function<void()> changed);

  std::vector<Trace> TracesOf() const;
  Status Read(const std::vector<Trace>& traces);
  Result<std::shared_ptr<const Credentials>> ReadNext() const;

  const settings::v1::Listen listen_;
  const ViewSource view_;
  const std::function<void()> changed_;

  std::mutex reading_;         ///< One reading at a time; taken before mutex_.
  std::vector<Trace> traces_;  ///< Of the last reading; guarded by reading_.
  mutable std::mutex mutex_;   ///< Guards what follows.
  std::shared_ptr<const Credentials> current_;
  Status standing_;
};

}  // namespace tearline::rpc
