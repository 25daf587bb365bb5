#pragma once

#include <string>
#include <string_view>

#include "broker/crypto/secret.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"

namespace tearline::rpc {

/// Seals a place in a list which its reader may not see: where a page ended among rows that are not
/// theirs. The token tells nothing but that there is more, and opens only for the agency and post
/// it was given to, until the broker is started again.
///
/// Threads: any.
class PageSeal {
 public:
  /// Draws a key of its own.
  PageSeal();

  /// A token for `place`. Every token of places of one length is equally long.
  [[nodiscard]] std::string Write(std::string_view place, const stored::v1::Actor& actor) const;

  /// The place; "" of an empty token.
  ///
  /// Refuses: FIELD_INVALID for a token that was not given to this actor since the start.
  [[nodiscard]] Result<std::string> Read(const std::string& token,
                                         const stored::v1::Actor& actor) const;

 private:
  const crypto::Secret key_;
};

}  // namespace tearline::rpc
