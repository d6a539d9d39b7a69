#include "emulator/debugger/memory/state_digest.h"

#include <cstring>
#include <span>

#include "emulator/cpu/cpu.h"
#include "emulator/kernel/kernel.h"
#include "emulator/kernel/processes/thread.h"
#include "emulator/kernel/processes/threads.h"
#include "mm/inspect/list_view.h"
#include "mm/memory_manager.h"

namespace emu::debugger {
namespace {

class Hash {
 public:
  void add(uint64_t word) { value_ = (value_ ^ word) * 0x100000001B3; }
  void add(std::span<const std::byte> bytes) {
    for (size_t i = 0; i + sizeof(uint64_t) <= bytes.size(); i += sizeof(uint64_t)) {
      uint64_t word;
      std::memcpy(&word, bytes.data() + i, sizeof word);
      add(word);
    }
  }
  uint64_t value() const { return value_; }

 private:
  uint64_t value_ = 0xCBF29CE484222325;
};

void add_lists(Hash& hash, const mm::MachineState& state) {
  using mm::PageState;
  for (const PageState list :
       {PageState::Zeroed, PageState::Free, PageState::Standby, PageState::Modified,
        PageState::ModifiedNoWrite, PageState::Bad, PageState::Active, PageState::Transition}) {
    hash.add(static_cast<uint64_t>(list));
    for (const mm::PageFrameNumber frame : mm::frames_of(state, list)) hash.add(frame.value());
  }
}

void add_registers(Hash& hash, const Registers& r) {
  for (const uint32_t value : {r.eax, r.ecx, r.edx, r.ebx, r.esp, r.ebp, r.esi, r.edi, r.eip, r.eflags})
    hash.add(value);
}

}  // namespace

uint64_t state_digest(const Kernel& kernel) {
  Hash hash;
  const mm::PhysicalMemory ram = kernel.ram();
  for (uint32_t frame = 0; frame < ram.frames().value; ++frame)
    hash.add(ram.frame(mm::PageFrameNumber(frame)));
  add_lists(hash, kernel.memory().state());
  for (const auto& [id, thread] : kernel.threads().all()) {
    hash.add(id);
    add_registers(
        hash, thread.get() == kernel.current_thread() ? kernel.board().cpu().registers() : thread->registers);
  }
  return hash.value();
}

}  // namespace emu::debugger
