// What a session needs to know of the machine and may do to it while it stands still. The session runs
// nothing: it answers its client from here and then says how to resume (request.h).
//
// Everything that comes from the client is checked for form only, not for sense: addresses, lengths,
// processes and threads may be any, and an implementation refuses what it cannot do with the NTSTATUS that
// fits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/cpu/registers.h"
#include "emulator/debugger/gdb/protocol/thread_key.h"
#include "mm/base/result.h"
#include "mm/base/types.h"

namespace emu::debugger::gdb {

struct ThreadRegisters {
  Registers integer;
  std::optional<FloatingState> floating = FloatingState{};  // missing: not to be had, shown as unavailable

  bool operator==(const ThreadRegisters&) const = default;
};

struct ThreadInfo {
  ThreadKey key;
  std::string name{};  // may be empty
  std::string state;   // for people: "waits until 12 ms"; may be empty
  mm::VirtualAddress teb;
};

enum class BreakpointKind : uint8_t { Software, Hardware, Write, Read, Access };  // packets Z0 to Z4

struct Breakpoint {
  BreakpointKind kind = BreakpointKind::Software;
  mm::VirtualAddress address;
  uint32_t length = 1;  // of the data that is watched; does not pass the end of the address space

  bool operator==(const Breakpoint&) const = default;
};

struct Image {
  std::string path;  // as the client shall look for it
  mm::VirtualAddress base;
  mm::VirtualAddress text;  // where its first section (.text) lies

  bool operator==(const Image&) const = default;
};

// Memory with one protection, or a gap where there is none.
struct MemoryRegion {
  enum class Kind : uint8_t { Mapped, Gap };

  Kind kind = Kind::Gap;
  mm::VirtualAddress begin;
  uint64_t size = 0;
  bool readable = false, writable = false, executable = false;  // all three false in a gap
  std::string name{};                                           // may be empty
};

// Beside reading.
struct MemoryRights {
  bool write = false, execute = false;
};

struct AddressRange {
  mm::VirtualAddress begin;
  uint64_t size = 0;
};

class Target {
 public:
  virtual ~Target() = default;

  // --- Processes and threads; those that have ended are not listed.
  virtual std::vector<ThreadInfo> threads() const = 0;
  // Returns the program, then its DLLs; nothing when there is no such process.
  virtual std::vector<Image> images(ProcessId process) const = 0;

  // --- Registers. STATUS_INVALID_CID for a thread that is not listed.
  virtual mm::Result<ThreadRegisters> read_registers(ThreadKey thread) const = 0;
  // Sets registers; `registers` are those that were read, with changes.
  virtual mm::Result<void> write_registers(ThreadKey thread, const ThreadRegisters& registers) = 0;

  // --- Memory. How many bytes from `from` on could be read. No breakpoint shows in them.
  virtual size_t read_memory(ProcessId process, mm::VirtualAddress from, std::span<std::byte> to) const = 0;
  // Writes all bytes or none.
  virtual mm::Result<void> write_memory(ProcessId process, mm::VirtualAddress to,
                                        std::span<const std::byte> from) = 0;
  virtual MemoryRegion region_at(ProcessId process, mm::VirtualAddress address) const = 0;
  // Returns where memory may ever be. Is asked once for a whole connection: what the guest allocates later
  // lies in it.
  virtual std::vector<AddressRange> address_space() const = 0;

  // Gives memory for the client's own use, of whole pages, which stays until it is freed. Only such memory
  // can be freed.
  virtual mm::Result<mm::VirtualAddress> allocate(ProcessId process, uint32_t size, MemoryRights rights) = 0;
  virtual mm::Result<void> free(ProcessId process, mm::VirtualAddress address) = 0;

  // --- Breakpoints. Inserting the same one again, or removing one that is not there, succeeds and changes
  // nothing: a client repeats a packet whose answer was lost.
  virtual mm::Result<void> insert_breakpoint(ProcessId process, const Breakpoint& breakpoint) = 0;
  virtual mm::Result<void> remove_breakpoint(ProcessId process, const Breakpoint& breakpoint) = 0;

  // --- One process of several; STATUS_INVALID_CID for one that does not run.
  virtual mm::Result<void> kill(ProcessId process) = 0;
  // Lets go of the process, which runs on whenever the guest does and is not listed any more.
  virtual mm::Result<void> detach(ProcessId process) = 0;

  // --- What a client may read of the host: the program, its DLLs and their files with debugging data, and
  // /proc/PID/maps, the process's memory as Linux shows it (proc(5)). None: no such file.
  virtual std::optional<std::string> file(ProcessId process, std::string_view path) const = 0;
  // Returns the EXCEPTION_RECORD of the exception that the thread stands at; none when it stands at none.
  virtual std::optional<std::string> exception_record(ThreadKey thread) const = 0;

  // --- A command of our own debugger: what it prints, and whether there is more to come once the guest has
  // run further (request.h, GoFurther).
  struct Monitored {
    std::string text;
    bool goes_further = false;
  };
  virtual Monitored monitor(std::string_view command) = 0;
};

}  // namespace emu::debugger::gdb
