#include <algorithm>

#include "tests/machine/world.h"
#include "tests/scenarios/event_words.h"
#include "tests/scenarios/stage.h"

/// The words for people who are one, and who turn out not to be.
namespace tearline::scenarios {

using machine::World;
using namespace stored::v1;

void Stage::Nominal(const Line& line) {
  RegisterNominal command;
  *command.add_identifiers() = World::Number(static_cast<int>(nominals_.size()) + 1);
  Actor clerk = World::System(kClerk);
  clerk.set_purpose("public-protection");
  const Said said = player_.Say(clerk, COMMAND_NUMBER_REGISTER_NOMINAL, command);
  Must(said, line);
  nominals_[line.words.at(0)] = model::NominalId::Parse(said.made_id)->Bytes();
}

void Stage::Merge(const Line& line) {
  MergeNominals command;
  command.set_removed_id(nominals_.at(line.words.at(0)));
  command.set_surviving_id(nominals_.at(line.WordAfter("into")));
  Actor clerk = World::System(kClerk);
  clerk.set_purpose("public-protection");
  Must(player_.Say(clerk, COMMAND_NUMBER_MERGE_NOMINALS, command), line);
}

void Stage::Part(const Line& line) {
  UnmergeNominals command;
  command.set_removed_id(nominals_.at(line.words.at(0)));
  Actor clerk = World::System(kClerk);
  clerk.set_purpose("public-protection");
  Must(player_.Say(clerk, COMMAND_NUMBER_UNMERGE_NOMINALS, command), line);
}

/// `move-booking FROM to TO by POST`: what the post's agency told before now.
void Stage::MoveBooking(const Line& line) {
  const std::string& post = line.WordAfter("by");
  stored::v1::MoveBooking command;
  command.set_from_id(nominals_.at(line.words.at(0)));
  command.set_to_id(nominals_.at(line.WordAfter("to")));
  command.set_until_ms(player_.NowMs());
  command.set_agency(post.substr(0, post.find('/')));
  command.set_reason(v1::BOOKING_MOVE_REASON_WRONG_NUMBER);
  Actor author = World::System(post);
  author.set_purpose("public-protection");
  Must(player_.Say(author, COMMAND_NUMBER_MOVE_BOOKING, command), line);
}

void Stage::OwedAbout(const Line& line) {
  const std::string& nominal = nominals_.at(line.words.at(0));
  const auto type = Value<v1::ObligationType>(line.words.at(1), line);
  const auto open = player_.OpenObligations();
  const bool found = std::any_of(open.begin(), open.end(), [&](const auto& each) {
    return each.second.nominal_id() == nominal && each.second.type() == type &&
           (!line.Has("debtor") || line.WordAfter("debtor") == each.second.debtor_post());
  });
  if (!found) Complain(line, "it is not owed");
}

}  // namespace tearline::scenarios
