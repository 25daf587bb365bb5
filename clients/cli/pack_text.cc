#include <algorithm>
#include <sstream>

#include "clients/cli/case_pack.h"
#include "clients/cli/output.h"

namespace tearline::cli {
namespace {

/// Columns without heads say themselves what they are.
constexpr std::size_t kColumnsWithoutHeads = 2;

/// The rows as a table's lines; "" for none.
std::string RowsText(const PackSection& section, std::size_t rows_max) {
  const bool heads = section.columns.size() > kColumnsWithoutHeads;
  Table table(heads ? section.columns : std::vector<std::string>(section.columns.size()));
  for (std::size_t i = 0; i < std::min(rows_max, section.rows.size()); ++i) {
    std::vector<std::string> cells = section.rows[i].cells;
    if (section.rows[i].pressing) cells.front().insert(0, "! ");
    table.Add(std::move(cells));
  }
  return table.Text(/*indent=*/2, heads);
}

std::string SectionText(const PackSection& section, std::size_t rows_max) {
  std::string text = '\n' + section.head + '\n';
  if (!section.note.empty()) text += "  (" + section.note + ")\n";
  if (section.rows.empty()) return text + "  nothing\n";
  text += RowsText(section, rows_max);
  if (section.rows.size() > rows_max) {
    text += "  … and " + std::to_string(section.rows.size() - rows_max) + " more, below\n";
  }
  return text;
}

}  // namespace

std::string PackText(const CasePack& pack) {
  std::string text = MarkingOf(pack) + '\n';
  std::string indent;
  for (const std::string& line : HeadLines(pack)) {
    text += indent + WithoutControls(line) + '\n';
    indent = "  ";
  }
  const std::vector<PackSection> sections = SectionsOf(pack);
  for (const PackSection& section : sections) {
    if (section.first_page) text += SectionText(section, kFirstPageRows);
  }
  for (const PackSection& section : sections) {
    if (section.first_page && section.rows.size() <= kFirstPageRows) continue;
    text += SectionText(section, section.rows.size());
  }
  return text + '\n' + MarkingOf(pack) + '\n';
}

}  // namespace tearline::cli
