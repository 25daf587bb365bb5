#include "broker/rpc/form.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>

#include "broker/crypto/base64.h"
#include "broker/machine/rows.h"
#include "broker/rpc/server_limits.h"
#include "broker/state/reader.h"
#include "tearline/stored/v1/row.pb.h"

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

bool HasRole(const stored::v1::Actor& actor, v1::PostRole role, const state::Reader& reader) {
  if (actor.post().empty()) return false;
  const auto post = reader.Find<stored::v1::PostRow>(machine::PostKey(actor.post()));
  return post && std::find(post->post().roles().begin(), post->post().roles().end(), role) !=
                     post->post().roles().end();
}

Status RequireRole(const stored::v1::Actor& actor, v1::PostRole role, const state::Reader& reader) {
  if (HasRole(actor, role, reader)) return {};
  return Refuse(v1::ERROR_REASON_NOT_PERMITTED, "the post's roles do not allow this");
}

Status RequireAuditor(const stored::v1::Actor& actor, const state::Reader& reader) {
  TEARLINE_RETURN_IF_REFUSED(RequireRole(actor, v1::POST_ROLE_AUDITOR, reader));
  if (actor.purpose().empty()) {
    return Refuse(v1::ERROR_REASON_PURPOSE_REQUIRED, "`acting.purpose` is required for this");
  }
  return {};
}

}  // namespace tearline::rpc
