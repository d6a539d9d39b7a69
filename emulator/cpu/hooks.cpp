// What happens inside Unicorn's loop: TLB misses, interrupts, and the hooks for counting and stepping.
#include "emulator/cpu/engine.h"

namespace emu {
namespace {

uc_prot protection(uint8_t rights) {
  int bits = 0;
  if (rights & tlb_right::kRead) bits |= UC_PROT_READ;
  if (rights & tlb_right::kWrite) bits |= UC_PROT_WRITE;
  if (rights & tlb_right::kExecute) bits |= UC_PROT_EXEC;
  if (rights & tlb_right::kOnce) bits |= UC_PROT_ONCE;  // third_party/unicorn, entries-for-one-access
  return static_cast<uc_prot>(bits);
}

constexpr uint32_t kSoftwareInterrupt =
    0x100;  // in the number of an interrupt: INT n (third_party/unicorn, tell-int-from-exception)

bool give(uc_tlb_entry& entry, mm::PageFrameNumber frame, uint8_t rights) {
  entry.paddr = frame.address().value;
  entry.perms = protection(rights);
  return true;
}

}  // namespace

// While a callback runs, a signal does not stop Unicorn: the callback sees the request when it ends.
class Cpu::Engine::OwnCode {
 public:
  explicit OwnCode(Engine& engine)
      : engine_(engine), before_(engine.in_guest_code_.load(std::memory_order_relaxed)) {
    engine_.in_guest_code_.store(false, std::memory_order_relaxed);
  }
  ~OwnCode() { engine_.in_guest_code_.store(before_, std::memory_order_relaxed); }
  OwnCode(const OwnCode&) = delete;
  OwnCode& operator=(const OwnCode&) = delete;

