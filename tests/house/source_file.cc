#include "tests/house/source_file.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>

namespace tearline::house {
namespace {

namespace fs = std::filesystem;

const fs::path& Top() {
  static const fs::path top = TEARLINE_SOURCE_DIR;
  return top;
}

bool IsWordByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool EndsInOneOf(const std::string& name, const std::vector<std::string>& endings) {
  return std::any_of(endings.begin(), endings.end(),
                     [&](const std::string& ending) { return name.ends_with(ending); });
}

/// Where the thing that begins at `begin` ends: a comment, a literal, or one byte of code.
std::size_t EndOfPiece(std::string_view text, std::size_t begin) {
  const std::string_view rest = text.substr(begin);
  if (rest.starts_with("//")) return std::min(text.find('\n', begin), text.size());
  if (rest.starts_with("/*")) {
    const std::size_t end = text.find("*/", begin + 2);
    return end == std::string_view::npos ? text.size() : end + 2;
  }
  if (rest.starts_with("R\"")) {
    const std::size_t open = std::min(text.find('(', begin), text.size() - 1);
    const std::string close = ")" + std::string(text.substr(begin + 2, open - begin - 2)) + "\"";
    const std::size_t end = text.find(close, open);
    return end == std::string_view::npos ? text.size() : end + close.size();
  }
  const bool digit_separator = rest[0] == '\'' && begin > 0 && IsWordByte(text[begin - 1]);
  if (rest[0] == '"' || (rest[0] == '\'' && !digit_separator)) {
    std::size_t i = begin + 1;
    while (i < text.size() && text[i] != rest[0] && text[i] != '\n') i += text[i] == '\\' ? 2 : 1;
    return std::min(i + 1, text.size());
  }
  return begin + 1;
}

}  // namespace

std::string SourceFile::Room() const {
  const std::size_t first = path.find('/');
  if (first == std::string::npos) return "";
  const std::size_t second = path.find('/', first + 1);
  return second == std::string::npos ? "" : path.substr(first + 1, second - first - 1);
}

std::string SourceFile::Name() const { return path.substr(path.rfind('/') + 1); }

int SourceFile::Lines() const {
  return static_cast<int>(std::count(text.begin(), text.end(), '\n'));
}

std::vector<Include> SourceFile::Includes() const {
  static const std::regex kInclude("#include [\"<]([^\">]+)[\">]");
  std::vector<Include> found;
  for (std::sregex_iterator it(text.begin(), text.end(), kInclude), end; it != end; ++it) {
    const auto offset = static_cast<std::size_t>(it->position());
    if (offset > 0 && text[offset - 1] != '\n') continue;  // An example in a comment.
    found.push_back({(*it)[1], LineOf(text, offset)});
  }
  return found;
}

int SourceFile::FirstLineWithWord(std::string_view word) const {
  for (std::size_t at = code.find(word); at != std::string::npos; at = code.find(word, at + 1)) {
    const bool begins = at == 0 || !IsWordByte(code[at - 1]) || !IsWordByte(word.front());
    const std::size_t end = at + word.size();
    const bool ends = end >= code.size() || !IsWordByte(code[end]) || !IsWordByte(word.back());
    if (begins && ends) return LineOf(code, at);
  }
  return 0;
}

std::vector<SourceFile> SourceFiles(const std::string& directory,
                                    const std::vector<std::string>& endings) {
  std::vector<SourceFile> files;
  if (!Exists(directory)) return files;
  for (auto it = fs::recursive_directory_iterator(Top() / directory);
       it != fs::recursive_directory_iterator(); ++it) {
    const std::string name = it->path().filename().string();
    if (it->is_directory() && (name == "build" || (name.starts_with(".") && name != ".ci"))) {
      it.disable_recursion_pending();
    } else if (it->is_regular_file() && EndsInOneOf(name, endings)) {
      files.push_back(ReadSourceFile(it->path().lexically_relative(Top()).generic_string()));
    }
  }
  std::sort(files.begin(), files.end(),
            [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  return files;
}

SourceFile ReadSourceFile(const std::string& path) {
  std::ifstream stream(Top() / path, std::ios::binary);
  SourceFile file;
  file.path = path;
  file.text.assign(std::istreambuf_iterator<char>(stream), {});
  file.code = CodeOnly(file.text);
  return file;
}

bool Exists(const std::string& path) { return fs::exists(Top() / path); }

std::vector<std::string> RoomsOf(const std::string& directory) {
  std::vector<std::string> rooms;
  for (const fs::directory_entry& entry : fs::directory_iterator(Top() / directory)) {
    if (entry.is_directory()) rooms.push_back(entry.path().filename().string());
  }
  std::sort(rooms.begin(), rooms.end());
  return rooms;
}

std::string CodeOnly(std::string_view text) {
  std::string code(text);
  for (std::size_t begin = 0; begin < text.size();) {
    // An include's name stays: rules look for it.
    const bool line_begins = begin == 0 || text[begin - 1] == '\n';
    const bool include = line_begins && text.substr(begin).starts_with("#include");
    const std::size_t end =
        include ? std::min(text.find('\n', begin), text.size()) : EndOfPiece(text, begin);
    if (!include && end > begin + 1) {
      std::replace_if(
          code.begin() + static_cast<std::ptrdiff_t>(begin),
          code.begin() + static_cast<std::ptrdiff_t>(end), [](char c) { return c != '\n'; }, ' ');
    }
    begin = end;
  }
  return code;
}

int LineOf(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  return 1 + static_cast<int>(std::count(before.begin(), before.end(), '\n'));
}

}  // namespace tearline::house
