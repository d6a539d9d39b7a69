// One process: an address space, handles, and what its PEB says. The kernel half is shared by all.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "emulator/kernel/objects/dispatcher_object.h"
#include "emulator/kernel/objects/handle_table.h"
#include "emulator/kernel/processes/loaded_image.h"
#include "emulator/kernel/processes/priority.h"
#include "emulator/kernel/processes/process_end.h"
#include "emulator/kernel/time/processor_times.h"
#include "mm/base/types.h"
#include "mm/inspect/statistics.h"
#include "mm/x86/paging_root.h"

namespace mm {
class AddressSpace;
}

namespace emu {

// The handles that every process begins with; the process parameters name them.
inline constexpr uint32_t kStandardInput = 4;
inline constexpr uint32_t kStandardOutput = 8;
inline constexpr uint32_t kStandardError = 12;

// The rights to a process (Microsoft, "Process Security and Access Rights").
namespace process_access {
inline constexpr AccessMask kTerminate = 0x0001;
inline constexpr AccessMask kCreateThread = 0x0002;
inline constexpr AccessMask kVmOperation = 0x0008;
inline constexpr AccessMask kVmRead = 0x0010;
inline constexpr AccessMask kVmWrite = 0x0020;
inline constexpr AccessMask kDuplicateHandle = 0x0040;
inline constexpr AccessMask kCreateProcess = 0x0080;
inline constexpr AccessMask kSetQuota = 0x0100;
inline constexpr AccessMask kSetInformation = 0x0200;
inline constexpr AccessMask kQueryInformation = 0x0400;
inline constexpr AccessMask kSuspendResume = 0x0800;
inline constexpr AccessMask kQueryLimitedInformation = 0x1000;
}  // namespace process_access

// What the kernel calls in a process's ntdll; all 0 where there is none.
struct NtdllEntries {
  mm::VirtualAddress base;
  mm::VirtualAddress loader;                // LdrInitializeThunk
  mm::VirtualAddress thread_start;          // RtlUserThreadStart
  mm::VirtualAddress apc_dispatcher;        // KiUserApcDispatcher
  mm::VirtualAddress exception_dispatcher;  // KiUserExceptionDispatcher
};

class Process final : public DispatcherObject {
 public:
  static constexpr ObjectType kType{
      "Process",
      {0x20410, 0x20BEB, 0x121001, 0x1FFFFF},
      {{{process_access::kQueryInformation, process_access::kQueryLimitedInformation}}}};
  const ObjectType& type() const override { return kType; }

  // Signalled once it has ended, for good.
  bool is_signalled_for(const Thread&) const override { return !running(); }
  mm::NtStatus satisfy(Thread&) override { return mm::NtStatus::Success; }

  Process(uint32_t id, std::string name, mm::AddressSpace& space, mm::x86::PagingRoot root)
      : id_(id), name_(std::move(name)), space_(&space), root_(root) {}

  uint32_t id() const { return id_; }  // a multiple of 4, as on Windows; never used again
  const std::string& name() const { return name_; }
  mm::AddressSpace& space() const { return *space_; }  // until it has ended
  mm::x86::PagingRoot root() const { return root_; }   // CR3
  bool running() const { return !end_; }
  const std::optional<ProcessEnd>& how_ended() const { return end_; }

  // How it stood when it ended.
  const mm::ProcessStatistics& final_statistics() const { return final_statistics_; }

  void end(const ProcessEnd& end, const mm::ProcessStatistics& statistics) {
    end_ = end;
    final_statistics_ = statistics;
    space_ = nullptr;
    images = {};
    spare_tebs = {};
  }

  ProcessorTimes times;  // of all its threads
  PriorityClass priority_class = PriorityClass::Normal;
  bool boost_disabled = false;                // of threads that begin
  std::shared_ptr<mm::PoolQuota> pool_quota;  // pays for what it has the kernel make; null: nobody does
  HandleTable handles;                        // closed by the kernel when the process ends
  mm::VirtualAddress peb{};
  mm::PageRange free_teb_pages{};              // reserved for TEBs; see user_thread.h
  std::vector<mm::VirtualAddress> spare_tebs;  // of threads that have ended: reserved, decommitted
  uint32_t thread_count = 0;                   // that have not ended
  NtdllEntries ntdll{};
  uint32_t stack_reserve = 0;  // of threads that ask for no size: the image's
  uint32_t stack_commit = 0;
  mm::VirtualAddress image_base{};
  std::vector<LoadedImage> images;
  uint32_t cookie = 0;       // its runtime draws from this; 0: addresses are not randomized
  uint32_t parent_id = 0;    // 0: the user started it
  std::string load_problem;  // why the last image that could not be mapped could not

 private:
  uint32_t id_;
  std::string name_;
  mm::AddressSpace* space_;
  mm::x86::PagingRoot root_;
  std::optional<ProcessEnd> end_;
  mm::ProcessStatistics final_statistics_;
};

}  // namespace emu
