#include "tests/strangers/python.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include "clients/verifier/base64.h"
#include "clients/verifier/cosignature.h"
#include "clients/verifier/receipt.h"
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

/// Forms that C2SP tlog-proof does not know, all of them around what would verify.
TEST_F(Python, AgreesOnTheFormOfAProof) {
  const std::string good = doubles::PartsOf(log_, 0, 1).Text();
  const auto passes = [this](const std::string& text) {
    const bool ours = verifier::OpenReceipt(text, log_.Key()).ok();
    EXPECT_EQ(Verifies("receipt", workplace_.Write("r", text)), ours) << text << said_;
    return ours;
  };
  const auto with = [&good](const std::string& one, const std::string& other) {
    std::string text = good;
    EXPECT_NE(text.find(one), std::string::npos) << one;
    return text.replace(text.find(one), one.size(), other);
  };
  EXPECT_TRUE(passes(good));
  const std::string extra = good.substr(good.find("extra "), good.find("index ") - 23);
  const std::string hash = verifier::Base64(std::string(32, 'h')) + '\n';
  std::string endless;
  for (int i = 0; i < 65; ++i) endless += hash;
  for (const std::string& text : {with("@v1", "@v2"),
                                  with("c2sp", "C2SP"),
                                  with("index 0", "index 00"),
                                  with("index 0", "index +0"),
                                  with("index 0", "index -0"),
                                  with("index 0", "index 0_0"),
                                  with("index 0", "index 0 "),
                                  with("index 0", "index"),
                                  with("index 0", "index \xd9\xa0"),
                                  with("index 0", "index 18446744073709551616"),
                                  with("index 0", "Index 0"),
                                  with("\nindex 0\n", "\nindex 0\n\n"),
                                  with("extra ", "extra  "),
                                  with("extra ", "extra !"),
                                  with("index 0\n", "index 0\n" + hash),
                                  with("index 0\n", "index 0\n" + hash.substr(4)),
                                  with("index 0\n", "index 0\n" + endless),
                                  with("index 0\n", "index 0\r\n"),
                                  with(extra, "") + extra,
                                  with(extra, ""),
                                  good.substr(0, good.find("\n\n")),
                                  good + "\n",
                                  good.substr(0, good.size() - 1),
                                  '\n' + good,
                                  std::string()}) {
    EXPECT_FALSE(passes(text)) << text;
  }
}

/// A time of 0 is none; a failing line of a known key rejects; lines of others say nothing.
TEST_F(Python, AgreesOnCosignatures) {
  const witness::Cosigner cosigner = witness::CosignerIn(workplace_.Path(""));
  const std::string key = verifier::Text(cosigner.Key());
  const std::string text(verifier::NoteText(log_.Note()));
  const auto passes = [&](const std::string& lines) {
    doubles::Parts parts = doubles::PartsOf(log_, 0, 1);
    parts.bundle.signed_note += lines;
    const auto time_s = verifier::CosignedAt(parts.bundle.signed_note, cosigner.Key());
    const bool ours = time_s.ok() && time_s->has_value();
    EXPECT_EQ(Verifies("receipt", workplace_.Write("r", parts.Text()), key), ours) << said_;
    return ours;
  };
  const std::string good = cosigner.Cosign(text, 1'700'000'000);
  EXPECT_TRUE(passes(good));
  EXPECT_TRUE(passes(good + good));
  EXPECT_TRUE(passes(cosigner.Cosign(text, ~std::uint64_t{0}))) << "64 bits";
  EXPECT_TRUE(passes(good + "\xe2\x80\x94 " + cosigner.Key().name + " AAAAAAAAAAAA\n"));
  EXPECT_FALSE(passes(""));
  EXPECT_FALSE(passes(cosigner.Cosign(text, 0)));
  EXPECT_FALSE(passes(good + cosigner.Cosign(text, 0)));
  EXPECT_FALSE(passes(good + cosigner.Cosign(text + "more\n", 1'700'000'000)));
  EXPECT_FALSE(passes(verifier::CosignatureLine(cosigner.Key(), 1, std::string(64, 's'))));
  EXPECT_FALSE(passes(verifier::CosignatureLine(cosigner.Key(), 1, std::string(63, 's'))));
}

TEST_F(Python, HashesNothingOfAProofOfAnotherLength) {
  EXPECT_TRUE(Runs("unhashed.py", "")) << said_;
  EXPECT_TRUE(said_.starts_with("tried ")) << said_;
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
    for (const std::string& other : {bent, bytes + 'x', bytes + std::string(32, '\0')}) {
      std::ofstream(directory + name, std::ios::binary) << other;
      EXPECT_FALSE(Verifies("tiles", directory)) << name;
    }
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
  EXPECT_FALSE(continues(witness::Body(0, {}, log.Note()), log.Note(0))) << "from nothing";
  EXPECT_FALSE(continues(witness::Body(0, {verifier::Hash{}}, log.Note()), log.Note(0)));
  EXPECT_FALSE(
      continues(witness::Body(6, witness::ConsistencyOf(log, 5, 13), log.Note()), log.Note(6)));
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
  EXPECT_TRUE(Runs("vectors.py", '\'' + vectors + '\'')) << said_;
  for (const char* name :
       {"rfc6962_reference", "tile_layout", "notes", "checkpoint_text", "cosignatures", "dsse"}) {
    EXPECT_NE(said_.find("judged " + std::string(name)), std::string::npos);
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
