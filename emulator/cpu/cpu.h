// One emulated 32-bit x86 processor over guest RAM: Unicorn in its own-MMU mode, with every TLB miss answered
// by a TlbFiller. This folder is the only place that knows Unicorn.
//
// Contract:
// - RAM stays where it is and as long as the Cpu lives.
// - run() and step() execute the same instructions with the same effects and fault order; only speed differs.
// - Only what says so may be called from inside a fill or an interrupt callback.
// - After fork() both processes may go on with their copies.
// - Errors that only a mistake of ours can cause stop the host (MM_CHECK).
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "emulator/cpu/registers.h"
#include "emulator/cpu/stop.h"
#include "emulator/cpu/tlb_filler.h"
#include "mm/base/ports.h"

namespace emu {

// What the guest asks of the world around the processor, asked inside the processor's loop: cheap, because
// the loop is not left. The callbacks may read and write registers (not EIP) and read and write guest RAM.
class InterruptHandler {
 public:
  enum class Next : uint8_t { Continue, Stop };

  virtual ~InterruptHandler() = default;

  // The guest has executed INT `vector`, INT3 (3) or INTO (4); EIP is after the instruction. On Stop run()
  // returns Interrupt.
  virtual Next on_interrupt(uint8_t vector) = 0;

  // Returns what RDTSC gives.
  virtual uint64_t time_stamp() = 0;

  // The guest has executed PAUSE; EIP is behind it.
  virtual void on_pause() {}
};

// A guest frame for the descriptor table, wholly the processor's, and the kernel address where the guest's
// page tables map it (supervisor, the same in every address space).
struct DescriptorTablePlace {
  mm::PageFrameNumber frame;
  mm::VirtualAddress address;
};

enum class CountInstructions : uint8_t { Off, On };
enum class CountCodeBytes : uint8_t { Off, On };
// Whose breakpoints they are: those of whoever runs the processor, or those in the guest's debug registers,
// which the processor here does not have.
enum class BreakpointsOf : uint8_t { Controller, Guest };

class Cpu {
 public:
  // Tells whether the host has memory for what a processor needs besides RAM; to be asked before one is made.
  static bool host_has_room();
  Cpu(mm::PhysicalMemory ram, TlbFiller& filler);
  ~Cpu();
  Cpu(const Cpu&) = delete;
  Cpu& operator=(const Cpu&) = delete;

  // Writes the descriptor table and enters ring 3 with flat segments (selector::), FS with base 0, and
  // `Registers{}`. To be called once, before anything runs. Page tables need not exist yet.
  void enter_user_mode(DescriptorTablePlace place);

  // FS's base: the TEB of the thread that runs next; it is a segment of one page. Rewrites descriptor 0x38
  // and reloads FS.
  void set_teb(mm::VirtualAddress teb);

  void set_interrupt_handler(InterruptHandler* handler);  // none: every interrupt stops, RDTSC reads 0

  // ---- State. Reading is allowed in callbacks; in a fill EIP is exact for data accesses.
  uint32_t get(Register which) const;
  void set(Register which, uint32_t value);  // in on_interrupt: not EIP
  Registers registers() const;
  void set_registers(const Registers& registers);
  FloatingState floating_state() const;
  void set_floating_state(const FloatingState& state);
  uint8_t privilege_level() const;  // CS.RPL
  mm::VirtualAddress teb() const;   // what set_teb() was given

  // ---- Running.
  // Runs until something needs the owner. Instructions complete or have not begun.
  Stop run();
  // Runs one instruction. Stepped, or what run() would have returned for it. A REP instruction counts as one
  // for each iteration, as under EFLAGS.TF (Intel SDM volume 3, 17.3.1.4), and EIP stays on it until the
  // last.
  Stop step();
  // Makes run() return Requested before the next instruction after the current one. Allowed in callbacks. In
  // a fill: before the access, so that EIP is on the instruction whose fault was just resolved.
  void request_stop();
  // Does the same for signal handlers, which can interrupt anything: they call it again, from a timer, until
  // run() has returned. run() does so where the next block begins, or before the next access that misses the
  // TLB.
  void request_stop_from_signal();
  bool stop_requested() const;

  // Sets the addresses at which run() returns Breakpoint before the instruction executes, except for the
  // first instruction of a run. Nothing is written to guest memory. Replaces the previous set of the same
  // party.
  void set_breakpoints(std::span<const mm::VirtualAddress> addresses,
                       BreakpointsOf whose = BreakpointsOf::Controller);

  // ---- Counting; each has its price (Off: none).
  // Counts retired instructions: a REP instruction with all its iterations as one, an instruction that faults
  // and
  // is made again as one. The guest is several times slower while that is on.
  void count_instructions(CountInstructions mode);
  uint64_t instructions_retired() const;
  // run() returns InstructionLimit when instructions_retired() has reached `limit`; needs counting On.
  void set_instruction_limit(uint64_t limit);
  // Counts the bytes of retired instructions, each REP iteration anew: the same however the run is cut up, by
  // stops, faults, restarts or steps. The guest is a third slower while that is on. Reading is allowed in
  // callbacks.
  void count_code_bytes(CountCodeBytes mode);
  uint64_t code_bytes_retired() const;
  // run() returns CodeByteLimit before the first instruction (or REP iteration) that begins when
  // code_bytes_retired() has reached `limit`: exactly there, however the run is cut up. step() does not look
  // at it. Needs counting On; kNoCodeByteLimit: none. Allowed in callbacks.
  static constexpr uint64_t kNoCodeByteLimit = UINT64_MAX;
  void set_code_byte_limit(uint64_t limit);
  CountCodeBytes counts_code_bytes() const;
  bool code_byte_limit_reached() const;  // what run() would return at once

  // ---- For the TlbFiller.
  // Forgets every cached translation of addresses. Allowed in fill(), where Unicorn may also grow its TLB.
  void flush_tlb();
  // Forgets the code that was translated from `frame`, whatever process it belongs to. Only outside the loop.
  void drop_code(mm::PageFrameNumber frame);

  const mm::PhysicalMemory& ram() const;

 private:
  class Engine;
  std::unique_ptr<Engine> engine_;
};

}  // namespace emu
