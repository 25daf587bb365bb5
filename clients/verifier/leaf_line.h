#pragma once

#include <string_view>

#include "clients/verifier/leaf_parts.h"

namespace tearline::verifier {

/// Reads a leaf's line, without its newline, exactly as LeafLine (export_file.h) writes it, into
/// `parts`, whose memory is used again. False for any other text, also for JSON that means the
/// same: whoever asks then reads it as JSON. `parts` is then anything.
[[nodiscard]] bool ReadLeafLine(std::string_view line, LeafParts& parts);

}  // namespace tearline::verifier
