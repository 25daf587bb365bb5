#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "broker/model/ids.h"
#include "broker/sequencer/workbench.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"

namespace tearline::sequencer {

/// The nominal index of a key about nobody.
inline constexpr std::uint32_t kNobody = 0xffffffff;

/// The subject keys that one command seals under: one per nominal and content class in a quarter of
/// a year. Those of the view are used again; what is missing is made together, with one sync.
///
/// Threads: one.
class SubjectKeys {
 public:
  /// Destroys the keys it made, unless they are kept: a command that is not made brings none into
  /// use.
  ~SubjectKeys();
  SubjectKeys(const SubjectKeys&) = delete;
  SubjectKeys& operator=(const SubjectKeys&) = delete;

  /// `reuse` false makes every key anew: for when a key of the view was destroyed meanwhile.
  SubjectKeys(const Workbench& bench, bool reuse);

  /// Says that a key is needed. `nominal_id` is empty while the nominal is not known, or for
  /// nobody.
  void Need(std::uint32_t nominal_index, const std::string& nominal_id,
            stored::v1::ContentClass content_class);

  /// Finds in the view what is needed. How many keys it does not have: those must be made.
  std::size_t Find();

  /// Uses `made`, keys of the vault that nobody else uses, for what Find did not find.
  ///
  /// Requires: as many as Find said.
  void Take(std::span<const model::SubjectKeyId> made);

  /// Find, and makes what must be made.
  ///
  /// Refuses: STORAGE_FAILED.
  Status Get();

  /// Requires: needed, and found, taken or got.
  const model::SubjectKeyId& Of(std::uint32_t nominal_index,
                                stored::v1::ContentClass content_class) const;

  /// Those that are new, as the command must tell them.
  std::vector<stored::v1::SubjectKeyUse> Made() const;

  /// Leaves the new keys to whoever proposes the command; their ids.
  std::vector<model::SubjectKeyId> Keep();

 private:
  struct Entry {
    std::string nominal_id;
    model::SubjectKeyId key;
    bool made = false;
  };
  bool FindInView(stored::v1::ContentClass content_class, Entry& entry) const;

  const Workbench& bench_;
  const bool reuse_;
  bool kept_ = false;
  const std::uint32_t quarter_;
  std::map<std::pair<std::uint32_t, stored::v1::ContentClass>, Entry> needed_;
  std::vector<Entry*> missing_;  ///< Those of needed_ that Find did not find.
};

}  // namespace tearline::sequencer
