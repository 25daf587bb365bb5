#include "clients/verifier/review_file.h"

#include "clients/verifier/base64.h"
#include "clients/verifier/note.h"
#include "clients/verifier/tree.h"

namespace tearline::verifier {
namespace {

constexpr std::string_view kDataOpen = "<script type=\"application/jsonl\" id=\"tearline-data\">\n";
constexpr std::string_view kDataClose = "</script>\n";
constexpr std::string_view kManifestOpen =
    "<details open><summary>Manifest</summary><pre id=\"tearline-manifest\">\n";
constexpr std::string_view kManifestClose = "</pre></details>\n</main>\n</body>\n</html>\n";

std::string HexDigest(std::string_view bytes) { return Hex(Bytes(Sha256(bytes))); }

absl::Status Broken(const char* sentence) {
  return absl::DataLossError(std::string("the review: ") + sentence);
}

/// The line that begins with `name` and a blank, without them; "" if there is none.
std::string_view Stated(std::string_view text, std::string_view name) {
  const std::string start = "\n" + std::string(name) + " ";
  const std::size_t at = text.find(start);
  if (at == std::string_view::npos) return "";
  text.remove_prefix(at + start.size());
  return text.substr(0, text.find('\n'));
}

}  // namespace

std::string ReviewDocument(std::string_view page, std::string_view lines) {
  return std::string(page) + std::string(kDataOpen) + std::string(lines) + std::string(kDataClose);
}

std::string ManifestText(std::string_view document, std::string_view lines) {
  return "tearline review v1\npage " + HexDigest(document) + "\ndata " + HexDigest(lines) + "\n";
}

std::string WithManifest(std::string_view document, std::string_view manifest) {
  return std::string(document) + std::string(kManifestOpen) + std::string(manifest) +
         std::string(kManifestClose);
}

absl::StatusOr<ReviewFile> ReadReviewFile(std::string_view file) {
  const std::size_t data_at = file.find(kDataOpen);
  if (data_at == std::string_view::npos) return Broken("it holds no data; it is no review");
  const std::size_t lines_at = data_at + kDataOpen.size();
  const std::size_t lines_end = file.find(kDataClose, lines_at);
  if (lines_end == std::string_view::npos) return Broken("its data has no end");
  const std::size_t document_end = lines_end + kDataClose.size();
  std::string_view rest = file.substr(document_end);
  if (!rest.starts_with(kManifestOpen) || !rest.ends_with(kManifestClose)) {
    return Broken("its manifest must follow its data, and nothing else");
  }
  rest.remove_prefix(kManifestOpen.size());
  if (rest.size() < kManifestClose.size()) return Broken("its manifest has no end");
  rest.remove_suffix(kManifestClose.size());
  if (rest.find('<') != std::string_view::npos) return Broken("its manifest must be plain text");
  ReviewFile parts{std::string(file.substr(0, data_at)),
                   std::string(file.substr(lines_at, lines_end - lines_at)), std::string(rest)};
  const std::string_view signed_text = NoteText(parts.manifest);
  const std::string_view text =
      signed_text.empty() ? std::string_view(parts.manifest) : signed_text;
  if (!signed_text.empty()) {
    const auto signatures = ReadSignatures(parts.manifest);
    if (!signatures.ok() || signatures->empty()) {
      return Broken("its manifest must be followed by signatures, or by nothing");
    }
  }
  if (!text.starts_with("tearline review v1\n")) {
    return Broken("its manifest must begin with tearline review v1");
  }
  if (Stated(text, "data") != HexDigest(parts.lines)) {
    return Broken("its data is not the data its manifest states: lines were changed");
  }
  const std::string_view document = file.substr(0, document_end);
  if (text != ManifestText(document, parts.lines)) {
    return Broken("its page is not the page its manifest states: it was changed");
  }
  return parts;
}

}  // namespace tearline::verifier
