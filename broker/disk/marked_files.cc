#include "broker/disk/marked_files.h"

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "broker/disk/mark.h"

namespace tearline::disk {
namespace {

using rocksdb::FileOptions;
using rocksdb::FSWritableFile;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

class MarkedManifest final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  MarkedManifest(std::unique_ptr<FSWritableFile> manifest, std::unique_ptr<FSWritableFile> mark)
      : FSWritableFileOwnerWrapper(std::move(manifest)), mark_(std::move(mark)) {}

  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
    const IOStatus synced = FSWritableFileOwnerWrapper::Sync(options, debug);
    return synced.ok() ? Mark(options, debug) : synced;
  }

  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    const IOStatus synced = FSWritableFileOwnerWrapper::Fsync(options, debug);
    return synced.ok() ? Mark(options, debug) : synced;
  }

 private:
  IOStatus Mark(const IOOptions& options, IODebugContext* debug) {
    const IOStatus written = mark_->Append(MarkLine(GetFileSize(options, debug)), options, debug);
    return written.ok() ? mark_->Fsync(options, debug) : written;
  }

  const std::unique_ptr<FSWritableFile> mark_;
};

class Files final : public rocksdb::FileSystemWrapper {
 public:
  Files() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}

  const char* Name() const override { return "TearlineMarkedFiles"; }

  IOStatus NewWritableFile(const std::string& path, const FileOptions& options,
                           std::unique_ptr<FSWritableFile>* file, IODebugContext* debug) override {
    const IOStatus made = target()->NewWritableFile(path, options, file, debug);
    const std::optional<std::filesystem::path> mark_path = MarkOf(path);
    if (!made.ok() || !mark_path) return made;
    std::unique_ptr<FSWritableFile> mark;
    const IOStatus marked =
        target()->NewWritableFile(mark_path->string(), FileOptions(), &mark, debug);
    if (!marked.ok()) return marked;
    *file = std::make_unique<MarkedManifest>(std::move(*file), std::move(mark));
    return made;
  }

  IOStatus DeleteFile(const std::string& path, const IOOptions& options,
                      IODebugContext* debug) override {
    const std::optional<std::filesystem::path> mark = MarkOf(path);
    // A mark without its manifest says nothing to anybody.
    if (mark) target()->DeleteFile(mark->string(), options, debug).PermitUncheckedError();
    return target()->DeleteFile(path, options, debug);
  }
};

}  // namespace

rocksdb::Env* MarkedFiles() {
  static rocksdb::Env* const files = rocksdb::NewCompositeEnv(std::make_shared<Files>()).release();
  return files;
}

}  // namespace tearline::disk
