#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "clients/verifier/tree.h"
#include "clients/witness/witness.h"
#include "tests/clients/invented_log.h"

namespace tearline::witness {

/// A log of `size` small leaves.
[[nodiscard]] doubles::InventedLog LogOf(std::size_t size);

/// The proof that the log's first `new_size` leaves continue its first `old_size`, by the
/// definition in RFC 6962, section 2.1.2.
[[nodiscard]] std::vector<verifier::Hash> ConsistencyOf(doubles::InventedLog& log,
                                                        std::size_t old_size, std::size_t new_size);

/// A submission as it is posted.
[[nodiscard]] std::string Body(std::uint64_t old_size, const std::vector<verifier::Hash>& proof,
                               const std::string& signed_note);
/// The right one from `old_size` to `new_size`.
[[nodiscard]] std::string Body(doubles::InventedLog& log, std::size_t old_size,
                               std::size_t new_size);

/// A key file under `path`, mode 0600, made from a fixed seed.
void WriteKeyFile(const std::string& path);

/// The witness "witness.example.org/one" with such a key, over a directory that exists.
[[nodiscard]] Cosigner CosignerIn(const std::string& directory);

}  // namespace tearline::witness
