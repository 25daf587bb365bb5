#include "clients/cli/case_pack.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <set>

#include "clients/cli/pack_sections.h"
#include "clients/cli/words.h"

namespace tearline::cli {
namespace {

template <typename Enum, typename Numbers>
void AddWords(const Numbers& numbers, std::set<int>& seen, std::string& text) {
  for (const int number : numbers) {
    if (seen.insert(number).second) text += ' ' + Word(static_cast<Enum>(number));
  }
}

std::string PostOr(const std::string& post) { return post.empty() ? "nobody yet" : post; }

}  // namespace

std::vector<PackSection> SectionsOf(const CasePack& pack) {
  std::vector<PackSection> sections;
  // The first page.
  sections.push_back(ChangedSection(pack));
  sections.push_back(UnansweredSection(pack));
  sections.push_back(OverdueSection(pack));
  sections.push_back(WithheldSection(pack));
  // What follows.
  sections.push_back(MeetingsSection(pack));
  for (PackSection& pillar : PillarSections(pack)) sections.push_back(std::move(pillar));
  sections.push_back(ActionsSection(pack));
  sections.push_back(RequestsSection(pack));
  sections.push_back(SilentSection(pack));
  sections.push_back(SeatlessSection(pack));
  return sections;
}

std::string MarkingOf(const CasePack& pack) {
  std::string text = "OFFICIAL-SENSITIVE";
  std::set<int> caveats;
  std::set<int> instructions;
  for (const v1::CaseFeedEntry& entry : pack.entries) {
    AddWords<v1::Caveat>(entry.event().marking().caveats(), caveats, text);
    AddWords<v1::HandlingInstruction>(entry.event().marking().instructions(), instructions, text);
  }
  return text;
}

std::vector<std::string> HeadLines(const CasePack& pack) {
  const v1::Case& about = pack.about;
  return {about.case_id() + "  category " + Word(about.category()) + ", level " +
              Word(about.level()) + ", led by " + about.lead_agency(),
          "accountable " + PostOr(about.accountable_post()) + ", supervising " +
              PostOr(about.supervising_post()) + ", " + std::to_string(about.seats_size()) +
              (about.seats_size() == 1 ? " seat" : " seats")};
}

std::int64_t MsOf(const google::protobuf::Timestamp& time) {
  return google::protobuf::util::TimeUtil::TimestampToMilliseconds(time);
}

std::set<std::string> AgenciesOf(const v1::Case& about, bool parts) {
  std::set<std::string> agencies;
  for (const v1::Seat& seat : about.seats()) agencies.insert(AgencyOf(seat.post()));
  if (parts) {
    agencies.insert(about.lead_agency());
    agencies.insert(AgencyOf(about.accountable_post()));
    agencies.insert(AgencyOf(about.supervising_post()));
  }
  agencies.erase("");
  return agencies;
}

}  // namespace tearline::cli
