#include "broker/merkle/hashing.h"

namespace tearline::merkle {
namespace {

constexpr std::string_view kLeafPrefix("\x00", 1);
constexpr std::string_view kNodePrefix("\x01", 1);

}  // namespace

crypto::Digest LeafHash(std::string_view entry) { return crypto::Sha256({kLeafPrefix, entry}); }

crypto::Digest NodeHash(const crypto::Digest& left, const crypto::Digest& right) {
  return crypto::Sha256({kNodePrefix, left.View(), right.View()});
}

crypto::Digest EmptyRoot() { return crypto::Sha256(std::string_view()); }

}  // namespace tearline::merkle
