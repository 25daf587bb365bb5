#include "broker/rpc/page_seal.h"

#include <gtest/gtest.h>

#include <string>

namespace tearline::rpc {
namespace {

stored::v1::Actor As(const std::string& agency, const std::string& post) {
  stored::v1::Actor actor;
  actor.set_agency(agency);
  actor.set_post(post);
  return actor;
}

TEST(PageSeal, OpensForTheReaderItWasWrittenForAndNobodyElse) {
  const PageSeal seal;
  const std::string place(16, 'p');
  const stored::v1::Actor reader = As("police", "police/intel");
  const std::string token = seal.Write(place, reader);
  EXPECT_EQ(*seal.Read(token, reader), place);
  EXPECT_FALSE(seal.Read(token, As("police", "police/panel")).ok());
  EXPECT_FALSE(seal.Read(token, As("police", "")).ok());
  EXPECT_FALSE(PageSeal().Read(token, reader).ok()) << "of another start";
}

TEST(PageSeal, TellsNothingOfThePlace) {
  const PageSeal seal;
  const stored::v1::Actor reader = As("police", "police/intel");
  const std::string one = seal.Write(std::string(16, 'p'), reader);
  EXPECT_NE(seal.Write(std::string(16, 'p'), reader), one);
  EXPECT_EQ(seal.Write(std::string(16, 'q'), reader).size(), one.size());
}

TEST(PageSeal, RefusesWhatItDidNotWrite) {
  const PageSeal seal;
  const stored::v1::Actor reader = As("police", "police/intel");
  EXPECT_EQ(*seal.Read("", reader), "");
  std::string changed = seal.Write(std::string(16, 'p'), reader);
  changed[changed.size() / 2] = changed[changed.size() / 2] == 'A' ? 'B' : 'A';
  for (const std::string& token :
       {changed, std::string("?"), std::string("AAAA"), std::string(1000, 'A')}) {
    EXPECT_EQ(ReasonOf(seal.Read(token, reader).status()), v1::ERROR_REASON_FIELD_INVALID);
  }
}

}  // namespace
}  // namespace tearline::rpc
