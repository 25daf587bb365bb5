#pragma once

#include <string>

namespace tearline::verifier {

/// The post a feed belongs to: the first two parts of its name, "AGENCY/POST" or
/// "AGENCY/POST/SUBSCRIPTION". All of a name that has no more.
[[nodiscard]] inline std::string PostOfFeed(const std::string& feed) {
  const std::size_t slash = feed.find('/');
  return slash == std::string::npos ? feed : feed.substr(0, feed.find('/', slash + 1));
}

}  // namespace tearline::verifier
