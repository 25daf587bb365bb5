#pragma once

#include <set>
#include <vector>

#include "clients/adapters/outcome.h"

namespace tearline::adapters {

/// What has been noticed so far about one message: each kind once, in order of kind.
class Noticed {
 public:
  void Add(NoteKind kind) { kinds_.insert(kind); }

  std::vector<Note> Notes() const {
    std::vector<Note> notes;
    for (const NoteKind kind : kinds_) notes.push_back(MakeNote(kind));
    return notes;
  }

 private:
  std::set<NoteKind> kinds_;
};

}  // namespace tearline::adapters
