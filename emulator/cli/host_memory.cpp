#include "emulator/cli/host_memory.h"

#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <string_view>

#include "emulator/cli/exit_code.h"

// The linker gives these names to malloc and its like, as this program and the libraries in it call them
// (ld's
// --wrap).
extern "C" {
void* __real_malloc(size_t size);
void* __real_calloc(size_t count, size_t size);
void* __real_realloc(void* block, size_t size);
int __real_posix_memalign(void** block, size_t alignment, size_t size);
}

namespace {

// Nothing here allocates. The guest's output is written at once and does not wait to be flushed.
[[noreturn]] void end_for_want_of_memory() {
  constexpr std::string_view kLine = "pagewalk: the host has no memory left\n";
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, kLine.data(), kLine.size());
  _exit(emu::exit_code::kFailure);
}

void* checked(void* block, size_t size) {
  if (block == nullptr && size != 0) end_for_want_of_memory();
  return block;
}

}  // namespace

extern "C" {
void* __wrap_malloc(size_t size) { return checked(__real_malloc(size), size); }
void* __wrap_calloc(size_t count, size_t size) {
  return checked(__real_calloc(count, size), count != 0 ? size : 0);
}
void* __wrap_realloc(void* block, size_t size) { return checked(__real_realloc(block, size), size); }
int __wrap_posix_memalign(void** block, size_t alignment, size_t size) {
  const int error = __real_posix_memalign(block, alignment, size);
  if (error == ENOMEM) end_for_want_of_memory();
  return error;
}
}

namespace emu {

void report_exhausted_memory() { std::set_new_handler(end_for_want_of_memory); }

}  // namespace emu
