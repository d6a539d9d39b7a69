// What the kernel calls the processes and regions that memory reports are about.
#pragma once

#include "emulator/debugger/memory/names.h"
#include "emulator/debugger/session.h"

namespace emu::debugger {

class SessionProcessNames final : public ProcessNamer {
 public:
  explicit SessionProcessNames(const Session& session) : session_(session) {}
  std::string name(uint32_t space) const override;
  uint32_t stack_owner(uint32_t space, mm::VirtualAddress address) const override;

 private:
  const Process* process_of(uint32_t space) const;

  const Session& session_;
};

// Of the process that is looked at.
class SessionRegionNames final : public RegionNamer {
 public:
  explicit SessionRegionNames(const Session& session) : session_(session) {}
  std::string name(const mm::RegionInformation& region) const override;

 private:
  const Session& session_;
};

}  // namespace emu::debugger
