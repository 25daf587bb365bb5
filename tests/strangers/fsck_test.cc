// Tessera's own fsck, through the Go module proxy: it rebuilds every tile of an exported directory.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "clients/verifier/tile_directory.h"
#include "tests/clients/invented_log.h"
#include "tests/clients/run_tearline.h"

namespace tearline::strangers {
namespace {

namespace fs = std::filesystem;

constexpr char kModule[] = "github.com/transparency-dev/tessera/cmd/fsck@v1.0.2";

/// Where fsck is; "" if it can't be had. Built once and kept in the build directory.
std::string Fsck() {
  const fs::path directory = fs::path(TEARLINE_BINARY_DIR) / "strangers";
  if (fs::exists(directory / "fsck")) return (directory / "fsck").string();
  fs::create_directories(directory);
  const std::string install = "GOBIN='" + directory.string() +
                              "' GOFLAGS=-mod=mod timeout 240 go install " + kModule + " > '" +
                              (directory / "go.log").string() + "' 2>&1";
  return std::system(install.c_str()) == 0 ? (directory / "fsck").string() : "";
}

/// By what it says: it ends with 0 whatever it found, or, on some faults, not at all.
bool Accepts(const std::string& fsck, const std::string& directory, const std::string& key_file) {
  const doubles::Workplace workplace;
  const std::string check = "timeout 15 '" + fsck + "' --ui=false --storage_url=file://" +
                            directory + "/ --public_key=" + key_file + " > '" +
                            workplace.Path("said") + "' 2>&1";
  (void)!std::system(check.c_str());
  const std::string said = doubles::FileBytes(workplace.Path("said"));
  return said.find("Successfully fsck'd log") != std::string::npos &&
         said.find("fsck failed") == std::string::npos;
}

TEST(Fsck, OfTesseraAcceptsWhatIsExportedAndNothingBent) {
  const std::string fsck = Fsck();
  if (fsck.empty()) GTEST_SKIP() << "no Go, or no " << kModule << " to be had: NOT TESTED";
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
