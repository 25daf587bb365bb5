#include "broker/crypto/dsse.h"

namespace tearline::crypto {

std::string PreAuthentication(std::string_view payload_type, std::string_view payload) {
  std::string bytes = "DSSEv1 " + std::to_string(payload_type.size()) + ' ';
  bytes.append(payload_type);
  bytes += ' ' + std::to_string(payload.size()) + ' ';
  bytes.append(payload);
  return bytes;
}

}  // namespace tearline::crypto
