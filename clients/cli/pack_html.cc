#include "clients/cli/case_pack.h"
#include "clients/cli/html_text.h"
#include "clients/cli/output.h"

namespace tearline::cli {
namespace {

/// What pressing rows say beside their weight, for who sees no weight and for paper in grey.
constexpr char kPressing[] = "<strong>pressing:</strong> ";

constexpr char kStyle[] = R"(
:root { color-scheme: light; }
body { font: 11pt/1.4 Arial, Helvetica, sans-serif; color: #111; background: #fff;
       max-width: 60rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.4rem; margin: .5rem 0; }
h2 { font-size: 1.1rem; margin: 1.2rem 0 .3rem; border-bottom: 1px solid #555; }
p { margin: .2rem 0; }
.marking { text-align: center; font-weight: bold; letter-spacing: .05em; }
.note { color: #333; font-style: italic; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .2rem .5rem .2rem 0;
         border-bottom: 1px solid #bbb; overflow-wrap: anywhere; }
th { font-weight: bold; }
tr.pressing td:first-child { border-left: 4px solid #a00; padding-left: .4rem; }
@page { size: A4; margin: 18mm 15mm; }
@media print {
  body { font-size: 9.5pt; max-width: none; padding: 0; }
  header.marking { position: fixed; top: -12mm; left: 0; right: 0; }
  footer.marking { position: fixed; bottom: -12mm; left: 0; right: 0; }
  thead { display: table-header-group; }
  tr, h2 { break-inside: avoid; }
  h2 { break-after: avoid; }
  .rest { break-before: page; }
}
)";

std::string TableHtml(const PackSection& section, std::size_t rows_max) {
  std::string html = "<table>\n<thead><tr>";
  for (const std::string& column : section.columns) {
    html += "<th scope=\"col\">" + HtmlText(column) + "</th>";
  }
  html += "</tr></thead>\n<tbody>\n";
  for (std::size_t i = 0; i < section.rows.size() && i < rows_max; ++i) {
    const PackRow& row = section.rows[i];
    html += row.pressing ? "<tr class=\"pressing\">" : "<tr>";
    bool marked = !row.pressing;
    for (const std::string& cell : row.cells) {
      html += "<td>" + (marked ? std::string() : kPressing) + HtmlText(cell) + "</td>";
      marked = true;
    }
    html += "</tr>\n";
  }
  return html + "</tbody>\n</table>\n";
}

/// `id` is written by us, never by what is shown.
std::string SectionHtml(const PackSection& section, const std::string& id, std::size_t rows_max) {
  std::string html = "<section aria-labelledby=\"" + id + "\">\n<h2 id=\"" + id + "\">" +
                     HtmlText(section.head) + "</h2>\n";
  if (!section.note.empty()) html += "<p class=\"note\">" + HtmlText(section.note) + "</p>\n";
  html += section.rows.empty() ? "<p>nothing</p>\n" : TableHtml(section, rows_max);
  if (section.rows.size() > rows_max) {
    html += "<p>… and " + std::to_string(section.rows.size() - rows_max) + " more, below</p>\n";
  }
  return html + "</section>\n";
}

}  // namespace

std::string PackHtml(const CasePack& pack) {
  const std::string marking = HtmlText(MarkingOf(pack));
  std::string html =
      "<!doctype html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
      "style-src 'unsafe-inline'\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Pack of " +
      HtmlText(pack.about.case_id()) + "</title>\n<style>" + kStyle +
      "</style>\n</head>\n<body>\n" + "<header class=\"marking\">" + marking +
      "</header>\n<main>\n<h1>Pack of " + HtmlText(pack.about.case_id()) + "</h1>\n";
  for (const std::string& line : HeadLines(pack)) html += "<p>" + HtmlText(line) + "</p>\n";
  html += "<p>Made " + TimeText(pack.now_ms) + " for " + HtmlText(pack.post) + "</p>\n";
  int count = 0;
  const std::vector<PackSection> sections = SectionsOf(pack);
  for (const PackSection& section : sections) {
    if (section.first_page) {
      html += SectionHtml(section, "part-" + std::to_string(++count), kFirstPageRows);
    }
  }
  html += "<div class=\"rest\">\n";
  for (const PackSection& section : sections) {
    if (section.first_page && section.rows.size() <= kFirstPageRows) continue;
    html += SectionHtml(section, "part-" + std::to_string(++count), section.rows.size());
  }
  return html + "</div>\n</main>\n<footer class=\"marking\">" + marking +
         "</footer>\n</body>\n</html>\n";
}

}  // namespace tearline::cli
