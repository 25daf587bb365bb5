#include "clients/cli/replay_file.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <fstream>

#include <nlohmann/json.hpp>

#include "clients/cli/invocation.h"
#include "clients/cli/output.h"

namespace tearline::cli {
namespace {

constexpr char kQuestion[] = "tearline_replay";
constexpr char kReached[] = "reached";
constexpr char kEnd[] = "end";
constexpr char kSummary[] = "summary";

constexpr char kOut[] = "--out";

/// What stands in the file up to its last mark.
struct Whole {
  std::uintmax_t bytes = 0;
  std::uint64_t next = 0;
  std::uint64_t end = 0;
  v1::ReplaySummary summary;
  std::string policy;
};

bool IsJudgedAgain(const std::string& question) {
  v1::ReplayDecisionsRequest asked;
  return google::protobuf::util::JsonStringToMessage(question, &asked).ok() &&
         asked.policy() != v1::REPLAY_POLICY_UNSPECIFIED;
}

/// Adds what one part of a replay came to. The end is the later one's.
void AddUp(const v1::ReplaySummary& part, v1::ReplaySummary& whole) {
  whole.set_decisions(whole.decisions() + part.decisions());
  whole.set_same(whole.same() + part.same());
  whole.set_different(whole.different() + part.different());
  whole.set_raised(whole.raised() + part.raised());
  whole.set_newly_unmet(whole.newly_unmet() + part.newly_unmet());
  whole.set_not_replayed(whole.not_replayed() + part.not_replayed());
  whole.set_end_index(std::max(whole.end_index(), part.end_index()));
}

/// Counts a decision as the broker does. `asked` if it was to be judged again.
void Count(const v1::ReplayedDecision& told, bool asked, v1::ReplaySummary& summary) {
  v1::ReplaySummary one;
  one.set_decisions(1);
  one.set_same(told.judged().same() ? 1 : 0);
  one.set_different(told.has_judged() && !told.judged().same() ? 1 : 0);
  one.set_raised(told.judged().raised() ? 1 : 0);
  one.set_newly_unmet(told.judged().newly_unmet() ? 1 : 0);
  one.set_not_replayed(asked && !told.has_judged() ? 1 : 0);
  AddUp(one, summary);
}

/// Reads on behind the first line.
Whole ReadWhole(std::istream& old, const std::string& question) {
  const bool asked = IsJudgedAgain(question);
  Whole whole;
  whole.bytes = static_cast<std::uintmax_t>(old.tellg());
  Whole reached = whole;
  std::string line;
  while (std::getline(old, line) && !old.eof()) {
    const nlohmann::json said = nlohmann::json::parse(line, nullptr, false);
    if (!said.is_object()) break;
    if (said.contains(kSummary)) StopUsage("the file is finished; there is nothing to go on with");
    if (!said.contains(kReached)) {
      v1::ReplayedDecision told;
      if (!google::protobuf::util::JsonStringToMessage(line, &told).ok()) break;
      Count(told, asked, reached.summary);
      if (told.has_judged()) reached.policy = told.judged().policy_digest();
      continue;
    }
    reached.bytes = static_cast<std::uintmax_t>(old.tellg());
    reached.next = said.value(kReached, std::uint64_t{0});
    reached.end = said.value(kEnd, std::uint64_t{0});
    whole = reached;
  }
  return whole;
}

}  // namespace

ReplayFile ReplayFile::Begin(const std::string& path, const std::string& question) {
  ReplayFile file(PrivateFile::Make(
      path, kOut, "--out is there already; --resume goes on with one that was broken off"));
  file.Add(nlohmann::json{{kQuestion, question}}.dump());
  return file;
}

ReplayFile ReplayFile::Resume(const std::string& path, const std::string& question) {
  std::ifstream old(path, std::ios::binary);
  std::string line;
  const auto object = [&line] { return nlohmann::json::parse(line, nullptr, false); };
  if (!std::getline(old, line) || old.eof() || !object().is_object() ||
      !object().contains(kQuestion)) {
    StopUsage("--resume needs a file that `audit replay --out` began");
  }
  if (object()[kQuestion] != question) {
    StopUsage("the file holds the answer to another question; ask the same one to go on");
  }
  Whole whole = ReadWhole(old, question);
  old.close();
  ReplayFile file(PrivateFile::GoOn(path, kOut, whole.bytes));
  file.next_ = whole.next;
  file.end_ = whole.end;
  file.before_ = std::move(whole.summary);
  file.policy_before_ = std::move(whole.policy);
  return file;
}

void ReplayFile::Add(const std::string& line) { file_.Add(line + '\n'); }

void ReplayFile::Mark(std::uint64_t next, std::uint64_t end) {
  Add(nlohmann::json{{kReached, next}, {kEnd, end}}.dump());
}

v1::ReplaySummary ReplayFile::WholeWith(const v1::ReplaySummary& part) const {
  v1::ReplaySummary whole = before_;
  AddUp(part, whole);
  return whole;
}

void ReplayFile::DemandPolicy(const std::string& digest) const {
  if (policy_before_.empty() || policy_before_ == digest) return;
  StopUsage("the file was begun under policy " + ShortHex(policy_before_) + ", and now it is " +
            ShortHex(digest) + ": begin another file");
}

}  // namespace tearline::cli
