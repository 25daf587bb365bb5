#include "clients/cli/owed_to.h"

#include <gtest/gtest.h>

#include "tearline/v1/case_service.pb.h"

namespace tearline::cli {
namespace {

TEST(OwedTo, NamesEverybodyAndHowManyMore) {
  v1::Obligation shown;
  EXPECT_EQ(OwedTo(shown), "");
  shown.set_owed_post("probation/chair");
  EXPECT_EQ(OwedTo(shown), "probation/chair") << "of a broker that knows only the first";
  shown.add_owed_posts("probation/chair");
  shown.add_owed_posts("prison/security");
  EXPECT_EQ(OwedTo(shown), "probation/chair,prison/security");
  shown.set_owed_more(2);
  EXPECT_EQ(OwedTo(shown), "probation/chair,prison/security,+2");
}

}  // namespace
}  // namespace tearline::cli
