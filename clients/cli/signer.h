#pragma once

#include <optional>
#include <string>

#include "clients/cli/invocation.h"
#include "clients/cli/private_file.h"
#include "clients/signing/sign_event.h"
#include "clients/signing/signing_key.h"
#include "tearline/v1/publisher_service.pb.h"

namespace tearline::cli {

/// Signs what is published, amended and withdrawn: `--sign-with FILE`.
class Signer {
 public:
  /// Asks the broker which log it is. `agency` is the originating one; "" for the acting post's
  /// own. Ends with kUsage if the key file cannot be used, or `--as` is missing.
  Signer(const Invocation& invocation, const std::string& key_file, std::string agency);

  /// Signed items are written to the end of `path` as well, one JSON object a line: what to hold a
  /// receipt against. It holds content and salts, so nobody else may read it. Ends with kUsage if
  /// it cannot be written, or others may.
  void KeepIn(const std::string& path);

  void Sign(v1::PublishItem& item);
  /// `event` is as it was published: what its tear-lines are of. Requires: it is not null, or the
  /// amendment writes no tear-line.
  void Sign(const v1::Event* event, v1::AmendEventRequest& request);
  void Sign(v1::WithdrawEventRequest& request);

 private:
  template <typename Request>
  void Keep(Request request);

  signing::Speaker speaker_;
  signing::SigningKey key_;
  std::optional<PrivateFile> kept_;
};

}  // namespace tearline::cli
