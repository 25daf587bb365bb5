#include "clients/verifier/operation.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include <nlohmann/json.hpp>

#include "clients/cli/audit_replay.h"
#include "clients/verifier/review.h"
#include "tearline/stored/v1/command.pb.h"
#include "tests/clients/invented_log.h"
#include "tests/clients/invented_receipt.h"
#include "tests/clients/run_tearline.h"

namespace tearline::verifier {
namespace {

using stored::v1::Detail;

std::string Names(int kind, const std::vector<Detail>& facts) {
  std::string names;
  for (const Operation each : OperationsOf(static_cast<std::uint16_t>(kind), facts)) {
    names += (names.empty() ? "" : " ") + std::string(NameOf(each));
  }
  return names;
}

Detail Changed(const char* what) {
  Detail fact;
  fact.mutable_changed()->set_what(what);
  return fact;
}

/// Every command number that may be written, as the generated code lists them.
std::set<int> CommandNumbers() {
  std::set<int> numbers;
  for (int number = 1; number <= stored::v1::CommandNumber_MAX; ++number) {
    if (stored::v1::CommandNumber_IsValid(number)) numbers.insert(number);
  }
  return numbers;
}

TEST(Operation, EveryCommandHasOne) {
  for (const int number : CommandNumbers()) {
    EXPECT_EQ(OperationsOf(static_cast<std::uint16_t>(number), {}).size(), 1u)
        << stored::v1::CommandNumber_Name(number) << ": say in docs/verifying.md what it logs";
  }
  EXPECT_EQ(Names(0, {}), "");
  EXPECT_EQ(Names(9'999, {Changed("combination")}), "") << "not known: nothing is claimed of it";
}

/// The page from which others write their verifiers says the same, of every number, once.
TEST(Operation, ThePageHasTheSameTable) {
  std::ifstream page(TEARLINE_SOURCE_DIR "/docs/verifying.md");
  std::map<int, std::string> told;
  bool is_here = false;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("## ")) is_here = line.starts_with("## Operations");
    if (!is_here) continue;
    std::istringstream cells(line);
    std::string bar;
    std::string operation;
    if (!(cells >> bar >> operation >> bar) || bar != "|") continue;
    for (int number = 0; cells >> number;) {
      EXPECT_TRUE(told.emplace(number, operation).second) << number << " is told twice";
    }
  }
  std::set<int> numbers;
  for (const auto& [number, operation] : told) {
    numbers.insert(number);
    EXPECT_EQ(Names(number, {}), operation) << stored::v1::CommandNumber_Name(number);
  }
  EXPECT_EQ(numbers, CommandNumbers());
}

TEST(Operation, FactsTellWhatWasDoneBesideWhatWasAsked) {
  using enum stored::v1::CommandNumber;
  Detail composite;
  composite.mutable_composite()->set_rule("non-compliance");
  Detail released;
  released.mutable_released()->set_feed("police/panel");
  Detail moved;
  moved.mutable_event_moved()->set_event_id("e");
  Detail actor;
  actor.mutable_actor()->set_agency("police");
  const struct {
    stored::v1::CommandNumber kind;
    std::vector<Detail> facts;
    const char* names;
  } rows[] = {
      {COMMAND_NUMBER_PUBLISH, {actor, composite}, "collection combination"},
      {COMMAND_NUMBER_PULSE, {composite}, "combination"},
      {COMMAND_NUMBER_PULSE, {actor}, "administration"},
      {COMMAND_NUMBER_RELEASE, {released, released}, "disclosure"},
      {COMMAND_NUMBER_RESOLVE_NOMINAL, {Changed("nominal-registered")}, "collection consultation"},
      {COMMAND_NUMBER_SECOND_HAND, {Changed("nominal-erased")}, "erasure"},
      {COMMAND_NUMBER_SECOND_HAND, {Changed("combination"), moved}, "alteration combination"},
      {COMMAND_NUMBER_SECOND_HAND, {Changed("separation")}, "alteration"},
      {COMMAND_NUMBER_SECOND_HAND, {Changed("agency")}, "administration"},
      {COMMAND_NUMBER_ERASE_NOMINAL, {Changed("awaits-second-hand")}, "erasure"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(Names(row.kind, row.facts), row.names) << stored::v1::CommandNumber_Name(row.kind);
  }
}

/// Wherever a record is shown in JSON: in a replay, a receipt and a review.
TEST(Operation, IsShownWithEachRecord) {
  doubles::InventedLog log;
  const nlohmann::json both = {"collection", "disclosure"};
  EXPECT_EQ(cli::ReplayJson(log.Entries()[3])["operations"], both);
  EXPECT_EQ(cli::ReplayJson(log.Entries()[2])["operations"], nlohmann::json::array({"collection"}))
      << "that it was refused, the outcome says";
  const doubles::Workplace workplace;
  const std::string file = workplace.Write("r", doubles::PartsOf(log, 3, 1).Text());
  const doubles::Ended ended = doubles::RunTearline(
      "audit verify --json --verifier-key " + log.VerifierKeyText() + " --proof " + file);
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(nlohmann::json::parse(ended.out)["operations"], both);

  Review review;
  v1::Opening& opening = review.leaves.emplace_back().opening;
  opening.set_leaf(log.Entries()[3].leaf);
  opening.add_details()->set_salted(log.Entries()[3].details[1]);
  EXPECT_NE(ReviewLines(review).find(R"("operations":["collection","disclosure"])"),
            std::string::npos);
  opening.clear_details();
  EXPECT_NE(ReviewLines(review).find(R"("operations":["collection"])"), std::string::npos)
      << "what is not opened is not told";
}

}  // namespace
}  // namespace tearline::verifier
