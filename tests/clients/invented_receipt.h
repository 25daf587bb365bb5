#pragma once

#include <string>

#include "clients/verifier/proof_bundle.h"
#include "tearline/v1/audit_service.pb.h"
#include "tests/clients/invented_log.h"

namespace tearline::doubles {

/// A receipt before it is text, so that it may be bent.
struct Parts {
  v1::Opening opening;
  verifier::ProofBundle bundle;

  [[nodiscard]] std::string Text() const;
};

/// The receipt of one detail of a leaf, under the log as it is now: made here by the definitions in
/// RFC 6962, section 2.1.1.
[[nodiscard]] Parts PartsOf(InventedLog& log, std::size_t index, std::size_t slot);

}  // namespace tearline::doubles
