#include "clients/verifier/statement.h"

#include "clients/verifier/tree.h"

namespace tearline::verifier {
namespace {

constexpr std::int64_t kFirstSecond = -62'135'596'800;
constexpr std::int64_t kLastSecond = 253'402'300'799;

}  // namespace

std::string PreAuthentication(std::string_view payload_type, std::string_view payload) {
  std::string bytes = "DSSEv1 ";
  bytes += std::to_string(payload_type.size());
  bytes.append(" ").append(payload_type).append(" ");
  bytes += std::to_string(payload.size());
  bytes.append(" ").append(payload);
  return bytes;
}

std::optional<std::int64_t> Milliseconds(const google::protobuf::Timestamp& time) {
  if (time.seconds() < kFirstSecond || time.seconds() > kLastSecond || time.nanos() < 0 ||
      time.nanos() > 999'999'999) {
    return std::nullopt;
  }
  return time.seconds() * 1000 + time.nanos() / 1'000'000;
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
