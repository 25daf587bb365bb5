// tearline_area --out DIR [--seed N] [--people N] [--panels N] [--days N] [--probation AGENCY]
//
// Draws the people of one area and some days of what happened to them, and writes for the command
// line what each desk published: DIR/{probation,prison,police,intelligence}.jsonl, by PublishItem;
// DIR/panels, "CRN CATEGORY LEVEL SUPERVISOR EVENTS" for each panel, the busiest first;
// DIR/directory.textproto, who supervises. Says in one line what it drew.
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/population/area.h"

namespace tearline::population {
namespace {

struct Asked {
  std::filesystem::path out;
  std::string probation = "probation";
  std::uint64_t seed = 1;
  std::size_t people = 90;
  std::size_t panels = 10;
  std::size_t days = 28;
};

Asked Read(int argc, char** argv) {
  Asked asked;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string option = argv[i];
    const std::uint64_t value = std::strtoull(argv[i + 1], nullptr, 10);
    if (option == "--out") asked.out = argv[i + 1];
    if (option == "--probation") asked.probation = argv[i + 1];
    if (option == "--seed") asked.seed = value;
    if (option == "--people") asked.people = value;
    if (option == "--panels") asked.panels = value;
    if (option == "--days") asked.days = value;
  }
  if (asked.out.empty()) throw std::invalid_argument("--out must name a directory");
  return asked;
}

std::ofstream Open(const std::filesystem::path& path) {
  std::ofstream file(path, std::ios::trunc);
  file.exceptions(std::ios::badbit | std::ios::failbit);
  return file;
}

/// One in twenty supervises.
Size SizeOf(const Asked& asked) {
  return {asked.people, 1, asked.panels, kTrades + asked.people / 20};
}

/// Practitioners are counted from 1.
std::string SupervisorOf(const Person& person) {
  return "practitioner-" + std::to_string(*person.supervisor - kTrades + 2);
}

void WriteDirectory(const Asked& asked, const Population& population) {
  std::ofstream file = Open(asked.out / "directory.textproto");
  for (std::size_t i = 1; i <= population.SupervisorsInArea(0); ++i) {
    const std::string name = "practitioner-" + std::to_string(i);
    file << "members { agency: \"" << asked.probation << "\" member: \"" << name
         << "\" kind: MEMBER_KIND_PERSON }\nposts { post: \"" << asked.probation << '/' << name
         << "\" roles: POST_ROLE_OFFENDER_MANAGER holder: \"" << name
         << "\" clearance { tier: TIER_OFFICIAL sensitive: true } }\n";
  }
}

void WritePanels(const Asked& asked, const Population& population,
                 const std::map<std::size_t, std::size_t>& events) {
  std::vector<std::size_t> panels;
  for (std::size_t i = 0; i < asked.people; ++i) {
    const Person person = population.PersonAt(i);
    if (person.HasPanel() && person.supervisor) panels.push_back(i);
  }
  const auto count = [&events](std::size_t person) {
    const auto found = events.find(person);
    return found == events.end() ? 0 : found->second;
  };
  std::stable_sort(panels.begin(), panels.end(),
                   [&](std::size_t a, std::size_t b) { return count(a) > count(b); });
  std::ofstream file = Open(asked.out / "panels");
  for (const std::size_t panel : panels) {
    const Person person = population.PersonAt(panel);
    file << CrnOf(panel).value() << ' ' << static_cast<int>(person.category) << ' '
         << static_cast<int>(person.level) << ' ' << SupervisorOf(person) << ' ' << count(panel)
         << '\n';
  }
}

void Write(const Asked& asked) {
  const Population population(SizeOf(asked), asked.seed);
  const std::int64_t now_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                                  std::chrono::system_clock::now().time_since_epoch())
                                  .count();
  const std::int64_t span_ms = static_cast<std::int64_t>(asked.days) * 24 * 60 * 60 * 1000;
  const std::size_t happenings = HappeningsIn(population, asked.days);
  constexpr const char* kDesks[] = {"probation", "prison", "police", "intelligence"};
  std::vector<std::ofstream> desks;
  for (const char* desk : kDesks) desks.push_back(Open(asked.out / (std::string(desk) + ".jsonl")));
  std::map<std::size_t, std::size_t> events;
  for (std::size_t i = 0; i < happenings; ++i) {
    const Happening happening = population.HappeningAt(i);
    ++events[happening.person];
    const auto ahead = static_cast<std::int64_t>(happenings - i);
    const std::int64_t occurred_ms =
        now_ms - span_ms * ahead / static_cast<std::int64_t>(happenings);
    std::string line;
    const auto written = google::protobuf::util::MessageToJsonString(
        ItemOf(happening, "area-" + std::to_string(asked.seed) + "-" + std::to_string(i),
               occurred_ms, asked.probation + "/coordinator"),
        &line);
    if (!written.ok()) throw std::runtime_error("an event could not be written as JSON");
    desks.at(static_cast<std::size_t>(DeskOf(*happening.kind))) << line << '\n';
  }
  WriteDirectory(asked, population);
  WritePanels(asked, population, events);
  std::size_t in_custody = 0;
  for (std::size_t i = 0; i < asked.people; ++i) in_custody += population.PersonAt(i).in_custody;
  std::printf("%zu people, %zu of them in custody, %zu panels; in %zu days %zu events about %zu\n",
              asked.people, in_custody, asked.panels, asked.days, happenings, events.size());
}

}  // namespace
}  // namespace tearline::population

int main(int argc, char** argv) {
  try {
    tearline::population::Write(tearline::population::Read(argc, argv));
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "tearline_area: %s\n", error.what());
    return 2;
  }
}
