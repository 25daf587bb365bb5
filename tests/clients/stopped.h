#pragma once

#include <gtest/gtest.h>

#include <string>

#include "clients/cli/invocation.h"

namespace tearline::cli {

/// What ends a command for its usage: the sentence; "" if nothing does.
template <typename Work>
std::string Stopped(Work work) {
  try {
    work();
  } catch (const Stop& stop) {
    EXPECT_EQ(stop.code, ExitCode::kUsage);
    return stop.sentence;
  }
  return "";
}

}  // namespace tearline::cli
