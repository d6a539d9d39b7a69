#include "mm/process/working_set.h"

#include <sys/mman.h>

#include <new>

namespace mm {
namespace {

constexpr size_t whole_pages(size_t bytes) { return (bytes + kPageSize - 1) / kPageSize * kPageSize; }

}  // namespace

// Memory is taken from the host by its page, at the first touch: a fault never allocates.
WorkingSet::WorkingSet() {
  void* const memory = mmap(nullptr, whole_pages(kMost * sizeof(WorkingSetEntry)), PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  entries_ = static_cast<WorkingSetEntry*>(memory);
}

WorkingSet::~WorkingSet() { munmap(entries_, whole_pages(kMost * sizeof(WorkingSetEntry))); }

void WorkingSet::give_back_memory() {
  const size_t used = whole_pages(end_ * sizeof(WorkingSetEntry));
  const size_t all = whole_pages(kMost * sizeof(WorkingSetEntry));
  madvise(reinterpret_cast<std::byte*>(entries_) + used, all - used, MADV_DONTNEED);
}

}  // namespace mm
