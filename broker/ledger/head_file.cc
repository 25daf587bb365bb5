#include "broker/ledger/head_file.h"

#include <rocksdb/env.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace tearline::ledger {
namespace {

constexpr std::string_view kMagic = "TLH1";
constexpr std::size_t kPositionBytes = 8;
/// Magic, position, the header's digest, and SHA-256 of all that.
constexpr std::size_t kFileBytes =
    kMagic.size() + kPositionBytes + crypto::Digest::kBytes + crypto::Digest::kBytes;

std::string Encode(const Head& head) {
  std::string bytes(kMagic);
  for (int shift = 56; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>((head.position >> shift) & 0xff));
  }
  bytes.append(head.digest.View());
  bytes.append(crypto::Sha256(bytes).View());
  return bytes;
}

}  // namespace

Result<Head> ReadHeadFile(const std::filesystem::path& directory) {
  std::string bytes;
  const rocksdb::Status read =
      rocksdb::ReadFileToString(rocksdb::Env::Default(), (directory / "HEAD").string(), &bytes);
  if (read.IsNotFound() || read.IsPathNotFound()) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND, "the ledger has no head file");
  }
  if (!read.ok()) {
    return Refuse(v1::ERROR_REASON_STORAGE_FAILED, "the ledger's head file could not be read");
  }
  Head head;
  if (bytes.size() == kFileBytes) {
    const std::string_view whole(bytes);
    for (const char byte : whole.substr(kMagic.size(), kPositionBytes)) {
      head.position = head.position << 8 | static_cast<unsigned char>(byte);
    }
    head.digest = *crypto::Digest::FromBytes(
        whole.substr(kMagic.size() + kPositionBytes, crypto::Digest::kBytes));
  }
  // What does not come out the same again was not written by us.
  if (bytes != Encode(head)) {
    return Refuse(v1::ERROR_REASON_LEDGER_CORRUPT, "the ledger's head file is damaged");
  }
  return head;
}

Status WriteHeadFile(const std::filesystem::path& directory, const Head& head) {
  rocksdb::Env* const files = rocksdb::Env::Default();
  const std::string unfinished = (directory / "HEAD.new").string();
  rocksdb::Status written =
      rocksdb::WriteStringToFile(files, Encode(head), unfinished, /*should_sync=*/true);
  if (written.ok()) written = files->RenameFile(unfinished, (directory / "HEAD").string());
  std::unique_ptr<rocksdb::Directory> handle;
  if (written.ok()) written = files->NewDirectory(directory.string(), &handle);
  if (written.ok()) written = handle->Fsync();
  if (!written.ok()) {
    return Refuse(v1::ERROR_REASON_STORAGE_FAILED, "the ledger's head file could not be written");
  }
  return {};
}

}  // namespace tearline::ledger
