#pragma once

#include <string>

#include "broker/model/ids.h"

namespace tearline::machine {

/// A feed's name says whose it is: a post's inbox is called as the post, "AGENCY/NAME"; a
/// subscription of the post, "AGENCY/NAME/sub_…".

/// A subscription's feed. `id` is 16 bytes.
inline std::string SubscriptionFeed(const std::string& post, const std::string& id) {
  return post + "/" + model::SubscriptionId::FromBytes(id)->Text();
}

/// The post whose feed it is.
inline std::string PostOfFeed(const std::string& feed) {
  const std::size_t slash = feed.find('/');
  return slash == std::string::npos ? feed : feed.substr(0, feed.find('/', slash + 1));
}

inline bool IsInbox(const std::string& feed) { return PostOfFeed(feed) == feed; }

/// The subscription whose feed it is, 16 bytes; "" if it is no subscription's.
inline std::string SubscriptionOfFeed(const std::string& feed) {
  if (IsInbox(feed)) return {};
  const Result<model::SubscriptionId> id =
      model::SubscriptionId::Parse(feed.substr(PostOfFeed(feed).size() + 1));
  return id.ok() ? id->Bytes() : std::string();
}

}  // namespace tearline::machine
