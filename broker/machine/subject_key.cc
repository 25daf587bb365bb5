#include "broker/machine/subject_key.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "broker/machine/event_terms.h"
#include "broker/machine/lane.h"
#include "broker/machine/rows.h"
#include "broker/status/invariant.h"

namespace tearline::machine {
namespace {

using stored::v1::SubjectKeyRow;
using WrappedKeys = google::protobuf::RepeatedPtrField<stored::v1::WrappedKey>;

bool AnyErased(const WrappedKeys& keys, const state::Reader& reader) {
  return std::any_of(keys.begin(), keys.end(), [&reader](const stored::v1::WrappedKey& key) {
    const auto row = reader.See<SubjectKeyRow>(SubjectKeyKey(key.subject_key_id()));
    return row && row->erased_position() != 0;
  });
}

Status ErasedMeanwhile() {
  return Refuse(
      v1::ERROR_REASON_UNAVAILABLE,
      "a key was erased while this was on its way; send it again with the same request id");
}

Status SealedMeanwhile() {
  return Refuse(v1::ERROR_REASON_UNAVAILABLE,
                "something else was sealed under the same keys meanwhile; ask again");
}

/// Events looked at for what was sealed since; beyond it something was.
constexpr std::size_t kLookedAtMax = 1024;

bool Uses(const WrappedKeys& keys, const std::string& subject_key_id) {
  return std::any_of(keys.begin(), keys.end(), [&](const stored::v1::WrappedKey& key) {
    return key.subject_key_id() == subject_key_id;
  });
}

bool Uses(const stored::v1::Publish& publish, const std::string& subject_key_id) {
  return std::any_of(publish.segments().begin(), publish.segments().end(),
                     [&](const auto& segment) { return Uses(segment.keys(), subject_key_id); }) ||
         std::any_of(publish.tear_lines().begin(), publish.tear_lines().end(),
                     [&](const auto& line) { return Uses(line.text().keys(), subject_key_id); });
}

/// Whether an id may be that of a key nobody has.
bool IsNewKey(const std::string& id, const state::Reader& reader) {
  return id.size() == model::SubjectKeyId::kBytes && !reader.Get(SubjectKeyKey(id));
}

/// Erases a key: what it sealed opens by `by` from now on. The row as it was.
SubjectKeyRow EraseForAnother(const std::string& id, const std::string& by, Step& step) {
  EraseKey(id, step);
  auto row = step.batch.Find<SubjectKeyRow>(SubjectKeyKey(id));
  row->set_replaced_by(by);
  step.batch.PutRow(SubjectKeyKey(id), *row);
  return *std::move(row);
}

/// A new key of a nominal, of the class and quarter of another.
void BringIntoUse(const std::string& id, const std::string& nominal_id, const SubjectKeyRow& like,
                  Step& step) {
  SubjectKeyRow standing;
  standing.set_nominal_id(nominal_id);
  standing.set_content_class(like.content_class());
  standing.set_quarter(like.quarter());
  step.batch.PutRow(SubjectKeyKey(id), standing);
  step.batch.Put(SubjectKeyOfKey(standing, id), "");
}

/// Whether a record after this position sealed something under a key.
bool WasUsedSince(const std::string& id, model::Position position, const state::Reader& reader) {
  const auto row = reader.Find<SubjectKeyRow>(SubjectKeyKey(id));
  TEARLINE_INVARIANT(row.has_value(), "a key that opens something is known");
  if (row->amended_position() > position) return true;
  for (const state::Key& index : EventIndexesOf(*row)) {
    const auto since = reader.Scan(index, state::Key(index).U64(position + 1), kLookedAtMax);
    if (since.size() == kLookedAtMax) return true;
    for (const auto& [key, event_id] : since) {
      const auto event = reader.Find<stored::v1::EventRow>(EventKey(event_id));
      TEARLINE_INVARIANT(event.has_value(), "an event in an index is kept");
      if (Uses(event->publish(), id)) return true;
    }
  }
  return false;
}

}  // namespace

std::vector<state::Key> EventIndexesOf(const SubjectKeyRow& row) {
  if (!row.nominal_id().empty()) {
    return {state::Key(state::Table::kEventOfNominal).Fixed(row.nominal_id())};
  }
  std::vector<state::Key> lanes;
  for (const v1::Urgency lane : kLanes) {
    lanes.push_back(state::Key(state::Table::kEventAt).U8(static_cast<std::uint8_t>(lane)));
  }
  return lanes;
}

std::string StandingKeyOf(const std::string& subject_key_id, const stored::v1::EventRow& event,
                          const state::Reader& reader) {
  std::string id = subject_key_id;
  // Each replaces one that was erased before it in the ledger, so this ends.
  while (true) {
    const auto& moved = event.moved_keys();
    const auto own = std::find_if(moved.begin(), moved.end(),
                                  [&id](const auto& each) { return each.old_key_id() == id; });
    if (own != moved.end()) {
      id = own->new_key_id();
      continue;
    }
    const auto row = reader.Find<SubjectKeyRow>(SubjectKeyKey(id));
    if (!row || row->replaced_by().empty()) return id;
    id = row->replaced_by();
  }
}

std::set<std::string> KeysThatOpen(const stored::v1::EventRow& event, const state::Reader& reader) {
  std::set<std::string> open;
  const auto add = [&](const WrappedKeys& keys) {
    for (const stored::v1::WrappedKey& key : keys) {
      std::string id = StandingKeyOf(key.subject_key_id(), event, reader);
      const auto row = reader.Find<SubjectKeyRow>(SubjectKeyKey(id));
      if (row && row->erased_position() == 0) open.insert(std::move(id));
    }
  };
  if (event.withdrawn() == v1::WITHDRAWAL_REASON_SPILLAGE) return open;
  for (const stored::v1::SealedSegment& segment : event.publish().segments()) add(segment.keys());
  for (std::uint32_t place = 0; place < TearLinesOf(event); ++place) {
    add(TearLineAt(event, place).text().keys());
  }
  return open;
}

bool IsErased(const stored::v1::EventRow& event, const state::Reader& reader) {
  const auto& segments = event.publish().segments();
  const bool sealed = std::any_of(segments.begin(), segments.end(),
                                  [](const auto& segment) { return segment.keys_size() > 0; });
  return sealed && KeysThatOpen(event, reader).empty();
}

Status CheckReplaced(const stored::v1::WithdrawEvent& command, const stored::v1::EventRow& event,
                     const state::Reader& reader) {
  if (command.reason() != v1::WITHDRAWAL_REASON_SPILLAGE) {
    if (command.replaced_keys().empty()) return {};
    return Refuse(v1::ERROR_REASON_UNAPPLIABLE, "keys are replaced for a spillage only");
  }
  std::set<std::string> replaced;
  std::set<std::string> made;
  for (const stored::v1::ReplacedKey& key : command.replaced_keys()) {
    replaced.insert(key.old_key_id());
    made.insert(key.new_key_id());
    if (!IsNewKey(key.new_key_id(), reader)) {
      return Refuse(v1::ERROR_REASON_UNAPPLIABLE, "a key that replaces another must be new");
    }
  }
  if (made.size() != static_cast<std::size_t>(command.replaced_keys_size())) {
    return Refuse(v1::ERROR_REASON_UNAPPLIABLE, "each key is replaced by one of its own");
  }
  if (replaced != KeysThatOpen(event, reader)) return SealedMeanwhile();
  for (const std::string& id : replaced) {
    if (WasUsedSince(id, command.wrapped_until(), reader)) return SealedMeanwhile();
  }
  return {};
}

std::set<std::string> KeysOfNominal(const std::string& nominal_id,
                                    const std::vector<stored::v1::EventRow>& events,
                                    const state::Reader& reader) {
  std::set<std::string> keys;
  for (const stored::v1::EventRow& event : events) {
    for (const std::string& id : KeysThatOpen(event, reader)) {
      const auto row = reader.Find<SubjectKeyRow>(SubjectKeyKey(id));
      if (row && row->nominal_id() == nominal_id) keys.insert(id);
    }
  }
  return keys;
}

Status CheckMoved(const stored::v1::MovedKeys& keys, const std::string& from_id,
                  const std::vector<stored::v1::EventRow>& events, const state::Reader& reader) {
  std::set<std::string> replaced;
  std::set<std::string> made;
  for (const stored::v1::MovedKey& key : keys.keys()) {
    replaced.insert(key.old_key_id());
    for (const std::string& id : {key.rest_key_id(), key.moved_key_id()}) {
      if (!made.insert(id).second || !IsNewKey(id, reader)) {
        return Refuse(v1::ERROR_REASON_UNAPPLIABLE, "a key that replaces another must be new");
      }
    }
  }
  if (replaced.size() != static_cast<std::size_t>(keys.keys_size())) {
    return Refuse(v1::ERROR_REASON_UNAPPLIABLE, "each key is replaced once");
  }
  if (replaced != KeysOfNominal(from_id, events, reader)) return SealedMeanwhile();
  for (const std::string& id : replaced) {
    if (WasUsedSince(id, keys.wrapped_until(), reader)) return SealedMeanwhile();
  }
  return {};
}

void ReplaceKey(const stored::v1::ReplacedKey& replaced, Step& step) {
  const SubjectKeyRow row = EraseForAnother(replaced.old_key_id(), replaced.new_key_id(), step);
  BringIntoUse(replaced.new_key_id(), row.nominal_id(), row, step);
}

void SplitKey(const stored::v1::MovedKey& moved, const std::string& to_id, Step& step) {
  const SubjectKeyRow row = EraseForAnother(moved.old_key_id(), moved.rest_key_id(), step);
  BringIntoUse(moved.rest_key_id(), row.nominal_id(), row, step);
  BringIntoUse(moved.moved_key_id(), to_id, row, step);
}

void EraseKey(const std::string& subject_key_id, Step& step) {
  auto row = step.batch.Find<SubjectKeyRow>(SubjectKeyKey(subject_key_id));
  TEARLINE_INVARIANT(row.has_value(), "a key that is erased is known");
  if (row->erased_position() != 0) return;
  row->set_erased_position(step.header.position);
  step.batch.PutRow(SubjectKeyKey(subject_key_id), *row);
  step.batch.Erase(SubjectKeyOfKey(*row, subject_key_id));
  step.applied.erased_keys.push_back(subject_key_id);
}

Status CheckKeysStand(const stored::v1::Publish& command, const state::Reader& reader) {
  for (const stored::v1::SealedSegment& segment : command.segments()) {
    if (AnyErased(segment.keys(), reader)) return ErasedMeanwhile();
  }
  for (const stored::v1::SealedTearLine& tear_line : command.tear_lines()) {
    if (AnyErased(tear_line.text().keys(), reader)) return ErasedMeanwhile();
  }
  for (const stored::v1::StoredNominal& nominal : command.nominals()) {
    for (const stored::v1::StoredIdentifier& identifier : nominal.identifiers()) {
      if (AnyErased(identifier.sealed().keys(), reader)) return ErasedMeanwhile();
    }
  }
  return {};
}

Status CheckKeysStand(const stored::v1::AmendEvent& command, const state::Reader& reader) {
  for (const stored::v1::SealedTearLine& tear_line : command.tear_lines()) {
    if (AnyErased(tear_line.text().keys(), reader)) return ErasedMeanwhile();
  }
  return {};
}

Status CheckKeysStand(const stored::v1::LinkIdentifier& command, const state::Reader& reader) {
  if (AnyErased(command.identifier().sealed().keys(), reader)) return ErasedMeanwhile();
  return {};
}

}  // namespace tearline::machine
