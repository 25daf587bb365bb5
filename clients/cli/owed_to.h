#pragma once

#include <string>

namespace tearline::cli {

/// Whom something is owed to, for a table: every post that the answer names, and how many more.
/// `Shown` is v1.Obligation or v1.WithheldRow.
template <typename Shown>
[[nodiscard]] std::string OwedTo(const Shown& shown) {
  std::string posts;
  for (const std::string& post : shown.owed_posts()) posts += (posts.empty() ? "" : ",") + post;
  if (posts.empty()) posts = shown.owed_post();  // a broker that knows only the first
  if (shown.owed_more() > 0) posts += ",+" + std::to_string(shown.owed_more());
  return posts;
}

}  // namespace tearline::cli
