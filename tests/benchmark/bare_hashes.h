#pragma once

#include <memory>
#include <string_view>

struct evp_md_st;
struct evp_md_ctx_st;

namespace tearline::benchmark {

/// SHA-256 as cheaply as the machine's own OpenSSL gives it: the algorithm looked up once, one
/// context, and each message, whole and in one piece, in one call. Nothing is kept of the digests.
///
/// Threads: one.
class BareHashes {
 public:
  /// Throws std::runtime_error if there is no SHA-256.
  BareHashes();

  /// The digest of one message.
  void Of(std::string_view message);
  /// So many digests of what a tree hashes for a node: a byte and two digests, 65 bytes.
  void OfNodes(std::size_t count);

 private:
  struct Free {
    void operator()(evp_md_st* algorithm) const;
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_st, Free> algorithm_;
  std::unique_ptr<evp_md_ctx_st, Free> context_;
  unsigned char digest_[32] = {};
};

}  // namespace tearline::benchmark
