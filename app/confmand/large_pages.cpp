#include "app/confmand/large_pages.hpp"

#include <cstdint>
#include <cstdlib>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

namespace confman::host {
namespace {

constexpr std::uintptr_t kPage = 2 * 1024 * 1024;
// About what a node with much data and the default settings comes to hold.
constexpr std::uintptr_t kHeap = 128 * 1024 * 1024;
// The most that the library allows. Large blocks come from the heap, too, and go back to it.
constexpr int kOwnMappingFrom = 32 * 1024 * 1024;
// What is free at its end is kept up to here: the first growth must not go back at once.
constexpr int kKeep = kHeap + kHeap / 8;

}  // namespace

void use_large_pages() {
  ::mallopt(M_MMAP_THRESHOLD, kOwnMappingFrom);
  ::mallopt(M_TRIM_THRESHOLD, kKeep);
  ::mallopt(M_TOP_PAD, kHeap);
  // More than there is so far: the heap grows. Volatile, or the compiler leaves both calls out.
  void* volatile block = std::malloc(kPage);
  std::free(block);
  ::mallopt(M_TOP_PAD, kPage);
  const auto end = reinterpret_cast<std::uintptr_t>(::sbrk(0));
  const std::uintptr_t first = (end - kHeap + kPage - 1) / kPage * kPage;
  ::madvise(reinterpret_cast<void*>(first), end - first, MADV_HUGEPAGE);
}

}  // namespace confman::host
