#include "clients/witness/cosigner.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

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
