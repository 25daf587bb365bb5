#include "clients/cli/review_records.h"

#include "clients/cli/audit_replay.h"
#include "clients/cli/html_text.h"
#include "clients/cli/output.h"
#include "clients/cli/words.h"
#include "tearline/stored/v1/command.pb.h"

namespace tearline::cli {

std::string HtmlTable(const std::string& caption, const std::vector<std::string>& head,
                      const std::vector<std::vector<std::string>>& rows) {
  std::string html = "<table><caption>" + caption + "</caption><thead><tr>";
  for (const std::string& name : head) html += "<th scope=\"col\">" + name + "</th>";
  html += "</tr></thead>\n<tbody>\n";
  for (const std::vector<std::string>& row : rows) {
    html += "<tr>";
    for (const std::string& cell : row) html += "<td>" + cell + "</td>";
    html += "</tr>\n";
  }
  return html + "</tbody></table>\n";
}

std::string UtcText(std::int64_t ms) {
  if (ms == 0) return "";
  const std::string text = TimeText(ms / 1000 * 1000);
  return text.size() == 20 ? text.substr(0, 10) + " " + text.substr(11, 8) : HtmlText(text);
}

std::string Number(std::uint64_t number, bool is_bad) {
  const std::string text = std::to_string(number);
  return is_bad && number != 0 ? Bad(text) : text;
}

std::string Bad(const std::string& html) { return "<span class=\"bad\">" + html + "</span>"; }

std::string Id(const std::string& id) { return "<span class=\"id\">" + HtmlText(id) + "</span>"; }

std::string ReviewRecords(const verifier::ProvedReview& proved) {
  std::vector<std::vector<std::string>> rows;
  for (const verifier::ProvedLeaf& each : proved.leaves) {
    std::string facts;
    for (const stored::v1::Detail& fact : each.facts) {
      facts += (facts.empty() ? "" : "<br>") + HtmlText(FactText(fact));
    }
    rows.push_back({Number(each.index), UtcText(each.leaf.stamp_ms),
                    HtmlText(Word(static_cast<stored::v1::CommandNumber>(each.leaf.kind))) + ", " +
                        HtmlText(OutcomeText(each.leaf)),
                    facts});
  }
  return "<h2>Every record that is here</h2>\n" +
         HtmlTable(
             "The number is the record's place in the log. What else a record holds about "
             "others is not opened",
             {"Record", "When", "What was asked", "What it says of this"}, rows);
}

std::string HowToVerify(const verifier::Review& review) {
  return R"(<h2>How to verify this</h2>
<ol>
<li>Get two keys from people you trust, not from this file: the key of the log, from whoever owns the log; the key
of whoever made this file, if they signed it. This file names the key of the log as <span class="id">)" +
         HtmlText(review.verifier_key) + R"(</span>: compare.</li>
<li>Run <span class="id">tearline audit verify --review FILE --verifier-key KEY --exporter-key KEY</span>. It needs no
network. It ends with exit code 0, or says which line does not hold and ends with 4.</li>
<li>Or have another program written: docs/verifying.md of Tearline tells the format whole. The data stands below in
this file as lines of JSON.</li>
</ol>
<p>What then is shown: each record lies in the log at its place, under the head that the log's owner signed; each fact
lies under its record; this page is what the data says, word for word. Nobody can have changed a record afterwards
without the head being another.</p>
<p>What is not shown by the log's signature: that nothing was left out of this file. Whoever made it vouches for that
with their own signature in the manifest, if there is one. If there is none, nobody does but the log for what is here.
Marked as answered, and not proved by records: who sat on the panel, acknowledgements of which no record is opened, and
what is told of an event or an obligation of which not all records are here; and that another nominal is the same person.
When this was asked, the clock of whoever asked says. That all of the log is as it was can be seen from the whole log: <span class="id">tearline audit
verify</span>.</p>
)";
}

}  // namespace tearline::cli
