#include "tests/benchmark/append_loop.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace tearline::benchmark {

Durations AppendLoop(const std::filesystem::path& directory, std::size_t bytes,
                     std::chrono::milliseconds time) {
  using Clock = std::chrono::steady_clock;
  const std::filesystem::path path = directory / "append-loop";
  const std::string block(bytes, 'a');
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) throw std::system_error(errno, std::generic_category(), "open");
  Durations durations;
  const Clock::time_point end = Clock::now() + time;
  for (Clock::time_point begin = Clock::now(); begin < end;) {
    if (write(file, block.data(), block.size()) != static_cast<ssize_t>(block.size()) ||
        fdatasync(file) != 0) {
      const int error = errno;
      close(file);
      throw std::system_error(error, std::generic_category(), "append");
    }
    const Clock::time_point now = Clock::now();
    durations.push_back(std::chrono::duration<double, std::micro>(now - begin).count());
    begin = now;
  }
  close(file);
  std::filesystem::remove(path);
  return durations;
}

}  // namespace tearline::benchmark
