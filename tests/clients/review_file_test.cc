#include "clients/verifier/review_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "clients/cli/note_signer.h"
#include "clients/verifier/review.h"
#include "tests/clients/invented_review.h"
#include "tests/clients/run_tearline.h"

namespace tearline::verifier {
namespace {

using doubles::InventedReview;
using doubles::RunTearline;
using doubles::Workplace;
using testing::HasSubstr;

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

std::string KeyFile(const Workplace& workplace) {
  const std::string file = workplace.Path("exporter.pem");
  EXPECT_EQ(std::system(("openssl genpkey -algorithm ed25519 -out " + file + " 2>/dev/null && " +
                         "chmod 600 " + file)
                            .c_str()),
            0);
  return file;
}

TEST(ReviewFile, IsTakenApartAsItWasPutTogether) {
  InventedReview invented;
  const Review review = invented.Review();
  const std::string file = InventedReview::File(review, invented.Log().Key());
  const absl::StatusOr<ReviewFile> parts = ReadReviewFile(file);
  ASSERT_TRUE(parts.ok()) << parts.status();
  EXPECT_EQ(parts->lines, ReviewLines(review));
  EXPECT_EQ(WithManifest(ReviewDocument(parts->page, parts->lines), parts->manifest), file);
}

TEST(ReviewFile, NoByteOfItCanBeOther) {
  InventedReview invented;
  const std::string good = InventedReview::File(invented.Review(), invented.Log().Key());
  ASSERT_TRUE(ReadReviewFile(good).ok());
  for (std::size_t at = 0; at < good.size(); at += 7) {
    std::string bent = good;
    bent[at] = bent[at] == 'x' ? 'y' : 'x';
    EXPECT_FALSE(ReadReviewFile(bent).ok()) << at;
  }
  EXPECT_FALSE(ReadReviewFile(good + " ").ok());
  EXPECT_FALSE(ReadReviewFile(good.substr(0, good.size() - 1)).ok());
  EXPECT_FALSE(ReadReviewFile("").ok());
  EXPECT_FALSE(ReadReviewFile("<html></html>").ok());
}

TEST(ReviewFile, SaysWhichPartWasChanged) {
  InventedReview invented;
  const std::string good = InventedReview::File(invented.Review(), invented.Log().Key());
  const auto refusal = [](const std::string& file) {
    return std::string(ReadReviewFile(file).status().message());
  };
  EXPECT_THAT(refusal(Replaced(good, "\"index\":5", "\"index\":6")), HasSubstr("its data is not"));
  EXPECT_THAT(refusal(Replaced(good, "<h2>Obligations", "<h2>Favours")),
              HasSubstr("its page is not"));
  EXPECT_THAT(refusal(Replaced(good, "\npage ", "\npage 00")), HasSubstr("its page is not"));
  EXPECT_THAT(refusal(Replaced(good, "tearline review v1", "tearline review v2")),
              HasSubstr("its manifest must begin"));
}

/// What stands there looks vouched for: a reader would take it for part of the manifest.
TEST(ReviewFile, NothingFollowsTheManifestButSignatures) {
  InventedReview invented;
  const std::string good = InventedReview::File(invented.Review(), invented.Log().Key());
  for (const char* more : {"\n", "\nChecked by the inspectorate\n", "more\n",
                           "\n\xe2\x80\x94 a QUJDREVGRw==\nChecked by the inspectorate\n",
                           "\nChecked\n\n\xe2\x80\x94 a QUJDREVGRw==\n"}) {
    const std::string bent =
        Replaced(good, "</pre></details>", std::string(more) + "</pre></details>");
    EXPECT_FALSE(ReadReviewFile(bent).ok()) << more;
  }
  EXPECT_THAT(
      std::string(ReadReviewFile(Replaced(good, "</pre></details>", "\nso\n</pre></details>"))
                      .status()
                      .message()),
      HasSubstr("must be followed by signatures, or by nothing"));
  EXPECT_TRUE(ReadReviewFile(Replaced(good, "</pre></details>",
                                      "\n\xe2\x80\x94 a QUJDREVGRw==\n</pre></details>"))
                  .ok());
}

TEST(ReviewFile, TheCommandVerifiesDataPageAndManifest) {
  InventedReview invented;
  const Workplace workplace;
  const Review review = invented.Review();
  const std::string good = InventedReview::File(review, invented.Log().Key());
  const std::string verify = "audit verify --verifier-key " + invented.Log().VerifierKeyText() +
                             " --review " + workplace.Write("r.html", good);
  const doubles::Ended ended = RunTearline(verify);
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("vouched for by nobody"));
  EXPECT_THAT(RunTearline(verify + " --json").out, HasSubstr("\"verified\":true"));

