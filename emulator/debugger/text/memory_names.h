// What the kernel calls the processes and regions that memory reports are about.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "emulator/debugger/memory/names.h"
#include "emulator/debugger/session/session.h"
#include "guest/abi/structures.h"

namespace emu::debugger {

class SessionProcessNames final : public ProcessNamer {
 public:
  explicit SessionProcessNames(const Session& session) : session_(session) {}
  std::string name(mm::AddressSpaceId space) const override;
  uint32_t stack_owner(mm::AddressSpaceId space, mm::VirtualAddress address) const override;

 private:
  const Process* process_of(mm::AddressSpaceId space) const;

  const Session& session_;
};

// Names the regions of the process that is looked at, as they are when this object is made.
class SessionRegionNames final : public RegionNamer {
 public:
  explicit SessionRegionNames(const Session& session);
  RegionPart part_at(const mm::RegionInformation& region, mm::VirtualAddress from) const override;

  // Says which of the process's own records cannot be followed, in a sentence each.
  const std::vector<std::string>& damage() const { return damage_; }

 private:
  void add_images(const Process& process);
  void add_threads(const Process& process);
  void add_parameters(const abi::Peb& peb);
  void add_heaps(const abi::Peb& peb);
  void add(uint32_t address, const RegionUsage& usage);
  void add_page(mm::VirtualAddress address, const RegionUsage& usage);

  const Session& session_;
  std::map<mm::VirtualAddress, RegionUsage> allocations_;  // by their bases
  std::map<mm::VirtualAddress, RegionUsage> pages_;        // those that lie in an allocation with others
  std::vector<std::string> damage_;
};

}  // namespace emu::debugger
