// Appends groups to the ledger in the directory it is given, and writes each answered position, 8
// bytes as they lie in memory, to standard output; until it is killed.

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "broker/ledger/rocksdb_ledger.h"
#include "tests/doubles/record_maker.h"

int main(int argc, char** argv) {
  using tearline::doubles::RecordMaker;
  if (argc != 2) return EXIT_FAILURE;
  tearline::settings::v1::RocksdbLedger settings;
  settings.set_directory(argv[1]);
  const auto ledger = tearline::ledger::RocksdbLedger::Open(settings);
  if (!ledger.ok()) {
    std::fprintf(stderr, "%s\n", tearline::SentenceOf(ledger.status()).c_str());
    return EXIT_FAILURE;
  }
  std::optional<RecordMaker> make(std::in_place, (*ledger)->Term());
  if (const tearline::model::Position tip = (*ledger)->Tip(); tip > 0) {
    const auto newest = (*ledger)->ReadHeaders(tip - 1, std::numeric_limits<std::size_t>::max());
    if (!newest.ok()) return EXIT_FAILURE;
    make.emplace(newest->back(), (*ledger)->Term());
  }
  while (true) {
    std::vector<tearline::ledger::Record> group;
    const std::size_t records = 1 + (*ledger)->Tip() % 7;
    for (std::size_t i = 0; i < records; ++i) {
      const std::string command = "command " + std::to_string((*ledger)->Tip() + i);
      group.push_back(make->Next(command, {command + "0", command + "1"}));
    }
    const auto answered = (*ledger)->Append(group);
    if (!answered.ok()) return EXIT_FAILURE;
    if (::write(STDOUT_FILENO, &*answered, sizeof *answered) != sizeof *answered) {
      return EXIT_FAILURE;
    }
  }
}
