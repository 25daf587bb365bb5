// A fuzz target without libFuzzer, for compilers that lack it (preset asan): NAME_fuzz SEEDS
//
// Gives the target every file of the directory SEEDS, and then what Mutate makes of them. From the
// environment:
//   TEARLINE_FUZZ_SECONDS  for how long; 20 if unset
//   TEARLINE_FUZZ_CHANCE   the number chance begins with, to see again what a run saw; it is
//   printed
// An input at which the target falls, or stays for 10 s of computing, is printed in hexadecimal.
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <system_error>
#include <vector>

#include "tests/fuzz/mutate.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);
/// Of the sanitizers' runtime; null without one.
extern "C" __attribute__((weak)) void __sanitizer_set_death_callback(void (*callback)());

namespace {

using tearline::fuzz::Mutate;

/// What the target is looking at.
const std::string* looked_at = nullptr;

void PrintInput() {
  if (looked_at == nullptr) return;
  std::fputs("the input, in hexadecimal:\n", stderr);
  for (const char byte : *looked_at) {
    std::fprintf(stderr, "%02x", static_cast<unsigned>(static_cast<unsigned char>(byte)));
  }
  std::fputc('\n', stderr);
  looked_at = nullptr;
}

void Fall(int signal) {
  std::fprintf(stderr, "the target fell by signal %d\n", signal);
  PrintInput();
  ::_exit(1);
}

void Look(const std::string& input) {
  const itimerval limit = {{0, 0}, {10, 0}};
  ::setitimer(ITIMER_VIRTUAL, &limit, nullptr);  // Computing counts, waiting for the machine not.
  looked_at = &input;
  // Bytes of their own, so that reading beyond the end is noticed.
  const std::vector<std::uint8_t> bytes(input.begin(), input.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  looked_at = nullptr;
}

std::vector<std::string> ReadSeeds(const std::filesystem::path& directory) {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<std::string> seeds;
  for (const std::filesystem::path& file : files) {
    std::ifstream stream(file, std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
  }
  return seeds;
}

std::uint64_t Number(const char* name, std::uint64_t otherwise) {
  const char* const value = std::getenv(name);
  return value == nullptr ? otherwise : std::strtoull(value, nullptr, 10);
}

}  // namespace

int main(int count, char** words) {
  using Clock = std::chrono::steady_clock;
  const std::vector<std::string> seeds =
      count == 2 ? ReadSeeds(words[1]) : std::vector<std::string>();
  if (seeds.empty()) {
    std::fprintf(stderr, "NAME_fuzz SEEDS, a directory with at least one file\n");
    return 2;
  }
  for (const int signal : {SIGABRT, SIGVTALRM}) std::signal(signal, Fall);
  if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(PrintInput);

  const Clock::time_point end =
      Clock::now() + std::chrono::seconds(Number("TEARLINE_FUZZ_SECONDS", 20));
  const std::uint64_t first = Number("TEARLINE_FUZZ_CHANCE", std::random_device()());
  std::fprintf(stderr, "TEARLINE_FUZZ_CHANCE=%llu\n", static_cast<unsigned long long>(first));
  for (const std::string& seed : seeds) Look(seed);
  std::mt19937_64 chance(first);
  std::uint64_t executions = seeds.size();
  for (; Clock::now() < end; ++executions) Look(Mutate(seeds, chance));
  // As libFuzzer says it.
  std::fprintf(stderr, "stat::number_of_executed_units: %llu\n",
               static_cast<unsigned long long>(executions));
  return 0;
}
