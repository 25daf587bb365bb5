#pragma once

#include <cstddef>
#include <istream>
#include <string>
#include <string_view>

namespace tearline::verifier {

/// The lines of a file, one after the other, where they lie in what was read of it: much at a time,
/// so that neither asking the system nor copying costs much.
///
/// Memory: 128 KiB, or twice the longest line.
class LineReader {
 public:
  explicit LineReader(std::istream& file) : file_(file) {}

  /// The next line, without its newline, until the next is taken; false if there is none. The last
  /// need not end in a newline.
  bool Take(std::string_view& line);

 private:
  bool Fill();

  std::istream& file_;
  std::string read_;
  std::size_t begin_ = 0;  // Of what was read: where what is not taken yet begins and ends.
  std::size_t end_ = 0;
};

}  // namespace tearline::verifier
