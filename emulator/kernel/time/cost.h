// What things take in virtual time (board/clock.h).
//
// While one thread runs freely its instructions take no time: counting them would slow every guest down, and
// nobody could tell. Services, faults, waits, RDTSC, PAUSE and reads of KUSER_SHARED_DATA take time;
// instructions too while threads compete or wait for a moment (code_time.h).
#pragma once

#include "emulator/board/clock.h"

namespace emu {

// What things take in virtual time: about what they take on real hardware of the kind that Windows 10 names
// as its minimum, rounded. Only their order matters: code < service < soft fault << hard fault.
namespace cost {
inline constexpr Duration kCodeByte{1};        // 3-4 bytes an instruction, at 1 GHz with a few stalls
inline constexpr Duration kPause{40};          // PAUSE: 140 cycles since Skylake, 10 before
inline constexpr Duration kClockRead{50};      // a read of KUSER_SHARED_DATA, and what a loop does besides
inline constexpr Duration kService{200};       // enter and leave the kernel
inline constexpr Duration kException{500};     // context and record built, or a context loaded
inline constexpr Duration kSoftFault{1'000};   // trap, walk, one page zeroed or relinked
inline constexpr Duration kHardRead{100'000};  // a 4 KB random read from a solid-state disk
}  // namespace cost

}  // namespace emu
