#include "tests/clients/run_tearline.h"

#include <stdlib.h>
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace tearline::doubles {

Workplace::Workplace() {
  std::string pattern = (std::filesystem::temp_directory_path() / "tearline-test-XXXXXX").string();
  path_ = ::mkdtemp(pattern.data());
}

Workplace::~Workplace() {
  std::error_code error;
  std::filesystem::remove_all(path_, error);
}

std::string Workplace::Write(const std::string& name, const std::string& bytes) const {
  std::ofstream(path_ / name, std::ios::binary) << bytes;
  return Path(name);
}

std::string FileBytes(const std::string& path) {
  std::ostringstream bytes;
  bytes << std::ifstream(path, std::ios::binary).rdbuf();
  return bytes.str();
}

Ended RunTearline(const std::string& arguments) {
  const Workplace workplace;
  const std::string command =
      "env -u TEARLINE_SERVER -u TEARLINE_CA -u TEARLINE_CERT -u TEARLINE_KEY '" +
      std::string(TEARLINE_BINARY_DIR) + "/bin/tearline' " + arguments + " > '" +
      workplace.Path("out") + "' 2> '" + workplace.Path("err") + "' < /dev/null";
  const int status = std::system(command.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, FileBytes(workplace.Path("out")),
          FileBytes(workplace.Path("err"))};
}

}  // namespace tearline::doubles
