#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace tearline::adapters {

/// SHA-256 of bytes that come in pieces.
class RunningDigest {
 public:
  RunningDigest();
  ~RunningDigest();
  RunningDigest(const RunningDigest&) = delete;
  RunningDigest& operator=(const RunningDigest&) = delete;

  void Add(std::string_view bytes);

  /// The first 32 of the 64 lower-case hexadecimal digits of all that was added. Once only.
  [[nodiscard]] std::string HalfText();

 private:
  struct Freed {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Freed> context_;
};

}  // namespace tearline::adapters
