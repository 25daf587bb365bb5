#include "tests/policy/allocations.h"

#include <cstdlib>
#include <new>

namespace {

std::size_t allocations = 0;

}  // namespace

// Every form of new that is not replaced comes down to one of these. (By the standard all would
// come down to the second, but a sanitizer has its own for those that throw nothing.)
void* operator new(std::size_t bytes, const std::nothrow_t& /*says so*/) noexcept {
  ++allocations;
  return std::malloc(bytes == 0 ? 1 : bytes);
}
void* operator new(std::size_t bytes) {
  if (void* memory = operator new(bytes, std::nothrow)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t& /*says so*/) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace tearline::policy {

std::size_t Allocations() { return allocations; }

}  // namespace tearline::policy
