#include "broker/machine/selector.h"

#include <gtest/gtest.h>

#include <random>

#include "broker/machine/feed_name.h"
#include "broker/machine/rows.h"
#include "broker/model/limits.h"
#include "tests/doubles/counting_reader.h"
#include "tests/machine/wishing_world.h"

namespace tearline::machine {
namespace {

using stored::v1::EventRow;

class SelectorTest : public testing::Test {
 protected:
  EventRow Event(const std::string& nominal, const std::string& type = "custody.recall.ordered",
                 const std::string& agency = "ct-police") const {
    EventRow event;
    if (!nominal.empty()) event.add_nominal_ids(nominal);
    event.mutable_publish()->set_event_type(type);
    event.mutable_publish()->set_originating_agency(agency);
    return event;
  }
  bool Wishes(const v1::Selector& selector, const EventRow& event) const {
    const auto row = ReadSelector(selector, world_.state);
    return machine::Wishes(row.value(), event, world_.state);
  }
  v1::ErrorReason Refusal(const v1::Selector& selector) const {
    return ReasonOf(ReadSelector(selector, world_.state).status());
  }

  WishingWorld world_;
  std::string one_ = world_.Register(1);
  std::string two_ = world_.Register(2);
  std::string case_ = world_.OpenCase(two_, {});  // in the area "north"
};

/// Read each row as: "a wish for <values> selects the event, or does not".
TEST_F(SelectorTest, SelectsByEachPart) {
  v1::Selector selector;
  EXPECT_TRUE(Wishes(selector, Event(""))) << "a wish for everything";
  selector = WishingWorld::About({one_});
  EXPECT_TRUE(Wishes(selector, Event(one_)));
  EXPECT_FALSE(Wishes(selector, Event(two_)));
  EXPECT_FALSE(Wishes(selector, Event("")));

  struct Row {
    const char* prefix;
    const char* type;
    bool wished;
  };
  constexpr Row kRows[] = {
      {"custody", "custody.recall.ordered", true},
      {"custody.recall", "custody.recall.ordered", true},
      {"custody.recall.ordered", "custody.recall.ordered", true},
      {"custody.rec", "custody.recall.ordered", false},
      {"custody.recall.ordered.now", "custody.recall.ordered", false},
      {"recall", "custody.recall.ordered", false},
  };
  for (const Row& row : kRows) {
    selector = v1::Selector();
    selector.add_event_type_prefixes(row.prefix);
    EXPECT_EQ(Wishes(selector, Event(one_, row.type)), row.wished) << row.prefix;
  }
  selector = v1::Selector();
  selector.add_agencies("prison");
  EXPECT_TRUE(Wishes(selector, Event(one_, "a.b", "prison")));
  EXPECT_FALSE(Wishes(selector, Event(one_, "a.b", "ct-police")));
  selector = v1::Selector();
  selector.add_areas("north");
  EXPECT_TRUE(Wishes(selector, Event(two_)));
  EXPECT_FALSE(Wishes(selector, Event(one_))) << "without a case there is no area";
}

TEST_F(SelectorTest, JoinsPartsByAndAndValuesByOr) {
  v1::Selector selector = WishingWorld::About({one_, two_});
  selector.add_agencies("prison");
  selector.add_agencies("police");
  EXPECT_TRUE(Wishes(selector, Event(one_, "a.b", "police")));
  EXPECT_TRUE(Wishes(selector, Event(two_, "a.b", "prison")));
  EXPECT_FALSE(Wishes(selector, Event(two_, "a.b", "ct-police")));
  selector.add_areas("south");
  EXPECT_FALSE(Wishes(selector, Event(two_, "a.b", "prison")));
}

TEST_F(SelectorTest, RefusesWhatNobodyCanMean) {
  v1::Selector selector;
  selector.add_nominal_ids("nom_1");
  EXPECT_EQ(Refusal(selector), v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(Refusal(WishingWorld::About({std::string(16, 'x')})), v1::ERROR_REASON_NOT_FOUND);
  selector = v1::Selector();
  selector.add_event_type_prefixes("custody.");
  EXPECT_EQ(Refusal(selector), v1::ERROR_REASON_EVENT_TYPE_INVALID);
  selector = v1::Selector();
  selector.add_agencies("nobody");
  EXPECT_EQ(Refusal(selector), v1::ERROR_REASON_NOT_FOUND);
  selector = v1::Selector();
  selector.add_areas("North");
  EXPECT_EQ(Refusal(selector), v1::ERROR_REASON_NAME_INVALID);
}

TEST_F(SelectorTest, HoldsAsManyValuesOfAPartAsTheLimitSays) {
  const auto fill = [&](int count, const auto& add) {
    v1::Selector selector;
    for (int i = 0; i < count; ++i) add(selector);
    return Refusal(selector);
  };
  const std::string text = model::NominalId::FromBytes(one_)->Text();
  const auto expect = [&](const auto& add) {
    EXPECT_EQ(fill(model::kSelectorValuesMax, add), v1::ERROR_REASON_UNSPECIFIED);
    EXPECT_EQ(fill(model::kSelectorValuesMax + 1, add), v1::ERROR_REASON_LIMIT_PASSED);
  };
  expect([&](v1::Selector& selector) { selector.add_nominal_ids(text); });
  expect([](v1::Selector& selector) { selector.add_event_type_prefixes("a.b"); });
  expect([](v1::Selector& selector) { selector.add_agencies("prison"); });
  expect([](v1::Selector& selector) { selector.add_areas("north"); });
}

/// The index is only a quicker way to the same answer. Selectors and events drawn at random.
TEST_F(SelectorTest, TheIndexFindsExactlyThoseThatWish) {
  std::mt19937 dice(7);  // NOLINT: the same every time
  const auto below = [&](unsigned n) { return static_cast<int>(dice() % n); };
  const std::string nominals[] = {one_, two_, world_.Register(3)};
  const char* types[] = {"a.b.c", "a.b", "a.c.d", "b"};
  const char* agencies[] = {"prison", "police", "ct-police"};
  std::vector<std::string> feeds;
  const char* posts[] = {"prison/security", "education/guest", "police/panel", "probation/chair"};
  for (int i = 0; i < 60; ++i) {
    v1::Selector selector;
    if (below(3) == 0) selector = WishingWorld::About({nominals[below(3)], nominals[below(3)]});
    for (int n = below(3); n > 0; --n) selector.add_event_type_prefixes(types[below(4)]);
    for (int n = below(3); n > 0; --n) selector.add_agencies(agencies[below(3)]);
    if (below(3) == 0) selector.add_areas(below(2) == 0 ? "north" : "south");
    feeds.push_back(world_.Subscribe(posts[i % 4], selector));
  }
  int found = 0;
  for (int i = 0; i < 200; ++i) {
    EventRow event =
        Event(below(4) == 0 ? "" : nominals[below(3)], types[below(4)], agencies[below(3)]);
    if (below(3) == 0) event.add_nominal_ids(nominals[below(3)]);
    std::set<std::string> wished;
    for (const std::string& feed : feeds) {
      const auto row = world_.state.Find<stored::v1::SubscriptionRow>(
          SubscriptionKey(PostOfFeed(feed), SubscriptionOfFeed(feed)));
      if (machine::Wishes(*row, event, world_.state)) wished.insert(feed);
    }
    std::set<std::string> by_index;
    for (const auto& [post, of_post] : FeedsThatWish(event, world_.state)) {
      by_index.insert(of_post.begin(), of_post.end());
    }
    EXPECT_EQ(by_index, wished);
    found += static_cast<int>(wished.size());
  }
  EXPECT_GT(found, 200);
}

/// What an event costs does not grow with subscriptions that wish for something else.
TEST_F(SelectorTest, ReadsTheSameAmongTenAndAmongTenThousand) {
  const std::string wishing = world_.Subscribe("prison/security", WishingWorld::About({one_}));
  const auto reads = [&] {
    const doubles::CountingReader counting(world_.state);
    const auto feeds = FeedsThatWish(Event(one_), counting);
    EXPECT_EQ(feeds.size(), 1u);
    return counting.Reads();
  };
  int made = 0;
  const auto add = [&](int up_to) {
    state::Batch batch(world_.state);
    for (; made < up_to; ++made) {
      v1::Selector selector;
      const int part = made % 4;
      if (part == 0) selector = WishingWorld::About({two_});
      if (part == 1) selector.add_areas("area-" + std::to_string(made));
      if (part == 2) selector.add_event_type_prefixes("other.type-" + std::to_string(made));
      if (part == 3) selector.add_agencies("prison");
      const std::string post = "prison/post-" + std::to_string(made);
      const std::string id = crypto::Sha256(post).Bytes().substr(0, 16);
      const auto row = ReadSelector(selector, world_.state);
      batch.PutRow(SubscriptionKey(post, id), *row);
      AddToIndex(*row, post, id, batch);
    }
    world_.state.Commit(batch);
  };
  add(10);
  const std::size_t among_ten = reads();
  add(10'000);
  EXPECT_EQ(reads(), among_ten);
}

TEST_F(SelectorTest, GivesAPostsOldestFirst) {
  std::vector<std::string> made;
  for (int i = 0; i < 5; ++i) {
    made.push_back(world_.Subscribe("prison/security", WishingWorld::About({one_})));
  }
  EXPECT_EQ(FeedsThatWish(Event(one_), world_.state).at("prison/security"), made);
}

}  // namespace
}  // namespace tearline::machine
