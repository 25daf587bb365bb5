#include "clients/witness/cosigner.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdint>
#include <string>

#include "clients/signing/private_key.h"
#include "clients/verifier/cosignature.h"
#include "tests/clients/invented_log.h"
#include "tests/clients/run_tearline.h"
#include "tests/witness/submissions.h"

namespace tearline::witness {
namespace {

TEST(Cosigner, SignsWhatTheVerifierReads) {
  const doubles::Workplace workplace;
  const Cosigner cosigner = CosignerIn(workplace.Path(""));
  const doubles::InventedLog log;
  const std::string note = log.Note();
  const std::string line = cosigner.Cosign(verifier::NoteText(note), 1'700'000'000);
  EXPECT_EQ(verifier::CosignedAt(note + line, cosigner.Key()).value(), 1'700'000'000u);
  EXPECT_TRUE(verifier::OpenCheckpoint(note + line, log.Key()).ok());
}

/// The verifier takes no time of 0, however well signed, and of several lines the newest.
TEST(Cosigner, StatesItsTimeWhichIsNotNothing) {
  const doubles::Workplace workplace;
  const Cosigner cosigner = CosignerIn(workplace.Path(""));
  const std::string note = doubles::InventedLog().Note();
  const std::string text(verifier::NoteText(note));
  const auto at = [&](std::uint64_t time_s) { return cosigner.Cosign(text, time_s); };
  const auto read = [&](const std::string& lines) {
    return verifier::CosignedAt(note + lines, cosigner.Key());
  };
  EXPECT_EQ(read(at(7)).value(), 7u);
  EXPECT_EQ(read(at(~std::uint64_t{0})).value(), ~std::uint64_t{0});
  EXPECT_EQ(read(at(7) + at(9) + at(8)).value(), 9u) << "the newest";
  EXPECT_FALSE(read(at(0)).ok());
  EXPECT_FALSE(read(at(7) + at(0)).ok()) << "it fails beside a good one";
  const auto signed_as = [&](std::uint64_t stated, const std::string& message) {
    const std::string key = workplace.Path("key.pem");
    const std::string signature = signing::PrivateKey::Open(key)->Sign(message);
    return read(verifier::CosignatureLine(cosigner.Key(), stated, signature)).ok();
  };
  EXPECT_TRUE(signed_as(7, "cosignature/v1\ntime 7\n" + text));
  EXPECT_FALSE(signed_as(8, "cosignature/v1\ntime 7\n" + text)) << "another time than is signed";
  EXPECT_FALSE(signed_as(7, "cosignature/v2\ntime 7\n" + text));
  EXPECT_FALSE(signed_as(7, "cosignature/v1\ntime 07\n" + text));
  EXPECT_FALSE(signed_as(7, "time 7\n" + text));
  EXPECT_FALSE(signed_as(7, text)) << "a log's signature is no witness's";
}

TEST(Cosigner, NeedsANameAndAKeyThatOthersCannotRead) {
  const doubles::Workplace workplace;
  const std::string path = workplace.Path("key.pem");
  WriteKeyFile(path);
  EXPECT_TRUE(Cosigner::Open("w", path).ok());
  for (const char* name : {"", "a b", "a+b", "a\nb", "a\xc2\xa0z", "a\xff", "a\x7f"}) {
    EXPECT_FALSE(Cosigner::Open(name, path).ok()) << name;
  }
  chmod(path.c_str(), S_IRUSR | S_IWUSR | S_IRGRP);
  EXPECT_TRUE(absl::IsPermissionDenied(Cosigner::Open("w", path).status()));
  EXPECT_FALSE(Cosigner::Open("w", workplace.Path("none.pem")).ok());
  const std::string other = workplace.Write("other.pem", "no key");
  chmod(other.c_str(), S_IRUSR);
  EXPECT_FALSE(Cosigner::Open("w", other).ok());
}

}  // namespace
}  // namespace tearline::witness
