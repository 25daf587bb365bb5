#include "tests/strangers/python.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include "clients/verifier/tile_directory.h"
#include "tests/clients/invented_receipt.h"
#include "tests/witness/submissions.h"

namespace tearline::strangers {
namespace {

TEST_F(Python, AgreesOnReceipts) {
  doubles::Parts parts = doubles::PartsOf(log_, 0, 1);
  EXPECT_TRUE(Verifies("receipt", workplace_.Write("r", parts.Text()))) << said_;
  EXPECT_EQ(said_, "verified tearline.example.org/audit: leaf 0 of 4, 1 details\n");
  const witness::Cosigner cosigner = witness::CosignerIn(workplace_.Path(""));
  const std::string key = verifier::Text(cosigner.Key());
  EXPECT_FALSE(Verifies("receipt", workplace_.Write("r", parts.Text()), key)) << "not cosigned";
  parts.bundle.signed_note += cosigner.Cosign(verifier::NoteText(log_.Note()), 1'700'000'000);
  EXPECT_TRUE(Verifies("receipt", workplace_.Write("r", parts.Text()), key)) << said_;

  doubles::Parts bent = parts;
  bent.bundle.index = 1;
  EXPECT_FALSE(Verifies("receipt", workplace_.Write("r", bent.Text())));
  bent = parts;
  bent.opening.mutable_details(0)->mutable_salted()->back() ^= 1;
  EXPECT_FALSE(Verifies("receipt", workplace_.Write("r", bent.Text())));
  bent = parts;
  bent.opening.mutable_details(0)->set_slot(0);
  EXPECT_FALSE(Verifies("receipt", workplace_.Write("r", bent.Text())));
  bent = parts;
  bent.bundle.proof.push_back(verifier::Hash{});
  EXPECT_FALSE(Verifies("receipt", workplace_.Write("r", bent.Text())));
  bent = parts;
  bent.bundle.signed_note.replace(bent.bundle.signed_note.find("\n4\n"), 3, "\n5\n");
  EXPECT_FALSE(Verifies("receipt", workplace_.Write("r", bent.Text())));
}

TEST_F(Python, AgreesOnExports) {
  log_.Scatter(0);
  log_.Scatter(3);
  EXPECT_TRUE(Verifies("export", workplace_.Write("e", log_.Export(log_.Note())))) << said_;
  EXPECT_FALSE(Verifies("export", workplace_.Write("e", log_.Export(log_.Note(3)))));
  doubles::InventedLog bent = log_;
  bent.Entries()[0].details[0].back() ^= 1;
  EXPECT_FALSE(Verifies("export", workplace_.Write("e", bent.Export(log_.Note()))));
  bent = log_;
  std::swap(bent.Entries()[0].slots[0], bent.Entries()[0].slots[1]);
  EXPECT_FALSE(Verifies("export", workplace_.Write("e", bent.Export(log_.Note()))));
  bent = log_;
  bent.Entries()[3].beside_hashes.pop_back();
  EXPECT_FALSE(Verifies("export", workplace_.Write("e", bent.Export(log_.Note()))));
  bent = log_;
  bent.Entries()[1].leaf[doubles::kStampAt + 7] ^= 1;
  EXPECT_FALSE(Verifies("export", workplace_.Write("e", bent.Export(log_.Note()))));
}

/// Each is signed well by the log: what is wrong with it is not the signature.
TEST_F(Python, AgreesOnWhatANoteMayHold) {
  const std::string text(verifier::NoteText(log_.Note()));
  const auto passes = [this](const std::string& note) {
    const bool ours = verifier::OpenCheckpoint(note, log_.Key()).ok();
    // As a receipt: there the note's bytes stand as they are.
    doubles::Parts parts = doubles::PartsOf(log_, 0, 1);
    parts.bundle.signed_note = note;
    EXPECT_EQ(Verifies("receipt", workplace_.Write("r", parts.Text())), ours) << said_;
    return ours;
  };
  const auto signed_text = &doubles::InventedLog::SignedText;
  EXPECT_TRUE(passes(signed_text(text + "M\xc3\xbcnze\n")));
  for (const char* line : {"a\tb\n", "\xff\n", "\xed\xa0\x80\n", "a\r\n"}) {
    EXPECT_FALSE(passes(signed_text(text + line))) << line;
  }
  const std::string dash = "\xe2\x80\x94 ";
  EXPECT_TRUE(passes(log_.Note() + dash + "M\xc3\xbcnze AAAAAAAAAAA=\n"));
  for (const char* name : {"a+b", "a b", "", "a\xc2\xa0z", "a\xe2\x80\xa8z", "a\xe3\x80\x80z"}) {
    EXPECT_FALSE(passes(log_.Note() + dash + name + " AAAAAAAAAAA=\n")) << name;
  }
}

TEST_F(Python, AgreesOnTiles) {
  while (log_.Entries().size() < 700) log_.Add({}, 2000);
  const std::string directory = workplace_.Path("log");
  auto writer = verifier::TileWriter::Open(directory);
  ASSERT_TRUE(writer.ok()) << writer.status();
  for (const verifier::LeafEntry& entry : log_.Entries()) {
    ASSERT_TRUE(writer->Append(entry.leaf).ok());
  }
  ASSERT_TRUE(writer->Publish(log_.Note()).ok());
  EXPECT_TRUE(Verifies("tiles", directory)) << said_;
  for (const char* name : {"/tile/0/001", "/tile/1/000.p/2", "/tile/entries/002.p/188"}) {
    const std::string bytes = doubles::FileBytes(directory + name);
    std::string bent = bytes;
    bent[bent.size() / 2] = static_cast<char>(bent[bent.size() / 2] ^ 1);
    std::ofstream(directory + name, std::ios::binary) << bent;
    EXPECT_FALSE(Verifies("tiles", directory)) << name;
    std::ofstream(directory + name, std::ios::binary) << bytes;
  }
}

TEST_F(Python, AgreesOnConsistency) {
  doubles::InventedLog log = witness::LogOf(13);
  const witness::Cosigner cosigner = witness::CosignerIn(workplace_.Path(""));
  const std::string key = verifier::Text(cosigner.Key());
  const auto continues = [&](const std::string& submission, const std::string& earlier,
                             const std::string& witness_key = "") {
    return Verifies("consistency", workplace_.Write("new", submission),
                    workplace_.Write("old", earlier) + ' ' + witness_key);
  };
  for (std::size_t old_size = 1; old_size <= 13; ++old_size) {
    for (std::size_t size = old_size; size <= 13; size += 3) {
      const std::string body = witness::Body(log, old_size, size);
      EXPECT_TRUE(continues(body, log.Note(old_size))) << old_size << ' ' << size << said_;
    }
  }
  const std::string good = witness::Body(log, 6, 13);
  EXPECT_FALSE(continues(good, log.Note(6), key)) << "not cosigned";
  const std::string line = cosigner.Cosign(verifier::NoteText(log.Note()), 1'700'000'000);
  EXPECT_TRUE(continues(good + line, log.Note(6), key)) << said_;
  EXPECT_FALSE(continues(good, log.Note(5))) << "from another size";
  EXPECT_FALSE(continues(witness::Body(6, witness::ConsistencyOf(log, 5, 13), log.Note()),
                         log.Note(6)));
  EXPECT_FALSE(continues(witness::Body(6, {}, log.Note()), log.Note(6)));
  doubles::InventedLog other = log;
  other.Entries()[2].leaf[40] ^= 1;
  EXPECT_FALSE(continues(good, other.Note(6))) << "another past";
  EXPECT_FALSE(continues(witness::Body(other, 13, 13), log.Note())) << "one size, two roots";
}

/// The same vectors that clients/verifier is judged by: tests/clients/shared_vectors_test.cc.
TEST_F(Python, JudgesTheVectorsOfOthersAsTold) {
  const char* named = std::getenv("TEARLINE_VECTORS");
  const std::string vectors = named != nullptr ? named : TEARLINE_SOURCE_DIR "/../shared/vectors";
  // Where somebody said where they are, they must be there.
  if (named == nullptr && !std::filesystem::exists(vectors)) {
    GTEST_SKIP() << "no " << vectors << ": NOT TESTED";
  }
  ASSERT_TRUE(std::filesystem::exists(vectors)) << "TEARLINE_VECTORS names " << vectors;
  const std::string said = workplace_.Path("judged");
  const int status = std::system(("python3 -B '" TEARLINE_SOURCE_DIR
                                  "/tests/strangers/vectors.py' '" +
                                  vectors + "' > '" + said + "' 2>&1")
                                     .c_str());
  EXPECT_EQ(status, 0) << doubles::FileBytes(said);
  for (const char* name :
       {"rfc6962_reference", "notes", "checkpoint_text", "cosignatures", "dsse"}) {
    EXPECT_NE(doubles::FileBytes(said).find("judged " + std::string(name)), std::string::npos);
  }
}

/// Whoever says where they are is not told that all is well without them.
TEST_F(Python, SkipsNoVectorsThatSomebodyNames) {
  const std::string judged = " '" TEARLINE_BINARY_DIR
                             "/bin/strangers_test' --gtest_filter='Python.JudgesTheVectors*' "
                             "> /dev/null 2>&1";
  EXPECT_NE(std::system(("TEARLINE_VECTORS=/nonexistent" + judged).c_str()), 0);
}

}  // namespace
}  // namespace tearline::strangers
