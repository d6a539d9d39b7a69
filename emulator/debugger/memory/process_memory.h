// A process's memory as the debugger sees it: every byte that the process could read, wherever it is
// (mm/inspect/page_content.h), and the system half. Reading changes nothing.
#pragma once

#include "emulator/debugger/memory/memory_view.h"
#include "mm/base/nt_status.h"

namespace emu {
class Kernel;
class Process;
}  // namespace emu

namespace emu::debugger {

class ProcessMemory final : public MemoryView {
 public:
  // `process` may be null, or have ended; then nothing can be read.
  ProcessMemory(Kernel& kernel, Process* process) : kernel_(kernel), process_(process) {}

  size_t read(mm::VirtualAddress from, std::span<std::byte> to) const override;

  // Writes all bytes or none, whatever the pages' protection, as WriteProcessMemory lets a debugger write to
  // code. It may be called only while the machine is held Outside, since pages are brought in as for a
  // service.
  mm::NtStatus write(mm::VirtualAddress to, std::span<const std::byte> from);

 private:
  mm::NtStatus write_within_page(mm::VirtualAddress to, std::span<const std::byte> from);

  Kernel& kernel_;
  Process* process_;
};

}  // namespace emu::debugger
