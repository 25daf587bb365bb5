#include "clients/cli/audit_told.h"

#include <iostream>
#include <memory>
#include <string>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "clients/cli/call.h"
#include "clients/cli/words.h"
#include "tearline/v1/audit_service.grpc.pb.h"

namespace tearline::cli {
namespace {

using Service = v1::AuditService;

template <typename Items>
std::string Joined(const Items& items) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "" : " ") + item;
  return text;
}

/// What was given last, with the segments that were left out.
std::string GivenText(const v1::ToldRow& row) {
  std::string text = Word(row.given());
  for (int i = 0; i < row.masked_segments_size(); ++i) {
    text += (i == 0 ? " without " : ",") + std::to_string(row.masked_segments(i));
  }
  return text;
}

void WhoWasTold(const Invocation& invocation, const std::string& event) {
  v1::WhoWasToldRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_event_id(event);
  const v1::WhoWasToldResponse response =
      Ask<Service>(invocation, &Service::StubInterface::WhoWasTold, request);
  Table table = ToldTable();
  for (const v1::ToldRow& row : response.rows()) {
    if (invocation.json) {
      PrintJson(row);
      continue;
    }
    AddTold(row, table);
  }
  Table third_parties(
      {"THIRD PARTY", "DECIDED", "WHAT", "LEGAL BASIS", "BY", "APPROVED BY", "WHEN", "LEAF"});
  for (const v1::ThirdPartyRow& row : response.third_parties()) {
    if (invocation.json) {
      PrintJson(row);
      continue;
    }
    std::string matters;
    for (const int matter : row.matters()) {
      matters += (matters.empty() ? "" : " ") + Word(static_cast<v1::DisclosedMatter>(matter));
    }
    third_parties.Add({Word(row.third_party()), Word(row.decision()), matters, row.legal_basis(),
                       row.decided_by(), row.approved_by(), TimeText(row.decided_at()),
                       std::to_string(row.leaf_index())});
  }
  if (invocation.json) return;
  table.Print();
  if (!third_parties.Empty()) third_parties.Print();
}

}  // namespace

Table ToldTable() {
  return Table({"POST", "LEVEL", "OWED", "WHY NOT", "RULES", "DECIDED", "GIVEN", "ONCE", "RELEASED",
                "REPLAYED", "RELEASED ANEW", "ACKNOWLEDGED", "READ", "READ BEFORE", "TAKEN BACK",
                "POLICY", "LEAF"});
}

void AddTold(const v1::ToldRow& row, Table& table) {
  table.Add({row.post(), Word(row.level()), Word(row.duty()), Word(row.shortfall()),
             Joined(row.rules()), TimeText(row.decided_at()), GivenText(row),
             row.most_given() > row.given() ? Word(row.most_given()) : "",
             TimeText(row.released_at()), TimeText(row.replayed_at()),
             TimeText(row.released_anew_at()), TimeText(row.acknowledged_at()),
             TimeText(row.read_at()), TimeText(row.read_before_at()),
             TimeText(row.taken_back_at()), ShortHex(row.policy_digest()),
             std::to_string(row.leaf_index())});
}

void AddWhoWasTold(CLI::App& noun, Invocation& invocation) {
  CLI::App* verb =
      noun.add_subcommand("who-was-told", "Who was told of an event, and who was not, and why");
  const auto event = std::make_shared<std::string>();
  verb->add_option("--event", *event, "The event")->type_name("ev_…")->required();
  verb->footer(R"(
LEVEL is what may be told by the decision made last, GIVEN what was let go last, whatever became of
it since: TAKEN BACK says when access to it was withdrawn. REPLAYED says when it last went out once
more as it was, after a seek or through another feed of the post. Where an event was let go anew, at
another level or in the place of what was let go before, ACKNOWLEDGED and READ are of that.
Example:
  tearline audit who-was-told --event ev_… --as inspectorate/auditor --purpose audit)");
  verb->callback([&invocation, event] {
    invocation.verb = [&invocation, event] { WhoWasTold(invocation, *event); };
  });
}

}  // namespace tearline::cli
