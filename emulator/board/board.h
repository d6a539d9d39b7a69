// A 32-bit x86 computer without an operating system: RAM, a processor with its MMU, and a clock. It knows
// page tables and error codes, and nothing of Windows; what runs on it (emulator/kernel, or a bare machine's
// own code) answers its page faults and interrupts. Deterministic: nothing on it moves by itself but a clock
// of the host, when it is asked for.
//
// Contract:
// - Until connect() every access that the page tables do not permit is refused.
// - Boards are apart: any number of them may be in one process, each used by one thread at a time.
#pragma once

#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "emulator/board/clock.h"
#include "mm/base/ports.h"
#include "mm/base/types.h"

namespace emu {

class Cpu;
class FaultHandler;
class GuestRam;
class Mmu;

struct BoardConfiguration {
  mm::PageCount ram = mm::pages_for(uint64_t{256} << 20);
  ClockSource clock = ClockSource::Virtual;
};

class Board {
 public:
  // Else a sentence for the user: the host has no memory for it.
  static tl::expected<std::unique_ptr<Board>, std::string> create(const BoardConfiguration& configuration);
  ~Board();
  Board(const Board&) = delete;
  Board& operator=(const Board&) = delete;

  // Who answers page faults; it outlives whatever runs.
  void connect(FaultHandler& handler);

  mm::PhysicalMemory ram() const { return ram_; }
  Cpu& cpu() { return *cpu_; }
  const Cpu& cpu() const { return *cpu_; }
  Mmu& mmu() { return *mmu_; }
  Clock& clock() { return clock_; }

 private:
  Board(const BoardConfiguration& configuration, GuestRam ram);

  std::unique_ptr<GuestRam> pages_;
  mm::PhysicalMemory ram_;
  Clock clock_;
  std::unique_ptr<Mmu> mmu_;
  std::unique_ptr<Cpu> cpu_;
};

}  // namespace emu
