#include "broker/state/scratch.h"

#include <cstdlib>
#include <string>
#include <system_error>

namespace tearline::state {

Scratch::Scratch(const std::filesystem::path& directory) {
  std::string name = directory.string() + ".scratch-XXXXXX";
  if (mkdtemp(name.data()) != nullptr) path_ = name;
}

Scratch::~Scratch() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace tearline::state