 private:
  Engine& engine_;
  bool before_;
};

void Cpu::Engine::hook_everything() {
  using E = Engine;
  unicorn_.add_hook(
      UC_HOOK_TLB_FILL,
      +[](uc_engine*, uint64_t address, uc_mem_type type, uc_tlb_entry* entry, void* engine) -> bool {
        auto& self = *static_cast<E*>(engine);
        const mm::VirtualAddress at{static_cast<uint32_t>(address)};
        const MissKind kind = type == UC_MEM_READ    ? MissKind::Read
                              : type == UC_MEM_WRITE ? MissKind::Write
                                                     : self.fetch_kind(at);
        return self.on_miss(at, kind, *entry);
      },
      this);
  unicorn_.add_hook(
      UC_HOOK_INTR,
      +[](uc_engine*, uint32_t number, void* engine) {
        auto& self = *static_cast<E*>(engine);
        const auto vector = static_cast<uint8_t>(number);
        if (number & kSoftwareInterrupt) return self.on_interrupt(vector);
        self.leave(Leave::Exception, vector);
      },
      this);
  // Notes that an illegal instruction has ended the turn. Unicorn still looks up the pages of its exits when
  // a turn ends, whether there is a page or not, and its answer may then be about one of those.
  unicorn_.add_hook(
      UC_HOOK_INSN_INVALID,
      +[](uc_engine*, void* engine) -> bool {
        static_cast<E*>(engine)->illegal_ = true;
        return false;
      },
      this);
  unicorn_.add_instruction_hook(
      +[](uc_engine*, void* engine) -> int {
        auto& self = *static_cast<E*>(engine);
        const uint64_t now = self.handler_ ? self.handler_->time_stamp() : 0;
        self.unicorn_.write(UC_X86_REG_EAX, static_cast<uint32_t>(now));
        self.unicorn_.write(UC_X86_REG_EDX, static_cast<uint32_t>(now >> 32));
        return 1;
      },
      this, UC_X86_INS_RDTSC);
  unicorn_.add_instruction_hook(
      +[](uc_engine*, void* engine) {
        auto& self = *static_cast<E*>(engine);
        const OwnCode own(self);
        if (self.handler_) self.handler_->on_pause();
      },
      this, UC_X86_INS_PAUSE);
}

MissKind Cpu::Engine::fetch_kind(mm::VirtualAddress address) const {
  const uint32_t eip = unicorn_.eip();
  if (address.page() == mm::VirtualAddress{eip}.page() || straddling_ == eip) return MissKind::Fetch;
  return MissKind::FetchAhead;
}

// A descriptor is read on behalf of the processor, whatever the privilege level (Intel SDM volume 3, 4.6.1).
// The instruction's own operand comes first, so an operand in this page has been refused by now.
bool Cpu::Engine::descriptor_is_read(mm::VirtualPageNumber page, MissKind kind) {
  if (!descriptors_ || page != descriptors_->page()) return false;
  if (owner_loads_segments_) return true;
  return kind == MissKind::Read && kind_at(unicorn_.eip()) == InstructionKind::SegmentLoad;
}

// Code is looked up when a block is over, so the instruction in progress is done, unless EIP is still there:
// a store into its own block is translated anew before it is made. True if the turn ends before what is
// fetched.
bool Cpu::Engine::fetches_beyond_turn() {
  if (leave_ != Leave::Exit) return true;  // the turn is over; Unicorn looks once more before it notices
  const uint32_t eip = unicorn_.eip();
  if (instructions_.pending_at(eip) && kind_at(eip) != InstructionKind::Branch) return false;
  instructions_.retire();
  if (pace_ == Pace::OneInstruction && begun_) {
    leave_ = Leave::Stepped;
    return true;
  }
  if (instruction_hook_ && instructions_.retired() >= instruction_limit_) {
    leave_ = Leave::Limit;
    return true;
  }
  return false;
}

bool Cpu::Engine::on_miss(mm::VirtualAddress address, MissKind kind, uc_tlb_entry& entry) {
  const OwnCode own(*this);
  return fill(address, kind, entry);
}

bool Cpu::Engine::fill(mm::VirtualAddress address, MissKind kind, uc_tlb_entry& entry) {
  if (__builtin_expect(illegal_, 0)) return false;
  if (__builtin_expect(dropping_, 0))
    return give(entry, alias_frame_, tlb_right::kRead | tlb_right::kExecute);
  if (descriptor_is_read(address.page(), kind)) {
    return give(entry, descriptors_->frame(), tlb_right::kRead | tlb_right::kWrite | tlb_right::kExecute);
  }
  const bool fetches = kind == MissKind::Fetch || kind == MissKind::FetchAhead;
  const bool given =
      !(fetches && fetches_beyond_turn()) && answer(filler_.fill(owner_, address, kind), entry);
  if (fetches && !given) ended_by_fetch_ = true;
  if (given && !fetches && stop_requested()) {  // before the access: Unicorn would stop behind it
    leave_ = Leave::Restart;
    return false;
  }
  return given;
}

bool Cpu::Engine::answer(const TlbAnswer& answer, uc_tlb_entry& entry) {
  switch (answer.kind) {
    case TlbAnswer::Kind::Entry: return give(entry, answer.frame, answer.rights);
    case TlbAnswer::Kind::Refused: leave_ = Leave::Refused; return false;
    case TlbAnswer::Kind::Ahead: leave_ = Leave::Ahead; return false;
    case TlbAnswer::Kind::Restart: leave_ = Leave::Restart; return false;
  }
  return false;
}

void Cpu::Engine::on_interrupt(uint8_t vector) {
  const OwnCode own(*this);
  instructions_.retire();
  if (!handler_ || owner_loads_segments_ || handler_->on_interrupt(vector) == InterruptHandler::Next::Stop) {
    return leave(Leave::Interrupt, vector);
  }
  after_callback();
}

// The guest runs on behind a service: what the service voided must be gone before.
void Cpu::Engine::after_callback() {
  if (stop_requested() || filler_.must_settle_outside()) {
    return leave(pace_ == Pace::OneInstruction ? Leave::Stepped : Leave::Restart);
  }
  filler_.settle_inside(owner_);
}

void Cpu::Engine::on_instruction(uint32_t eip) {
  if (instructions_.pending_at(eip) && is_same_instruction(eip)) return;
  if (pace_ == Pace::OneInstruction && begun_) return leave(Leave::Stepped);
  instructions_.begins(eip);
  if (count_instructions_ == CountInstructions::On && instructions_.retired() >= instruction_limit_) {
    return leave(Leave::Limit);
  }
  begun_ = true;
}

// The hook is called at the instruction that was begun last. A branch may lead to itself; anything else has
// not ended: a REP that goes on, or a store into its own block, which is made again in a block of its own.
bool Cpu::Engine::is_same_instruction(uint32_t eip) {
  switch (kind_at(eip)) {
    case InstructionKind::Branch: return false;
    case InstructionKind::RepeatedString:
      // The last visit finds the count at zero and only moves on: it belongs to the iteration before.
      return pace_ == Pace::Free || repeat_count(eip) == 0;
    case InstructionKind::Other:
    case InstructionKind::SegmentLoad: return true;
  }
  return true;
}

void Cpu::Engine::on_block(uint32_t start, uint32_t size) {
  const uint32_t previous_end = code_bytes_.runs_at(start) ? code_bytes_.end() : start;
  code_bytes_.block_begins(start, size);
  if (stop_requested()) return (void)uc_emu_stop(unicorn_.get());
  if (code_byte_limit_ != kNoCodeByteLimit) watch_code_byte_limit(start, size, previous_end);
}

}  // namespace emu
