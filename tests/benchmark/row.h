#pragma once

#include <string>
#include <vector>

namespace tearline::benchmark {

/// One line of the table: ours beside something measured in the same run on the same machine.
struct Row {
  std::string name;  ///< In JSON.
  std::string says;  ///< What is compared, in words.
  double ratio = 0;  ///< Ours over the other: what may be kept and compared.
  bool more_is_better = true;
  std::string between;  ///< What both were, for whoever wonders; not to be kept.
};

/// Rounds of one comparison, ours and the other's turn by turn, as one row: the middle ratio.
class Rounds {
 public:
  void Add(double ours, double other);
  Row AsRow(std::string name, std::string says, bool more_is_better, const std::string& unit) const;

 private:
  std::vector<double> ours_;
  std::vector<double> others_;
  std::vector<double> ratios_;
};

/// How many programs wanted a core during the last minute, and how many cores there are.
struct Crowd {
  double load = 0;
  unsigned cores = 1;

  /// Whether others were at work: the measurement itself brings about one for each core.
  bool Busy() const { return load > 1.5 * cores; }
};
Crowd LookAround();

void Show(const std::vector<Row>& rows, const Crowd& crowd);
void WriteJson(const std::vector<Row>& rows, const Crowd& crowd, const std::string& path);

}  // namespace tearline::benchmark
