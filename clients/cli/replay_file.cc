#include "clients/cli/replay_file.h"

#include <filesystem>

#include <nlohmann/json.hpp>

#include "clients/cli/invocation.h"

namespace tearline::cli {
namespace {

constexpr char kQuestion[] = "tearline_replay";
constexpr char kReached[] = "reached";
constexpr char kEnd[] = "end";
constexpr char kSummary[] = "summary";

}  // namespace

ReplayFile::ReplayFile(const std::string& path, std::ios::openmode mode)
    : file_(path, std::ios::binary | mode) {
  if (!file_) StopUsage("--out cannot be written");
}

ReplayFile ReplayFile::Begin(const std::string& path, const std::string& question) {
  if (std::filesystem::exists(path)) {
    StopUsage("--out is there already; --resume goes on with one that was broken off");
  }
  ReplayFile file(path, std::ios::trunc);
  file.Add(nlohmann::json{{kQuestion, question}}.dump());
  return file;
}

ReplayFile ReplayFile::Resume(const std::string& path, const std::string& question) {
  std::ifstream old(path, std::ios::binary);
  std::string line;
  const auto object = [&line] { return nlohmann::json::parse(line, nullptr, false); };
  if (!std::getline(old, line) || !object().is_object() || !object().contains(kQuestion)) {
    StopUsage("--resume needs a file that `audit replay --out` began");
  }
  if (object()[kQuestion] != question) {
    StopUsage("the file holds the answer to another question; ask the same one to go on");
  }
  std::uintmax_t whole = old.eof() ? 0 : static_cast<std::uintmax_t>(old.tellg());
  std::uint64_t next = 0;
  std::uint64_t end = 0;
  while (std::getline(old, line) && !old.eof()) {
    const nlohmann::json said = object();
    if (!said.is_object()) break;
    if (said.contains(kSummary)) StopUsage("the file is finished; there is nothing to go on with");
    if (!said.contains(kReached)) continue;
    whole = static_cast<std::uintmax_t>(old.tellg());
    next = said.value(kReached, std::uint64_t{0});
    end = said.value(kEnd, std::uint64_t{0});
  }
  old.close();
  if (whole == 0) StopUsage("--resume needs a file that `audit replay --out` began");
  std::error_code error;
  std::filesystem::resize_file(path, whole, error);
  if (error) StopUsage("--out cannot be written");
  ReplayFile file(path, std::ios::app);
  file.next_ = next;
  file.end_ = end;
  return file;
}

void ReplayFile::Add(const std::string& line) {
  file_ << line << '\n';
  if (!file_) StopUsage("--out cannot be written");
}

void ReplayFile::Mark(std::uint64_t next, std::uint64_t end) {
  Add(nlohmann::json{{kReached, next}, {kEnd, end}}.dump());
  file_.flush();
  if (!file_) StopUsage("--out cannot be written");
}

}  // namespace tearline::cli
