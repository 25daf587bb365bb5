#include "clients/verifier/statement.h"

#include "clients/verifier/tree.h"

namespace tearline::verifier {

std::string PreAuthentication(std::string_view payload_type, std::string_view payload) {
  std::string bytes = "DSSEv1 ";
  bytes += std::to_string(payload_type.size());
  bytes.append(" ").append(payload_type).append(" ");
  bytes += std::to_string(payload.size());
  bytes.append(" ").append(payload);
  return bytes;
}

std::string SaltedDigest(std::string_view name, std::string_view salt, std::string_view bytes) {
  std::string all(name);
  all.push_back('\0');
  all.append(salt).append(bytes);
  return Bytes(Sha256(all));
}

std::string SegmentDigest(std::string_view salt, const v1::SegmentHeading& heading,
                          std::string_view content) {
  const std::string head = heading.SerializeAsString();
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>(head.size() >> shift & 0xff));
  }
  bytes.append(head).append(content);
  return SaltedDigest("tearline segment", salt, bytes);
}

std::string TextDigest(std::string_view salt, std::string_view text) {
  return SaltedDigest("tearline text", salt, text);
}

}  // namespace tearline::verifier
