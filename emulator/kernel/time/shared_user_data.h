// KUSER_SHARED_DATA: the page at 0x7FFE0000 that every process can read, written by the kernel only. Offsets
// are those of 32-bit Windows 10 (public symbols).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "emulator/board/clock.h"
#include "mm/base/types.h"

namespace emu {

class SharedUserData {
 public:
  // `page` stays where it is. Writes everything that never changes.
  SharedUserData(std::span<std::byte, mm::kPageSize> page, mm::PageCount ram);

  // Brings the time fields up to date; cheap when they are. The times move in steps of 1 ms, as where
  // programs have asked Windows for its finest clock interrupt, and the tick count in ticks. That is for who
  // looks at the page from outside: reads of the guest find it exact.
  void update(const Clock& clock) {
    const uint64_t now = clock.milliseconds();
    if (now != written_at_) write_time(clock);
  }
  void update_exactly(const Clock& clock) { write_time(clock); }

 private:
  void write_time(const Clock& clock);
  void write_system_time(size_t offset, uint64_t value);
  void write_text(size_t offset, const char* text);
  template <class T>
  void write(size_t offset, T value);

  std::span<std::byte, mm::kPageSize> page_;
  uint64_t written_at_ = ~uint64_t{0};
};

}  // namespace emu
