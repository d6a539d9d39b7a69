// The seam between the processor and the MMU: what a TLB miss asks, and what it may be answered.
#pragma once

#include <cstdint>
#include <optional>

#include "mm/base/types.h"

namespace emu {

class Cpu;

// FetchAhead: the translator wants bytes of a page that EIP has not reached. It must not fault, set an
// Accessed bit or be reported; only a page that is simply there may be given.
enum class MissKind : uint8_t { Read, Write, Fetch, FetchAhead };

// What the processor may do with a page before it asks again.
namespace tlb_right {
inline constexpr uint8_t kRead = 1;
inline constexpr uint8_t kWrite = 2;
inline constexpr uint8_t kExecute = 4;
inline constexpr uint8_t kOnce = 8;  // with kRead: it asks again before the next access
}  // namespace tlb_right

struct TlbAnswer {
  //   Entry: the access goes on. Refused: the guest cannot run on; run() returns FaultRefused with EIP on the
  //   instruction. Ahead (only to FetchAhead): not before EIP gets there. Restart: code that was translated
  //   is void; the processor leaves the block, lets the filler settle, and makes the access again.
  enum class Kind : uint8_t { Entry, Refused, Ahead, Restart };

  Kind kind = Kind::Refused;
  mm::PageFrameNumber frame{};
  uint8_t rights = 0;

  static constexpr TlbAnswer entry(mm::PageFrameNumber frame, uint8_t rights) {
    return {Kind::Entry, frame, rights};
  }
  static constexpr TlbAnswer refused() { return {.kind = Kind::Refused}; }
  static constexpr TlbAnswer ahead() { return {.kind = Kind::Ahead}; }
  static constexpr TlbAnswer restart() { return {.kind = Kind::Restart}; }
};

class TlbFiller {
 public:
  virtual ~TlbFiller() = default;

  // Called inside the processor's loop. It may read registers and flush the TLB; it must not write registers
  // or run the guest.
  virtual TlbAnswer fill(Cpu& cpu, mm::VirtualAddress address, MissKind kind) = 0;

  // Returns where `page` leads now, without fault or side effect; for decoding instructions.
  virtual std::optional<mm::PageFrameNumber> peek(mm::VirtualPageNumber page) const = 0;

  // Tells whether settle() has work that cannot be done inside the processor's loop.
  virtual bool must_settle_outside() const = 0;

  // Called before the guest runs on, outside the processor's loop: drop code and translations that are void.
  virtual void settle(Cpu& cpu) = 0;

  // Called before the guest runs on inside the loop, when must_settle_outside() is false.
  virtual void settle_inside(Cpu& cpu) = 0;
};

}  // namespace emu
