#include <algorithm>
#include <map>
#include <set>

#include "tests/scenarios/event_words.h"
#include "tests/scenarios/stage.h"

/// The words for what the broker makes of several events.
namespace tearline::scenarios {

using namespace stored::v1;

namespace {

/// What the log tells of a composite.
struct Made {
  std::string event_id;
  std::vector<std::string> members;  ///< In the order in which they joined.
  std::set<std::string> left;
  std::map<std::string, v1::Level> told;  ///< By post, what was decided last.

  /// Some post may be told of it.
  bool IsOne() const {
    return std::any_of(told.begin(), told.end(),
                       [](const auto& each) { return each.second != v1::LEVEL_WITHHELD; });
  }
};

/// The newest that was made about somebody by a rule; its id is "" if none was.
Made NewestOf(const std::vector<Detail>& log, const std::string& nominal_id,
              const std::string& rule) {
  Made newest;
  for (const Detail& detail : log) {
    if (detail.has_composite() && detail.composite().nominal_id() == nominal_id &&
        detail.composite().rule() == rule) {
      const CompositeDetail& composite = detail.composite();
      if (composite.change() == COMPOSITE_CHANGE_MADE) newest = {composite.event_id(), {}, {}, {}};
      for (const std::string& each : composite.member_event_ids()) {
        if (composite.change() == COMPOSITE_CHANGE_LEFT) {
          newest.left.insert(each);
        } else {
          newest.members.push_back(each);
        }
      }
    }
    if (detail.has_decision() && detail.decision().event_id() == newest.event_id) {
      newest.told[detail.decision().post()] = detail.decision().level();
    }
  }
  return newest;
}

}  // namespace

void Stage::Composite(const Line& line) {
  const std::string& name = line.words.at(0);
  const Made made =
      NewestOf(player_.Log(), nominals_.at(line.WordAfter("about")), line.words.at(1));
  if (line.Has("none") == made.IsOne()) {
    return Complain(line, made.IsOne() ? "there is a composite" : "there is no composite");
  }
  if (!made.IsOne()) return;
  events_[name] = made.event_id;
  for (const Line& part : line.under) {
    std::vector<std::string> is;
    std::vector<std::string> wanted = part.words;
    if (part.verb == "made-of") {
      for (const std::string& each : made.members) {
        if (!made.left.contains(each)) is.push_back(NameOf(each));
      }
    } else if (part.verb == "shows") {
      wanted.erase(wanted.begin());
      if (const auto decision = DecisionOf(name, part.words.at(0))) {
        for (const ShownMember& each : decision->members()) {
          is.push_back(NameOf(made.members.at(each.place())));
        }
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
