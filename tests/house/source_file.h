#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tearline::house {

/// One `#include`: what stands between the quotes or brackets, and on which line.
struct Include {
  std::string name;
  int line = 0;
};

/// A file of the tree, as text and as code.
struct SourceFile {
  std::string path;  ///< From the top of the tree, with slashes.
  std::string text;  ///< As written.
  std::string code;  ///< Comments and the insides of literals made blank; the lines stay.

  /// The directory under broker/, clients/ or tests/ that holds it: "ledger" for
  /// broker/ledger/record.cc, "" for broker/main.cc.
  std::string Room() const;
  /// Its name without directories.
  std::string Name() const;
  bool IsHeader() const { return path.ends_with(".h"); }
  int Lines() const;
  std::vector<Include> Includes() const;
  /// The first line of `code` that has `word` standing alone; 0 if none has.
  int FirstLineWithWord(std::string_view word) const;
};

/// The files below `directory` (from the top of the tree) whose names end in one of `endings`, in
/// the order of their paths. What is built, hidden or made by an editor is not there.
std::vector<SourceFile> SourceFiles(const std::string& directory,
                                    const std::vector<std::string>& endings = {".cc", ".h"});

/// One file from the top of the tree; its text is empty if there is none.
SourceFile ReadSourceFile(const std::string& path);

/// Whether a file or directory is there, from the top of the tree.
bool Exists(const std::string& path);

/// The names of the directories directly below `directory`, in order.
std::vector<std::string> RoomsOf(const std::string& directory);

/// `text` with comments and the insides of literals made blank.
std::string CodeOnly(std::string_view text);

/// The line, from 1, on which the byte at `offset` lies.
int LineOf(std::string_view text, std::size_t offset);

/// A function's body: the line of its first brace, and how many lines up to its last.
struct FunctionBody {
  int line = 0;
  int lines = 0;
};

/// The bodies of functions in `code` (as CodeOnly gives it), tests included, lambdas not.
std::vector<FunctionBody> FunctionBodies(std::string_view code);

}  // namespace tearline::house
