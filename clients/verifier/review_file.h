#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace tearline::verifier {

/// A review as one HTML file: a page for people, the data, and a manifest of both.
///
///     PAGE <script type="application/jsonl" id="tearline-data"> DATA </script>
///     … <pre id="tearline-manifest"> MANIFEST </pre> and the end
///
/// The manifest is three lines: "tearline review v1", "page" and "data" with SHA-256 in hexadecimal
/// of all that stands before the manifest, and of the data alone. If whoever exported it signed, it
/// is a C2SP signed note over them; nothing else follows them.
///
/// Source: docs/verifying.md, "Reviews".
struct ReviewFile {
  std::string page;
  std::string lines;     ///< The data: review.h, ReviewLines.
  std::string manifest;  ///< Its digests are checked, its signature is not.
};

/// What a manifest is made of: the page with the data behind it.
///
/// Requires: `page` is HTML up to within <body>; `lines` are those of ReviewLines.
[[nodiscard]] std::string ReviewDocument(std::string_view page, std::string_view lines);

/// The manifest's text, to be signed or not. `document` as ReviewDocument gives it.
[[nodiscard]] std::string ManifestText(std::string_view document, std::string_view lines);

/// The whole file.
[[nodiscard]] std::string WithManifest(std::string_view document, std::string_view manifest);

/// Takes a file apart.
///
/// Refuses: DATA_LOSS; another shape, more behind the manifest than signatures or behind the end, data or page of another digest than the
///          manifest states.
[[nodiscard]] absl::StatusOr<ReviewFile> ReadReviewFile(std::string_view file);

}  // namespace tearline::verifier
