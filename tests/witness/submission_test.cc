#include "clients/witness/submission.h"

#include <gtest/gtest.h>

#include "clients/verifier/base64.h"

namespace tearline::witness {
namespace {

TEST(Submission, IsReadLineByLine) {
  const std::string hash = verifier::Base64(verifier::Bytes(verifier::Sha256("a"))) + '\n';
  const auto read = ReadSubmission("old 20852014\n" + hash + hash + "\nnote\n\n— …\n");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->old_size, 20'852'014u);
  EXPECT_EQ(read->proof, std::vector<verifier::Hash>(2, verifier::Sha256("a")));
  EXPECT_EQ(read->signed_note, "note\n\n— …\n");
  EXPECT_TRUE(ReadSubmission("old 0\n\nnote")->proof.empty());
}

TEST(Submission, HasNoOtherForm) {
  const std::string hash = verifier::Base64(verifier::Bytes(verifier::Sha256("a"))) + '\n';
  std::string proof;
  for (int i = 0; i < 63; ++i) proof += hash;
  EXPECT_TRUE(ReadSubmission("old 1\n" + proof + "\nnote").ok());
  for (const std::string& body :
       {std::string(), std::string("old 1"), std::string("old 1\n"), std::string("old 1\n\n"),
        std::string("old 01\n\nnote"), std::string("old -1\n\nnote"), std::string("old +1\n\nnote"),
        std::string("old \n\nnote"), std::string("old  1\n\nnote"), std::string("OLD 1\n\nnote"),
        std::string("old 18446744073709551616\n\nnote"), "old 1\n" + proof + hash + "\nnote",
        "old 1\n" + hash.substr(4) + "\nnote", "old 1\n" + hash + "note", "old 1\n" + hash + "\n",
        std::string("old 1\r\n\nnote"), "old 1\n\n" + std::string(kSubmissionBytesMax, 'n')}) {
    EXPECT_FALSE(ReadSubmission(body).ok()) << body.substr(0, 100);
  }
}

}  // namespace
}  // namespace tearline::witness
