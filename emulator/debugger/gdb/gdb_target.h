// The machine as a gdb client sees it: gdb::Target over the engine. Clients are untrusted: what they name may
// not exist, and what they write is made such as the guest itself could have made it.
#pragma once

#include <map>
#include <set>
#include <utility>

#include "emulator/debugger/engine/engine.h"
#include "emulator/debugger/gdb/protocol/target.h"
#include "emulator/debugger/session/session.h"
#include "emulator/kernel/processes/process.h"

namespace emu::debugger {

class GdbTarget final : public gdb::Target {
 public:
  explicit GdbTarget(Engine& engine) : engine_(engine), session_(engine) {}

  // --- For the front end, which says that a halt begins.
  void halted(const Halt& halt);
  // The client hears nothing more of the process; for it, it has ended.
  void forget(uint32_t process) { gone_.insert(process); }
  bool shows(const Process& process) const;
  Thread* find(gdb::ThreadKey key) const;
  // Tells whether a process runs that the client has let go of.
  bool has_released() const;
  // Ends the processes that the client has not let go of.
  void kill_all();
  // Returns the client's breakpoint that has this number in the engine; null when it is none of the client's.
  const gdb::Breakpoint* breakpoint(uint32_t number) const;
  void remove_all_breakpoints();
  Session& session() { return session_; }

  // --- gdb::Target.
  std::vector<gdb::ThreadInfo> threads() const override;
  std::vector<gdb::Image> images(gdb::ProcessId process) const override;
  mm::Result<gdb::ThreadRegisters> read_registers(gdb::ThreadKey thread) const override;
  mm::Result<void> write_registers(gdb::ThreadKey thread, const gdb::ThreadRegisters& registers) override;
  size_t read_memory(gdb::ProcessId process, mm::VirtualAddress from, std::span<std::byte> to) const override;
  mm::Result<void> write_memory(gdb::ProcessId process, mm::VirtualAddress to,
                                std::span<const std::byte> from) override;
  gdb::MemoryRegion region_at(gdb::ProcessId process, mm::VirtualAddress address) const override;
  std::vector<gdb::AddressRange> address_space() const override;
  mm::Result<mm::VirtualAddress> allocate(gdb::ProcessId process, uint32_t size,
                                          gdb::MemoryRights rights) override;
  mm::Result<void> free(gdb::ProcessId process, mm::VirtualAddress address) override;
  mm::Result<void> insert_breakpoint(gdb::ProcessId process, const gdb::Breakpoint& breakpoint) override;
  mm::Result<void> remove_breakpoint(gdb::ProcessId process, const gdb::Breakpoint& breakpoint) override;
  mm::Result<void> kill(gdb::ProcessId process) override;
  mm::Result<void> detach(gdb::ProcessId process) override;
  std::optional<std::string> file(gdb::ProcessId process, std::string_view path) const override;
  std::optional<std::string> exception_record(gdb::ThreadKey thread) const override;
  Monitored monitor(std::string_view command) override;
  // When a monitor command makes the guest go further, further() says how, further_leaves_fault() whether
  // that leaves the fault in which the guest stands, and go_on_monitoring() tells the rest of the answer at
  // the halt that it has led to.
  Resume further() const { return further_; }
  bool further_leaves_fault() const;
  // Tells whether the guest runs on at a halt that is there only because the client wants to hear of
  // libraries.
  bool passes_by_libraries(const Halt& halt) const;
  Monitored go_on_monitoring();

  // What a breakpoint's commands print, and how they want to go on.
  struct Executed {
    std::string text;
    std::optional<Resume> resume;
  };
  Executed run(std::string_view commands);

 private:
  struct Set {
    gdb::ProcessId process;
    gdb::Breakpoint breakpoint;
    bool operator==(const Set&) const = default;
  };

  Process* find(gdb::ProcessId process) const;
  ProcessMemory memory_of(gdb::ProcessId process) const {
    return ProcessMemory(engine_.kernel(), find(process));
  }
  mm::VirtualAddress text_of(const Process& process, const LoadedImage& image) const;
  void remove_breakpoints_of(gdb::ProcessId process);
  Executed execute(std::string_view line);
  Monitored monitored(Executed executed);
  void drop_lines();

  Engine& engine_;
  Session session_;
  Halt halt_;
  Resume further_;
  std::string memory_map_of(gdb::ProcessId process) const;

  std::set<uint32_t> gone_;      // processes that have ended for the client, or that it let go
  std::set<uint32_t> released_;  // those that it let go
  std::map<uint32_t, Set> set_;  // by the engine's number
  std::set<std::pair<gdb::ProcessId, mm::VirtualAddress>> allocated_;
};

}  // namespace emu::debugger
