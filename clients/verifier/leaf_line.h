#pragma once

#include <string_view>

#include "clients/verifier/leaf.h"

namespace tearline::verifier {

/// Reads a leaf's line, without its newline, exactly as LeafLine (export_file.h) writes it, into
/// `entry`, whose memory is used again. False for any other text, also for JSON that means the
/// same: whoever asks then reads it as JSON. `entry` is then anything.
[[nodiscard]] bool ReadLeafLine(std::string_view line, LeafEntry& entry);

}  // namespace tearline::verifier
