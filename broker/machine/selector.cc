#include "broker/machine/selector.h"

#include <algorithm>
#include <utility>

#include "broker/machine/feed_name.h"
#include "broker/machine/identity.h"
#include "broker/machine/rows.h"
#include "broker/model/event_type.h"
#include "broker/model/name.h"
#include "broker/state/each_row.h"
#include "broker/status/invariant.h"

namespace tearline::machine {
namespace {

using state::Key;
using state::Table;
using stored::v1::EventRow;
using stored::v1::SubscriptionRow;

/// By which part a subscription is found. Numbers lie in keys and never change.
enum class Part : std::uint8_t {
  kNominal = 1,
  kArea = 2,
  kEventType = 3,
  kAgency = 4,
  kEverything = 5,
};

Key IndexKey(Part part, const std::string& value) {
  Key key = Key(Table::kSubscribed).U8(static_cast<std::uint8_t>(part));
  if (part == Part::kNominal) return std::move(key).Fixed(value);
  return std::move(key).Name(value);
}

template <typename Values>
bool Holds(const Values& values, const std::string& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

template <typename Values>
Status CheckCount(const Values& values, const std::string& path) {
  if (values.size() <= model::kSelectorValuesMax) return {};
  return Refuse(v1::ERROR_REASON_LIMIT_PASSED,
                "`" + path + "` holds " + std::to_string(values.size()) + " values; at most 16");
}

/// Whether `type` is `prefix` or lies below it.
bool LiesBelow(const std::string& type, const std::string& prefix) {
  return type.starts_with(prefix) && (type.size() == prefix.size() || type[prefix.size()] == '.');
}

/// The areas in which the event's nominals are managed.
std::set<std::string> AreasOf(const EventRow& event, const state::Reader& reader) {
  std::set<std::string> areas;
  for (const std::string& nominal_id : event.nominal_ids()) {
    if (const auto row = CaseOfNominal(nominal_id, reader)) areas.insert(row->case_().area());
  }
  return areas;
}

/// How many subscriptions are found by a value, as it lies in the value's own row.
std::uint64_t CountOf(const Key& value, const state::Reader& reader) {
  const auto bytes = reader.Get(value);
  return bytes ? state::ReadBigEndian(*bytes, 0, 8) : 0;
}

std::string CountBytes(std::uint64_t count) {
  return Key(Table::kSubscribed).U64(count).bytes().substr(1);
}

/// The values by which a subscription is found: of its most selective part, each once.
std::vector<Key> IndexedBy(const SubscriptionRow& row) {
  const v1::Selector& selector = row.selector();
  Part part = Part::kEverything;
  std::set<std::string> values = {""};
  const auto by = [&](Part chosen, const auto& of) {
    part = chosen;
    values = std::set<std::string>(of.begin(), of.end());
  };
  if (row.nominal_ids_size() != 0) {
    by(Part::kNominal, row.nominal_ids());
  } else if (selector.areas_size() != 0) {
    by(Part::kArea, selector.areas());
  } else if (selector.event_type_prefixes_size() != 0) {
    by(Part::kEventType, selector.event_type_prefixes());
  } else if (selector.agencies_size() != 0) {
    by(Part::kAgency, selector.agencies());
  }
  std::vector<Key> keys;
  for (const std::string& value : values) keys.push_back(IndexKey(part, value));
  return keys;
}

/// Calls `visit(post, id)` for each subscription that is found by `value`.
template <typename Visit>
void ForEachFoundBy(Part part, const std::string& value, const state::Reader& reader, Visit visit) {
  const Key prefix = IndexKey(part, value);
  if (!reader.Get(prefix)) return;  // the most of values, and a scan is dear
  // Past the value's own row: no name begins with a lower byte.
  state::ForEachRow(reader, prefix, Key(prefix).U8(1), [&](const std::string& key, const auto&) {
    const std::string rest = key.substr(prefix.bytes().size());
    const std::size_t end = rest.find('\0');
    visit(rest.substr(0, end), rest.substr(end + 1));
    return true;
  });
}

}  // namespace

Result<SubscriptionRow> ReadSelector(const v1::Selector& selector, const state::Reader& reader) {
  TEARLINE_RETURN_IF_REFUSED(CheckCount(selector.nominal_ids(), "selector.nominal_ids"));
  TEARLINE_RETURN_IF_REFUSED(
      CheckCount(selector.event_type_prefixes(), "selector.event_type_prefixes"));
  TEARLINE_RETURN_IF_REFUSED(CheckCount(selector.agencies(), "selector.agencies"));
  TEARLINE_RETURN_IF_REFUSED(CheckCount(selector.areas(), "selector.areas"));
  SubscriptionRow row;
  *row.mutable_selector() = selector;
  for (const std::string& text : selector.nominal_ids()) {
    const Result<model::NominalId> id = model::NominalId::Parse(text);
    if (!id.ok()) return id.status();
    if (!reader.Get(NominalKey(id->Bytes()))) {
      return Refuse(v1::ERROR_REASON_NOT_FOUND, "no such nominal");
    }
    row.add_nominal_ids(id->Bytes());
  }
  for (const std::string& prefix : selector.event_type_prefixes()) {
    const Result<model::EventType> type = model::EventType::Parse(prefix);
    if (!type.ok()) return type.status();
  }
  for (const std::string& agency : selector.agencies()) {
    TEARLINE_RETURN_IF_REFUSED(model::CheckName(agency, "selector.agencies"));
    if (!reader.Get(AgencyKey(agency))) {
      return Refuse(v1::ERROR_REASON_NOT_FOUND,
                    "`selector.agencies` must be agencies the directory knows");
    }
  }
  for (const std::string& area : selector.areas()) {
    TEARLINE_RETURN_IF_REFUSED(model::CheckName(area, "selector.areas"));
  }
  return row;
}

bool IsOfWhomItNames(const SubscriptionRow& row, const EventRow& event,
                     const state::Reader& reader) {
  const auto& nominals = event.nominal_ids();
  return row.nominal_ids_size() == 0 ||
         std::any_of(nominals.begin(), nominals.end(), [&](const std::string& each) {
           const std::vector<std::string> ids = SamePerson(each, reader);
           return std::any_of(ids.begin(), ids.end(), [&row](const std::string& id) {
             return Holds(row.nominal_ids(), id);
           });
         });
}

bool Wishes(const SubscriptionRow& row, const EventRow& event, const state::Reader& reader) {
  const v1::Selector& selector = row.selector();
  if (!IsOfWhomItNames(row, event, reader)) return false;
  const auto& prefixes = selector.event_type_prefixes();
  if (!prefixes.empty() &&
      std::none_of(prefixes.begin(), prefixes.end(), [&event](const std::string& each) {
        return LiesBelow(event.publish().event_type(), each);
      })) {
    return false;
  }
  if (selector.agencies_size() != 0 &&
      !Holds(selector.agencies(), event.publish().originating_agency())) {
    return false;
  }
  if (selector.areas_size() == 0) return true;
  const std::set<std::string> areas = AreasOf(event, reader);
  return std::any_of(areas.begin(), areas.end(), [&selector](const std::string& each) {
    return Holds(selector.areas(), each);
  });
}

void AddToIndex(const SubscriptionRow& row, const std::string& post, const std::string& id,
                state::Batch& batch) {
  for (const Key& value : IndexedBy(row)) {
    batch.Put(value, CountBytes(CountOf(value, batch) + 1));
    batch.Put(Key(value).Name(post).Fixed(id), "");
  }
}

void RemoveFromIndex(const SubscriptionRow& row, const std::string& post, const std::string& id,
                     state::Batch& batch) {
  for (const Key& value : IndexedBy(row)) {
    const std::uint64_t left = CountOf(value, batch) - 1;
    left == 0 ? batch.Erase(value) : batch.Put(value, CountBytes(left));
    batch.Erase(Key(value).Name(post).Fixed(id));
  }
}

bool IsWishedFor(const std::string& nominal_id, const state::Reader& reader) {
  return reader.Get(IndexKey(Part::kNominal, nominal_id)).has_value();
}

std::map<std::string, std::vector<std::string>> FeedsThatWish(const EventRow& event,
                                                              const state::Reader& reader) {
  // By post and by age; a subscription that is found by several values is one.
  std::map<std::string, std::set<std::pair<model::Position, std::string>>> found;
  const auto visit = [&](const std::string& post, const std::string& id) {
    const auto row = reader.Find<SubscriptionRow>(SubscriptionKey(post, id));
    TEARLINE_INVARIANT(row.has_value(), "a subscription in the index has its row");
    if (!Wishes(*row, event, reader)) return;
    found[post].emplace(row->created_position(), SubscriptionFeed(post, id));
  };
  for (const std::string& nominal_id : event.nominal_ids()) {
    for (const std::string& id : SamePerson(nominal_id, reader)) {
      ForEachFoundBy(Part::kNominal, id, reader, visit);
    }
  }
  for (const std::string& area : AreasOf(event, reader)) {
    ForEachFoundBy(Part::kArea, area, reader, visit);
  }
  const std::string& type = event.publish().event_type();
  for (std::size_t end = type.find('.');; end = type.find('.', end + 1)) {
    ForEachFoundBy(Part::kEventType, type.substr(0, end), reader, visit);
    if (end == std::string::npos) break;
  }
  ForEachFoundBy(Part::kAgency, event.publish().originating_agency(), reader, visit);
  ForEachFoundBy(Part::kEverything, "", reader, visit);

  std::map<std::string, std::vector<std::string>> feeds;
  for (const auto& [post, by_age] : found) {
    for (const auto& [age, feed] : by_age) feeds[post].push_back(feed);
  }
  return feeds;
}

std::vector<std::string> FeedsThatName(const std::string& nominal_id, const state::Reader& reader) {
  std::vector<std::string> feeds;
  ForEachFoundBy(Part::kNominal, nominal_id, reader,
                 [&feeds](const std::string& post, const std::string& id) {
                   feeds.push_back(SubscriptionFeed(post, id));
                 });
  return feeds;
}

}  // namespace tearline::machine
