// A machine that a session can be tried on. Two processes:
//   4     threads 8 ("main") and 0xc, program C:\fake.exe at 0x400000, library C:\helper.dll at 0x10000000;
//         .text lies 0x1000 above
//   0x10  thread 0x14
// Each has one page of code at 0x401000, all NOPs (0x90), which nobody may write to but the debugger, and one
// page of data at 0x403000, whose byte at offset N is N. Every change is noted in `changes`.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "emulator/debugger/gdb/protocol/target.h"

namespace emu::debugger::gdb::test {

inline constexpr ProcessId kFirst{4}, kSecond{0x10};
inline constexpr ThreadKey kMain{kFirst, {8}}, kHelper{kFirst, {0xc}}, kOther{kSecond, {0x14}};
inline constexpr mm::VirtualAddress kCode{0x401000}, kData{0x403000}, kAllocated{0x600000};

class FakeTarget final : public Target {
 public:
  FakeTarget();

  std::vector<ThreadInfo> threads() const override { return threads_; }
  std::vector<Image> images(ProcessId process) const override;
  mm::Result<ThreadRegisters> read_registers(ThreadKey thread) const override;
  mm::Result<void> write_registers(ThreadKey thread, const ThreadRegisters& registers) override;
  size_t read_memory(ProcessId process, mm::VirtualAddress from, std::span<std::byte> to) const override;
  mm::Result<void> write_memory(ProcessId process, mm::VirtualAddress to,
                                std::span<const std::byte> from) override;
  MemoryRegion region_at(ProcessId process, mm::VirtualAddress address) const override;
  std::vector<AddressRange> address_space() const override;
  mm::Result<mm::VirtualAddress> allocate(ProcessId process, uint32_t size, MemoryRights rights) override;
  mm::Result<void> free(ProcessId process, mm::VirtualAddress address) override;
  mm::Result<void> insert_breakpoint(ProcessId process, const Breakpoint& breakpoint) override;
  mm::Result<void> remove_breakpoint(ProcessId process, const Breakpoint& breakpoint) override;
  mm::Result<void> kill(ProcessId process) override;
  mm::Result<void> detach(ProcessId process) override;
  // One file, "/proc/4/maps", and only of the first process: "a}map*".
  std::optional<std::string> file(ProcessId process, std::string_view path) const override;
  // "record", of the first process's main thread.
  std::optional<std::string> exception_record(ThreadKey thread) const override;
  Monitored monitor(std::string_view command) override;

  // As the guest itself does it.
  ThreadRegisters& registers(ThreadKey thread) { return registers_.at(thread); }
  std::byte& byte_at(ProcessId process, mm::VirtualAddress address);
  const std::vector<Breakpoint>& breakpoints(ProcessId process) { return breakpoints_[process]; }
  void end(ProcessId process);
  void load_another() { another_ = true; }  // C:\another.dll at 0x20000000, in the first process

  std::vector<std::string> changes;
  bool in_access = false;  // registers and memory cannot be changed (STATUS_ACCESS_DENIED)

 private:
  using Page = std::vector<std::byte>;
  struct Memory {
    Page code, data, allocated;
  };

  bool runs(ProcessId process) const { return memory_.contains(process); }
  const std::byte* find(ProcessId process, mm::VirtualAddress address) const;

  std::vector<ThreadInfo> threads_;
  std::map<ThreadKey, ThreadRegisters> registers_;
  std::map<ProcessId, Memory> memory_;
  std::map<ProcessId, std::vector<Breakpoint>> breakpoints_;
  bool another_ = false;
};

}  // namespace emu::debugger::gdb::test
