#include "tests/strangers/python.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace tearline::strangers
