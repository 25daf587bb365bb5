#include "broker/machine/composite_view.h"
#include "broker/machine/event_terms.h"
#include "broker/machine/rows.h"
#include "tearline/stored/v1/row.pb.h"
#include "tests/scenarios/event_words.h"
#include "tests/scenarios/stage.h"

namespace tearline::scenarios {

using namespace stored::v1;

void Stage::Composite(const Line& line) {
  const std::string& name = line.words.at(0);
  std::optional<EventRow> newest;
  for (const auto& [key, event_id] : world_->state.Scan(
           machine::CompositeKey(nominals_.at(line.WordAfter("about")), line.words.at(1)), 64)) {
    const auto event = world_->state.Find<EventRow>(machine::EventKey(event_id));
    if (!machine::IsWithdrawn(*event) && machine::MakesOne(event->composite())) newest = event;
  }
  if (line.Has("none") != !newest) {
    return Complain(line, newest ? "there is a composite" : "there is no composite");
  }
  if (!newest) return;
  events_[name] = newest->publish().event_id();
  const auto named = [&](std::uint32_t place) {
    return NameOf(newest->composite().members(static_cast<int>(place)).event_id());
  };
  for (const Line& part : line.under) {
    std::vector<std::string> is;
    std::vector<std::string> wanted = part.words;
    if (part.verb == "made-of") {
      for (const CompositeMember& each : newest->composite().members()) {
        if (!each.left()) is.push_back(NameOf(each.event_id()));
      }
    } else if (part.verb == "shows") {
      wanted.erase(wanted.begin());
      if (const auto decision = DecisionOf(name, part.words.at(0))) {
        for (const ShownMember& each : decision->members()) is.push_back(named(each.place()));
      }
    } else {
      Stop(part, "a composite is made-of events, or shows a post some");
    }
    if (is == wanted) continue;
    std::string words;
    for (const std::string& each : is) words += " " + each;
    Complain(part, part.verb + " is" + (words.empty() ? " nothing" : words));
  }
}

}  // namespace tearline::scenarios
