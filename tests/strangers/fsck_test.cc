// Tessera's own fsck, through the Go module proxy: it rebuilds every tile of an exported directory.
#include "tests/strangers/fsck.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "clients/verifier/tile_directory.h"
#include "tests/clients/invented_log.h"
#include "tests/clients/run_tearline.h"

namespace tearline::strangers {
namespace {

TEST(Fsck, OfTesseraAcceptsWhatIsExportedAndNothingBent) {
  const std::string fsck = Fsck();
  if (fsck.empty()) GTEST_SKIP() << "no Go, or no " << kFsckModule << " to be had: NOT TESTED";
  const doubles::Workplace workplace;
  doubles::InventedLog log;
  const std::string key_file = workplace.Write("key", log.VerifierKeyText());
  const std::string directory = workplace.Path("log");
  // In two runs, so that partial tiles have come and gone.
  for (const std::size_t size : {300u, 700u}) {
    while (log.Entries().size() < size) log.Add({}, 2000);
    auto writer = verifier::TileWriter::Open(directory);
    ASSERT_TRUE(writer.ok()) << writer.status();
    while (writer->Size() < size) {
      ASSERT_TRUE(writer->Append(log.Entries()[writer->Size()].leaf).ok());
    }
    ASSERT_TRUE(writer->Publish(log.Note()).ok());
    EXPECT_TRUE(Accepts(fsck, directory, key_file)) << size;
  }
  for (const char* name : {"/tile/0/001", "/tile/1/000.p/2", "/tile/entries/002.p/188"}) {
    const std::string bytes = doubles::FileBytes(directory + name);
    ASSERT_FALSE(bytes.empty()) << name;
    std::string bent = bytes;
    bent[bent.size() / 2] = static_cast<char>(bent[bent.size() / 2] ^ 1);
    std::ofstream(directory + name, std::ios::binary) << bent;
    EXPECT_FALSE(Accepts(fsck, directory, key_file)) << name;
    std::ofstream(directory + name, std::ios::binary) << bytes;
  }
  EXPECT_TRUE(Accepts(fsck, directory, key_file));
}

}  // namespace
}  // namespace tearline::strangers