  const auto refused = [&](const std::string& file, const std::string& sentence) {
    workplace.Write("r.html", file);
    const doubles::Ended bent = RunTearline(verify);
    EXPECT_EQ(bent.code, 4) << sentence;
    EXPECT_THAT(bent.err, HasSubstr(sentence));
    EXPECT_EQ(bent.out, "") << sentence;
  };
  // Whoever changes something and makes the manifest anew is found out by the records.
  refused(InventedReview::WithLines(good,
                                    Replaced(ReviewLines(review), "LEVEL_WITHHELD", "LEVEL_FULL")),
          "line 2 of the data");
  refused(InventedReview::WithLines(Replaced(good, "<h2>Obligations", "<h2>Favours"),
                                    ReviewLines(review)),
          "the page does not say what the data says");
  Review said = review;
  said.obligations[0].clear_ended_at();
  refused(InventedReview::WithLines(good, ReviewLines(said)),
          "the page does not say what the data says");
}

TEST(ReviewFile, TheExportersSignatureIsDemandedIfTheirKeyIsGiven) {
  InventedReview invented;
  const Workplace workplace;
  const Review review = invented.Review();
  const auto signer = cli::NoteSigner::Open("inspectorate/auditor", KeyFile(workplace));
  ASSERT_TRUE(signer.ok()) << signer.status();
  const std::string good = InventedReview::File(review, invented.Log().Key());
  const ReviewFile parts = *ReadReviewFile(good);
  const std::string document = ReviewDocument(parts.page, parts.lines);
  const std::string note = signer->Sign(parts.manifest);
  const std::string verify = "audit verify --verifier-key " + invented.Log().VerifierKeyText() +
                             " --review " + workplace.Path("r.html");
  const std::string by = verify + " --exporter-key " + Text(signer->Key());

  workplace.Write("r.html", WithManifest(document, note));
  EXPECT_EQ(RunTearline(by).code, 0) << RunTearline(by).err;
  EXPECT_THAT(RunTearline(by).out, HasSubstr("signed by    inspectorate/auditor+"));
  EXPECT_THAT(RunTearline(verify).out, HasSubstr("not verified: give --exporter-key"));
  workplace.Write("r.html", good);
  EXPECT_EQ(RunTearline(by).code, 4) << "not signed";
  std::string bent = note;
  bent[bent.size() - 10] = bent[bent.size() - 10] == 'A' ? 'B' : 'A';
  workplace.Write("r.html", WithManifest(document, bent));
  EXPECT_EQ(RunTearline(by).code, 4) << "another signature";
  // A record left out, and everything made to fit: only the exporter's signature tells.
  Review less = review;
  less.leaves.erase(less.leaves.begin() + 2);
  workplace.Write("r.html", InventedReview::File(less, invented.Log().Key()));
  EXPECT_EQ(RunTearline(verify).code, 0);
  EXPECT_EQ(RunTearline(by).code, 4);
}

TEST(NoteSigner, RefusesNamesAndFilesThatAreNone) {
  const Workplace workplace;
  const std::string key = KeyFile(workplace);
  EXPECT_TRUE(cli::NoteSigner::Open("a/b.c-d_e", key).ok());
  for (const char* name : {"", "a b", "a+b", "a<b", "\xe2\x80\xae"}) {
    EXPECT_FALSE(cli::NoteSigner::Open(name, key).ok()) << name;
  }
  EXPECT_FALSE(cli::NoteSigner::Open("a", workplace.Path("none")).ok());
  const std::string open = workplace.Write("open.pem", doubles::FileBytes(key));
  EXPECT_EQ(std::system(("chmod 644 " + open).c_str()), 0);
  EXPECT_FALSE(cli::NoteSigner::Open("a", open).ok()) << "others may read it";
  const std::string none = workplace.Write("none.pem", "no key");
  EXPECT_EQ(std::system(("chmod 600 " + none).c_str()), 0);
  EXPECT_FALSE(cli::NoteSigner::Open("a", none).ok());
}

}  // namespace
}  // namespace tearline::verifier
