// The processor behind Cpu: the loop around Unicorn's loop, and the hooks inside it.
//
// How one turn of the loop ends (`Leave`), who says so, and what follows:
//   Interrupt, Exception   on_interrupt()                    back to the owner
//   Refused                on_miss()                         back to the owner
//   Ahead                  on_miss()                         an exit before the page that is not ready; again
//   Restart                on_miss(), on_interrupt()         the filler settles; again
//   Stepped, Limit         on_instruction(), on_miss()       back to the owner
//   NearByteLimit          on_block()                        an exit where the limit is reached; again
//   ByteLimit              on_block()                        back to the owner
//   Exit                   nobody: EIP is at an exit         back to the owner at a breakpoint; else again
#pragma once

#include <array>
#include <atomic>
#include <optional>
#include <vector>

#include "emulator/cpu/counters.h"
#include "emulator/cpu/cpu.h"
#include "emulator/cpu/descriptor_table.h"
#include "emulator/cpu/guest_code.h"
#include "emulator/cpu/instruction_scan.h"
#include "emulator/cpu/unicorn_handle.h"

namespace emu {

class Cpu::Engine {
 public:
  enum class Pace : uint8_t { Free, OneInstruction };

  Engine(Cpu& owner, mm::PhysicalMemory ram, TlbFiller& filler);
  ~Engine();

  void enter_user_mode(DescriptorTablePlace place);
  void set_teb(mm::VirtualAddress teb);
  void set_interrupt_handler(InterruptHandler* handler) { handler_ = handler; }
  mm::VirtualAddress teb() const { return teb_; }
  void set_registers(const Registers& registers);
  const UnicornHandle& unicorn() const { return unicorn_; }
  const mm::PhysicalMemory& ram() const { return ram_; }

  Stop run();
  Stop step();
  void request_stop();
  void request_stop_from_signal();
  bool stop_requested() const { return stop_requested_.load(std::memory_order_relaxed); }
  void set_breakpoints(std::span<const mm::VirtualAddress> addresses, BreakpointsOf whose);

  void count_instructions(CountInstructions mode);
  uint64_t instructions_retired() const { return instructions_.retired(); }
  void set_instruction_limit(uint64_t limit) { instruction_limit_ = limit; }
  void count_code_bytes(CountCodeBytes mode);
  CountCodeBytes counts_code_bytes() const { return block_hook_ ? CountCodeBytes::On : CountCodeBytes::Off; }
  void set_code_byte_limit(uint64_t limit) { code_byte_limit_ = limit; }
  bool code_byte_limit_reached() const {
    return block_hook_.has_value() && code_bytes_retired() >= code_byte_limit_;
  }
  uint64_t code_bytes_retired() const { return code_bytes_.total_at(unicorn_.eip()); }

  void flush_tlb();
  void drop_code(mm::PageFrameNumber frame);

 private:
  enum class Leave : uint8_t {
    Exit,
    Interrupt,
    Exception,
    Refused,
    Ahead,
    Restart,
    Stepped,
    Limit,
    NearByteLimit,
    ByteLimit
  };
  enum class Lookahead : uint8_t { None, ToBoundary, OneInstruction };

  // engine.cpp
  void leave(Leave why, uint8_t vector = 0);
  GuestCode code_at(uint32_t eip) const { return {ram_, filler_, {eip}}; }
  InstructionKind kind_at(uint32_t eip);
  uint32_t repeat_count(uint32_t eip) const;

  // run_loop.cpp
  Stop execute(Pace pace);
  Stop leave_breakpoint();
  void instrument(Pace pace);
  void turn();
  void start();
  void account();
  bool block_branches_to(uint32_t eip);
  std::optional<Stop> stop_for(Leave why);
  std::optional<Stop> at_exit();
  void look_ahead();
  void forget_lookahead();
  void set_exits();
  void limit_translation();
  void drop_code_at(uint32_t eip);
  bool is_breakpoint(uint32_t eip) const;

  // code_byte_limit.cpp
  void watch_code_byte_limit(uint32_t start, uint32_t size, uint32_t previous_end);
  bool ends_repetition(uint32_t start, uint32_t previous_end);
  void approach_code_byte_limit();
  void forget_code_byte_exit();

  // hooks.cpp
  class OwnCode;
  void hook_everything();
  bool on_miss(mm::VirtualAddress address, MissKind kind, uc_tlb_entry& entry);
  bool fill(mm::VirtualAddress address, MissKind kind, uc_tlb_entry& entry);
  bool answer(const TlbAnswer& answer, uc_tlb_entry& entry);
  bool descriptor_is_read(mm::VirtualPageNumber page, MissKind kind);
  bool fetches_beyond_turn();
  void on_interrupt(uint8_t vector);
  void on_instruction(uint32_t eip);
  bool is_same_instruction(uint32_t eip);
  void on_block(uint32_t start, uint32_t size);
  void after_callback();
  MissKind fetch_kind(mm::VirtualAddress address) const;

  Cpu& owner_;
  mm::PhysicalMemory ram_;
  TlbFiller& filler_;
  UnicornHandle unicorn_;
  InstructionScan scan_;
  InterruptHandler* handler_ = nullptr;
  std::optional<DescriptorTable> descriptors_;
  mm::VirtualAddress teb_{};

  // This turn.
  Leave leave_ = Leave::Exit;
  uint8_t vector_ = 0;
  Pace pace_ = Pace::Free;
  bool ended_by_fetch_ = false;
  bool begun_ = false;    // stepping: the instruction's hook was called
  bool illegal_ = false;  // an illegal instruction has ended the turn
  std::atomic<bool> stop_requested_ = false;
  std::atomic<bool> in_guest_code_ = false;  // in Unicorn's loop, and in none of our callbacks

  // Translations.
  bool owner_loads_segments_ = false;  // the descriptor table's page is open to ourselves
  bool dropping_ = false;              // the alias window is open
  bool alias_cached_ = false;          // Unicorn's TLB may hold the window
  mm::PageFrameNumber alias_frame_{};

  // Fetching ahead.
  Lookahead lookahead_ = Lookahead::None;
  uint32_t lookahead_eip_ = 0;
  std::vector<uint64_t> lookahead_exits_;
  int idle_exits_ = 0;                  // turns in a row that ended at no exit of ours
  std::optional<uint32_t> straddling_;  // EIP of an instruction that needs the next page

  // Exits, counting, instrumentation.
  std::array<std::vector<uint64_t>, 2> breakpoint_sets_;  // by party
  std::vector<uint64_t> breakpoints_;                     // all of them, in order
  std::vector<uint64_t> exits_;
  std::optional<uint32_t> code_byte_exit_;      // where the block at code_byte_block_ reaches the limit
  std::optional<uint32_t> repetition_ends_at_;  // a REP whose last visit goes on to that exit
  uint32_t code_byte_block_ = 0;
  uint32_t code_byte_block_size_ = 0;
  uint64_t code_byte_limit_ = kNoCodeByteLimit;
  std::optional<uint32_t> step_exit_;
  struct {
    uint32_t from = 0;
    uint32_t size = 0;
  } near_branch_;  // code of which a branch is near; only ever a hint
  std::optional<uc_hook> instruction_hook_;
  std::optional<uc_hook> block_hook_;
  CountInstructions count_instructions_ = CountInstructions::Off;
  InstructionCounter instructions_;
  uint64_t instruction_limit_ = UINT64_MAX;
  CodeByteCounter code_bytes_;
};

}  // namespace emu
