// The loop around Unicorn's loop: turns, and what follows each.
#include <algorithm>

#include "emulator/cpu/engine.h"

namespace emu {
namespace {

constexpr int kMostIdleExits = 1000;
constexpr int kNearBranch = 24;  // instructions: what costs no more to translate than a start with an exit

}  // namespace

Stop Cpu::Engine::run() {
  if (is_breakpoint(unicorn_.eip())) {
    const Stop stop = leave_breakpoint();
    if (stop.reason != StopReason::Stepped) return stop;
    if (is_breakpoint(unicorn_.eip())) return {StopReason::Breakpoint};
  }
  return execute(Pace::Free);
}

Stop Cpu::Engine::step() { return execute(Pace::OneInstruction); }

// One instruction, a REP instruction as a whole.
Stop Cpu::Engine::leave_breakpoint() {
  const uint32_t eip = unicorn_.eip();
  const bool repeats = kind_at(eip) == InstructionKind::RepeatedString;
  Stop stop = execute(Pace::OneInstruction);
  while (repeats && stop.reason == StopReason::Stepped && unicorn_.eip() == eip) {
    stop = execute(Pace::OneInstruction);
  }
  return stop;
}

Stop Cpu::Engine::execute(Pace pace) {
  instrument(pace);
  step_exit_.reset();
  if (pace == Pace::OneInstruction) limit_translation();
  if (!exits_.empty() || step_exit_ || !breakpoints_.empty()) set_exits();
  for (;;) {
    if (stop_requested_.exchange(false)) return {StopReason::Requested};
    if (pace == Pace::Free && !code_byte_exit_ && code_bytes_retired() >= code_byte_limit_)
      return {StopReason::CodeByteLimit};
    turn();
    if (const auto stop = stop_for(leave_)) {
      forget_code_byte_exit();
      return *stop;
    }
  }
}

// Instruction hooks are part of translated code, so a change of pace voids all of it.
void Cpu::Engine::instrument(Pace pace) {
  pace_ = pace;
  const bool wanted = pace == Pace::OneInstruction || count_instructions_ == CountInstructions::On;
  if (wanted == instruction_hook_.has_value()) return;
  if (wanted) {
    instruction_hook_ = unicorn_.add_hook(
        UC_HOOK_CODE,
        +[](uc_engine*, uint64_t address, uint32_t, void* engine) {
          static_cast<Engine*>(engine)->on_instruction(static_cast<uint32_t>(address));
        },
        this);
  } else {
    unicorn_.remove_hook(*instruction_hook_);
    instruction_hook_.reset();
  }
  unicorn_.flush_code();
}

void Cpu::Engine::count_instructions(CountInstructions mode) {
  count_instructions_ = mode;
  instructions_.set_counting(mode == CountInstructions::On);
}

void Cpu::Engine::count_code_bytes(CountCodeBytes mode) {
  const bool wanted = mode == CountCodeBytes::On;
  if (wanted == block_hook_.has_value()) return;
  if (wanted) {
    block_hook_ = unicorn_.add_hook(
        UC_HOOK_BLOCK,
        +[](uc_engine*, uint64_t address, uint32_t size, void* engine) {
          static_cast<Engine*>(engine)->on_block(static_cast<uint32_t>(address), size);
        },
        this);
  } else {
    unicorn_.remove_hook(*block_hook_);
    block_hook_.reset();
  }
  unicorn_.flush_code();
}

void Cpu::Engine::turn() {
  filler_.settle(owner_);
  if (alias_cached_) flush_tlb();
  start();
  const uint32_t eip = unicorn_.eip();
  if (straddling_ && *straddling_ != eip) straddling_.reset();
  if (leave_ != Leave::Ahead) lookahead_ = Lookahead::None;
  account();
}

void Cpu::Engine::account() {
  const uint32_t eip = unicorn_.eip();
  if (ended_by_fetch_ && code_bytes_.runs_at(eip) && block_branches_to(eip)) code_bytes_.block_completes();
  code_bytes_.stopped_at(eip);
  instructions_.stopped_at(eip);
}

// Whether the last instruction of the running block is a branch that may lead to `eip`.
bool Cpu::Engine::block_branches_to(uint32_t eip) {
  uint32_t last = code_bytes_.start();
  for (uint32_t at = last; at < code_bytes_.end();) {
    const size_t size = scan_.length(code_at(at).bytes());
    if (size == 0) return false;
    last = at;
    at += static_cast<uint32_t>(size);
  }
  return scan_.branches_to(code_at(last).bytes(), last, eip);
}

void Cpu::Engine::start() {
  leave_ = Leave::Exit;
  begun_ = false;
  ended_by_fetch_ = false;
  illegal_ = false;
  in_guest_code_.store(true, std::memory_order_relaxed);
  const uc_err error = uc_emu_start(unicorn_.get(), unicorn_.eip(), 0, 0, 0);
  in_guest_code_.store(false, std::memory_order_relaxed);
  if (illegal_ || error == UC_ERR_INSN_INVALID) {
    illegal_ = false;
    leave_ = Leave::Exception;
    vector_ = vector::kInvalidOpcode;
    return;
  }
  MM_CHECK(error == UC_ERR_OK || (error == UC_ERR_EXCEPTION && leave_ != Leave::Exit), uc_strerror(error));
}

std::optional<Stop> Cpu::Engine::stop_for(Leave why) {
  switch (why) {
    case Leave::Exit: return at_exit();
    case Leave::Interrupt: return Stop{StopReason::Interrupt, vector_};
    case Leave::Exception: return Stop{StopReason::Exception, vector_};
    case Leave::Refused: return Stop{StopReason::FaultRefused};
    case Leave::Ahead: look_ahead(); return std::nullopt;
    case Leave::Restart: return std::nullopt;
    case Leave::Stepped: return Stop{StopReason::Stepped};
    case Leave::Limit: return Stop{StopReason::InstructionLimit};
    case Leave::NearByteLimit: approach_code_byte_limit(); return std::nullopt;
    case Leave::ByteLimit: return Stop{StopReason::CodeByteLimit};
  }
  return std::nullopt;
}

// Exits lie between instructions: one that was begun is done.
std::optional<Stop> Cpu::Engine::at_exit() {
  const uint32_t eip = unicorn_.eip();
  if (pace_ == Pace::OneInstruction && begun_) return Stop{StopReason::Stepped};
  if (pace_ == Pace::Free && is_breakpoint(eip)) return Stop{StopReason::Breakpoint};
  const bool ours = std::find(exits_.begin(), exits_.end(), eip) != exits_.end();
  if (code_byte_exit_ == eip) forget_code_byte_exit();  // the loop sees whether the limit is reached
  idle_exits_ = ours || stop_requested() ? 0 : idle_exits_ + 1;
  MM_CHECK(idle_exits_ < kMostIdleExits, "Unicorn stops without a reason");
  if (ours) forget_lookahead();
  return std::nullopt;
}

// The block at EIP goes on into a page that is not ready. Execution must stop before the first instruction
// that needs that page: if that is the one at EIP, the fetch is genuine. An answer that does not help
// (Unicorn asks again at the same EIP) is followed by the next more cautious one.
void Cpu::Engine::look_ahead() {
  const uint32_t eip = unicorn_.eip();
  const bool again = lookahead_ != Lookahead::None && lookahead_eip_ == eip;
  if (again && lookahead_ == Lookahead::OneInstruction) {
    straddling_ = eip;
    return forget_lookahead();
  }
  const mm::VirtualAddress at{eip};
  const auto frame = filler_.peek(at.page());
  size_t boundary = 0;
  if (frame && !again) boundary = scan_.first_incomplete(ram_.frame(*frame).subspan(at.offset()));
  lookahead_exits_.clear();
  if (boundary != 0) {
    lookahead_exits_.push_back(eip + boundary);
  } else {
    for (size_t i = 1; i <= kLongestInstruction; ++i) lookahead_exits_.push_back(eip + i);
  }
  lookahead_ = boundary != 0 ? Lookahead::ToBoundary : Lookahead::OneInstruction;
  lookahead_eip_ = eip;
  set_exits();
  drop_code_at(eip);  // blocks of before have no exit there
}

// Only when the exit is reached: until then it does no harm, and the next step would need it again. Blocks
// that were translated meanwhile end early; later ones need not.
void Cpu::Engine::forget_lookahead() {
  if (lookahead_exits_.empty()) return;
  lookahead_exits_.clear();
  lookahead_ = Lookahead::None;
  set_exits();
  drop_code_at(lookahead_eip_);
}

// Unicorn translates up to the next branch, and for a step would do so at every EIP anew. In long stretches
// without a branch a step gets an exit behind its instruction; elsewhere not, since a start with exits costs
// 4 us.
void Cpu::Engine::limit_translation() {
  const uint32_t eip = unicorn_.eip();
  if (eip - near_branch_.from < near_branch_.size) return;
  const mm::VirtualAddress at{eip};
  const auto frame = filler_.peek(at.page());
  if (!frame) return;
  const auto code = ram_.frame(*frame).subspan(at.offset());
  near_branch_ = {eip, static_cast<uint32_t>(scan_.end_of_branch(code, kNearBranch))};
  if (near_branch_.size != 0) return;
  if (const size_t size = scan_.length(code); size != 0) step_exit_ = eip + static_cast<uint32_t>(size);
}

void Cpu::Engine::set_exits() {
  exits_ = lookahead_exits_;
  if (step_exit_) exits_.push_back(*step_exit_);
  if (code_byte_exit_) exits_.push_back(*code_byte_exit_);
  if (pace_ == Pace::Free) exits_.insert(exits_.end(), breakpoints_.begin(), breakpoints_.end());
  UnicornHandle::check(uc_ctl_set_exits(unicorn_.get(), exits_.data(), exits_.size()));
}

void Cpu::Engine::drop_code_at(uint32_t eip) {
  if (const auto frame = filler_.peek(mm::VirtualAddress{eip}.page())) drop_code(*frame);
}

void Cpu::Engine::set_breakpoints(std::span<const mm::VirtualAddress> addresses, BreakpointsOf whose) {
  auto& set = breakpoint_sets_[static_cast<size_t>(whose)];
  set.clear();
  for (const mm::VirtualAddress address : addresses) set.push_back(address.value);
  breakpoints_.clear();
  for (const auto& part : breakpoint_sets_) breakpoints_.insert(breakpoints_.end(), part.begin(), part.end());
  std::sort(breakpoints_.begin(), breakpoints_.end());
  pace_ = Pace::Free;
  set_exits();
  unicorn_.flush_code();
}

bool Cpu::Engine::is_breakpoint(uint32_t eip) const {
  return std::binary_search(breakpoints_.begin(), breakpoints_.end(), uint64_t{eip});
}

}  // namespace emu
