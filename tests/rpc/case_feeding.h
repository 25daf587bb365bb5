#pragma once

#include <google/protobuf/util/time_util.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "broker/machine/rows.h"
#include "broker/machine/since.h"
#include "broker/rpc/case_feed.h"
#include "broker/rpc/server_limits.h"
#include "tests/machine/event_world.h"

namespace tearline::rpc {

/// A panel whose chair listens, and what its feed shows.
class CaseFeeding : public testing::Test {
 protected:
  using EventWorld = machine::EventWorld;
  using World = machine::World;
  using Entries = std::vector<v1::CaseFeedEntry>;

  static constexpr auto kChair = EventWorld::kChair;

  CaseFeeding() { chair_session_ = world_.OpenSession(kChair); }

  v1::Case Case() const {
    return world_.state.Find<stored::v1::CaseRow>(machine::CaseKey(world_.case_id))->case_();
  }
  model::Position Tip() const { return world_.records.size(); }
  /// Everything of a stretch, read in pieces of at most so many entries and rows.
  Entries Read(const std::string& post, LogStretch stretch, std::size_t entries_max = 32,
               std::size_t rows_max = 1024) const {
    CaseFeed feed(post, stretch);
    Entries all;
    while (!feed.Done()) {
      const Entries some = feed.Next(Case(), world_.state, entries_max, rows_max);
      EXPECT_LE(some.size(), entries_max);
      all.insert(all.end(), some.begin(), some.end());
    }
    return all;
  }
  /// The same in frames as the stream makes them: how many entries each has.
  std::vector<std::size_t> Frames(const std::string& post) const {
    CaseFeed feed(post, {0, Tip()});
    std::vector<std::size_t> frames;
    while (!feed.Done()) {
      frames.push_back(feed.NextFrame(Case(), world_.state, kCaseFeedEntriesMax, kCaseFeedRowsMax,
                                      [] { return true; })
                           .size());
      if (frames.back() == 0) frames.pop_back();
    }
    return frames;
  }
  /// Where a stream that was cut after this entry goes on.
  LogStretch From(const v1::CaseFeedEntry& last) const {
    const std::int64_t ms =
        google::protobuf::util::TimeUtil::TimestampToMilliseconds(last.go_on_from());
    return {machine::FirstSince(ms, Tip(), world_.state) - 1, Tip()};
  }
  Entries Read(const std::string& post = kChair) const { return Read(post, {0, Tip()}); }
  static std::string Text(const std::string& event_id) {
    return model::EventId::FromBytes(event_id)->Text();
  }
  static std::vector<std::string> Ids(const Entries& entries) {
    std::vector<std::string> ids;
    for (const v1::CaseFeedEntry& each : entries) ids.push_back(each.event().event_id());
    return ids;
  }
  /// The number under which an event lies let go in a post's inbox.
  std::uint64_t NumberOf(const std::string& event_id, const std::string& post) const {
    for (const auto& [sequence, item] : world_.Released(post, EventWorld::kLane)) {
      if (item.event_id() == event_id && item.kind() == stored::v1::ITEM_KIND_EVENT)
        return sequence;
    }
    ADD_FAILURE() << "not let go to " << post;
    return 0;
  }
  void ReadByAPerson(const std::string& post, std::uint64_t sequence) {
    stored::v1::ReadItem command;
    command.set_feed(post);
    command.set_lane(EventWorld::kLane);
    command.set_sequence(sequence);
    ASSERT_EQ(world_.Say(World::Holder(post), stored::v1::COMMAND_NUMBER_READ, command).sentence,
              "");
  }

  /// Ends the only case of another nominal, although nobody has read an urgent event.
  void EndOther(const std::string& nominal_id, const std::string& unread) {
    stored::v1::EndCase end;
    end.set_case_id(
        world_.state.Find<stored::v1::NominalRow>(machine::NominalKey(nominal_id))->case_id());
    end.set_reason(v1::CASE_EXIT_REASON_ADDS_NOTHING);
    stored::v1::Override& each = *end.add_overrides();
    each.set_work_id(unread);
    each.set_reason(v1::WORK_OVERRIDE_REASON_AGENCY_GOES_ON);
    ASSERT_EQ(world_.Say(World::System(kChair), stored::v1::COMMAND_NUMBER_END_CASE, end).sentence,
              "");
  }
  void CloseSession() {
    stored::v1::CloseSession close;
    close.set_feed(kChair);
    close.set_session_id(chair_session_);
    ASSERT_EQ(
        world_.Say(World::System(kChair), stored::v1::COMMAND_NUMBER_CLOSE_SESSION, close).sentence,
        "");
  }

  EventWorld world_;
  std::string chair_session_;
};

}  // namespace tearline::rpc
