#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tearline::cli {

/// A file that holds personal data: only its owner may read and write it, and what was at its name
/// before is never written over. `option` is what the command calls it, "--out"; each function ends
/// the command with kUsage, naming it, if the file cannot be made or written.
class PrivateFile {
 public:
  /// Makes a new one. Ends the command with kUsage, in the words of `exists`, if something is
  /// there.
  static PrivateFile Make(const std::string& path, std::string option, const std::string& exists);
  /// Opens one that is there, cut to its first `size` bytes, to go on with. It must be a plain file
  /// of one's own; from then on nobody else may read it.
  static PrivateFile GoOn(const std::string& path, std::string option, std::uintmax_t size);

  /// Opens one to add to its end, or makes it. It must be nobody else's to read.
  static PrivateFile AddTo(const std::string& path, std::string option);

  PrivateFile(PrivateFile&& other) noexcept;
  PrivateFile& operator=(PrivateFile&& other) noexcept;
  ~PrivateFile();

  /// Adds to its end.
  void Add(std::string_view bytes);
  /// All that was added is on the disk.
  void Sync();

 private:
  PrivateFile(int descriptor, std::string option);
  [[noreturn]] void Stop() const;

  int descriptor_;
  std::string option_;
};

/// Ends the command with kUsage, saying that --overwrite would replace it, if something is there
/// and is not to be replaced: before anybody is asked for what is to be written.
void DemandRoom(const std::string& path, const std::string& option, bool overwrite);

/// Writes all of a private file or nothing: under another name first, synced, then by its own.
/// Replaces what is there only if told to; else ends the command with kUsage, saying that
/// --overwrite would.
void WritePrivately(const std::string& path, const std::string& option, std::string_view bytes,
                    bool overwrite);

}  // namespace tearline::cli
