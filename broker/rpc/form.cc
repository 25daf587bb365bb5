#include "broker/rpc/form.h"

#include <google/protobuf/util/time_util.h>

#include "broker/crypto/base64.h"
#include "broker/rpc/server_limits.h"

namespace tearline::rpc {
namespace {

using google::protobuf::util::TimeUtil;

/// A place in a table, in bytes: the longest key is well below.
constexpr std::size_t kPlaceBytesMax = 256;

}  // namespace

Result<crypto::Digest> ReadDigest(const std::string& bytes, const std::string& path) {
  if (bytes.size() != crypto::Digest::kBytes) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                  "`" + path + "` is " + std::to_string(bytes.size()) + " bytes; it must be 32");
  }
  return crypto::Digest::FromBytes(bytes);
}

Result<std::int64_t> ReadTime(const google::protobuf::Timestamp& time, const std::string& path) {
  const bool valid = time.seconds() >= TimeUtil::kTimestampMinSeconds &&
                     time.seconds() <= TimeUtil::kTimestampMaxSeconds && time.nanos() >= 0 &&
                     time.nanos() < 1'000'000'000;
  if (!valid) {
    return Refuse(v1::ERROR_REASON_TIME_INVALID,
                  "`" + path + "` must lie between the years 1 and 9999");
  }
  return TimeUtil::TimestampToMilliseconds(time);
}

Result<std::int64_t> ReadPastTime(const google::protobuf::Timestamp& time, const std::string& path,
                                  std::int64_t now_ms) {
  Result<std::int64_t> read = ReadTime(time, path);
  if (!read.ok() || (*read > 0 && *read <= now_ms)) return read;
  return Refuse(v1::ERROR_REASON_TIME_INVALID,
                "`" + path + "` must be after 1970 and not after the broker's time");
}

Result<std::size_t> ReadPageSize(std::uint32_t page_size) {
  if (page_size > kPageMax) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED,
                  "`page_size` is " + std::to_string(page_size) + "; at most 1,000");
  }
  return page_size == 0 ? kPageDefault : page_size;
}

Result<std::string> ReadPageToken(const std::string& token) {
  if (token.empty()) return token;
  Result<std::string> place = token.size() <= 2 * kPlaceBytesMax
                                  ? crypto::Base64Decode(token)
                                  : Result<std::string>(std::string());
  if (!place.ok() || place->empty() || place->size() > kPlaceBytesMax) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                  "`page_token` must be one that was given out, or empty");
  }
  return place;
}

std::string WritePageToken(std::string_view place) { return crypto::Base64Encode(place); }

}  // namespace tearline::rpc
