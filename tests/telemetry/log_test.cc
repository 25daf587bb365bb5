#include "broker/telemetry/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <concepts>
#include <cstdint>
#include <limits>
#include <regex>
#include <set>
#include <string>

namespace tearline::telemetry {
namespace {

using testing::MatchesRegex;

/// What `say` writes on stderr.
template <typename Say>
std::string Heard(Say say) {
  testing::internal::CaptureStderr();
  say();
  return testing::internal::GetCapturedStderr();
}

TEST(Log, AnEventIsOneLineOfJson) {
  EXPECT_THAT(Heard([] { Log(Event::kServing); }),
              MatchesRegex(R"(\{"severity":"info","event":"serving","time_ms":[0-9]+\})"
                           "\n"));
}

TEST(Log, FieldsFollowInTheOrderGiven) {
  const std::string line = Heard([] {
    Log(Event::kLedgerOpened).With(Field::kPosition, std::uint64_t{5}).With(Field::kTerm, 2);
  });
  EXPECT_THAT(line, testing::EndsWith(",\"position\":5,\"term\":2}\n"));
}

TEST(Log, NumbersAreWhole) {
  const std::string line = Heard([] {
    Log(Event::kClockParted)
        .With(Field::kApartMs, std::numeric_limits<std::int64_t>::min())
        .With(Field::kCount, std::numeric_limits<std::uint64_t>::max());
  });
  EXPECT_THAT(line, testing::EndsWith(
                        ",\"apart_ms\":-9223372036854775808,\"count\":18446744073709551615}\n"));
}

TEST(Log, AReasonIsSaidByName) {
  EXPECT_THAT(Heard([] {
                Log(Event::kStorageFailed).With(Field::kReason, v1::ERROR_REASON_STORAGE_FAILED);
              }),
              testing::EndsWith(",\"reason\":\"STORAGE_FAILED\"}\n"));
  EXPECT_THAT(Heard([] {
                Log(Event::kStorageFailed).With(Field::kReason, static_cast<v1::ErrorReason>(9999));
              }),
              testing::EndsWith(",\"reason\":\"UNKNOWN\"}\n"));
}

template <typename Value>
concept CanBeSaid = requires(LogLine& line, Value value) {
  line.With(Field::kCount, value);
};

/// Law 9 by construction: there is no way to pass a text.
TEST(Log, TextCannotBeSaid) {
  static_assert(CanBeSaid<int> && CanBeSaid<v1::ErrorReason>);
  static_assert(!CanBeSaid<std::string>);
  static_assert(!CanBeSaid<const char*>);
  static_assert(!CanBeSaid<double>);
}

TEST(Log, EveryEventHasANameOfItsOwn) {
  std::set<std::string> names;
  for (int i = 0; i <= static_cast<int>(Event::kWitnessForgot); ++i) {
    const std::string line = Heard([i] { LogLine(static_cast<Event>(i)); });
    std::smatch name;
    ASSERT_TRUE(std::regex_search(line, name, std::regex(R"re("event":"([a-z_]+)")re"))) << line;
    EXPECT_TRUE(names.insert(name[1]).second) << line;
  }
}

}  // namespace
}  // namespace tearline::telemetry
