// One process: an address space, handles, and what its PEB says. The kernel half is shared by all.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "emulator/kernel/handle_table.h"
#include "mm/base/types.h"
#include "mm/inspect/statistics.h"

namespace mm {
class AddressSpace;
}

namespace emu {

// Why a process is no more.
struct ProcessEnd {
  enum class Kind : uint8_t { Exited, UnhandledException, LoadFailed };

  Kind kind = Kind::Exited;
  uint32_t exit_code = 0;  // with UnhandledException its code, with LoadFailed the NTSTATUS
};

// An image that the loader put into the process.
struct LoadedImage {
  mm::VirtualAddress base;
  uint32_t size = 0;
  std::string name;
};

class Process {
 public:
  Process(uint32_t id, std::string name, mm::AddressSpace& space, mm::PageFrameNumber directory)
      : id_(id), name_(std::move(name)), space_(&space), directory_(directory) {}
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  uint32_t id() const { return id_; }  // a multiple of 4, as on Windows; never used again
  const std::string& name() const { return name_; }
  mm::AddressSpace& space() const { return *space_; }           // until it has ended
  mm::PageFrameNumber directory() const { return directory_; }  // CR3
  bool running() const { return !end_; }
  const std::optional<ProcessEnd>& how_ended() const { return end_; }

  // How it stood when it ended.
  const mm::ProcessStatistics& final_statistics() const { return final_statistics_; }

  void end(const ProcessEnd& end, const mm::ProcessStatistics& statistics) {
    end_ = end;
    final_statistics_ = statistics;
    space_ = nullptr;
  }

  HandleTable handles;  // closed by the kernel when the process ends
  mm::VirtualAddress peb{};
  mm::PageRange free_teb_pages{};  // reserved for TEBs; see user_thread.h
  mm::VirtualAddress image_base{};
  std::vector<LoadedImage> images;
  std::string load_problem;  // why the last image that could not be mapped could not

 private:
  uint32_t id_;
  std::string name_;
  mm::AddressSpace* space_;
  mm::PageFrameNumber directory_;
  std::optional<ProcessEnd> end_;
  mm::ProcessStatistics final_statistics_;
};

}  // namespace emu
