#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "broker/machine/step.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// Numbers that an event gives for one person, and that lead to two; or of which none that is known
/// held when the event occurred (identifiers.h). The event is about the one to whom the first known
/// number leads, one that held before others; somebody must find out what is wrong.

/// The version from which it is said.
inline constexpr std::uint16_t kDisagreementsSaidFrom = 7;
/// Nominals that one remembers to disagree with; with more, each is reviewed anew.
inline constexpr int kDisagreeingMax = 16;

/// What was found out about the numbers of one event.
class NumbersGiven {
 public:
  /// Notes that of the numbers given for one person the first that is known is as `first` has it,
  /// and another as `other`.
  void Note(const stored::v1::IdentifierRow& first, const stored::v1::IdentifierRow& other,
            const stored::v1::Publish& command, const Step& step);

  /// Notes that the event is about the person whom a number that did not hold leads to.
  void NoteOutOfItsTime(const stored::v1::IdentifierRow& taken);

  /// Whether whoever publishes is warned: of both it must know already whose they are (P6). Its
  /// agency, or the one it publishes for, asserted them, or its post works with the person.
  [[nodiscard]] bool IsWarned() const { return warned_; }

  /// Remembers it, and has it reviewed within 72 hours: by who answers for the case of either, or
  /// supervises, and is kept out of neither; else by who answers for data; else by who gave them,
  /// unless they are kept out of either: then it is asked again when the numbers are given again.
  /// Of a number out of its time nobody of the agency that gave it hears, unless it asserted it or
  /// has to do with the person (P6): who answers for the data of the one that asserted it is asked.
  /// Each two are reviewed once, and so is each person told of by numbers out of their time, until
  /// one of their numbers is corrected. History opens no deadlines: of what is imported the leaf
  /// alone says it.
  void HaveReviewed(bool imported, Step& step) const;

 private:
  /// Taken, and the other.
  std::set<std::pair<std::string, std::string>> found_;
  /// Taken by a number out of its time, and the agency that asserted that.
  std::map<std::string, std::string> out_of_their_time_;
  bool warned_ = false;
};

/// A number of the nominal was corrected, or holds for another time: whether one is out of its time
/// is asked anew.
void ForgetOutOfItsTime(const std::string& nominal_id, Step& step);

}  // namespace tearline::machine
