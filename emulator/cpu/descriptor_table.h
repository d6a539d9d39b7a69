// The GDT of the flat layout, in one guest frame (Intel SDM volume 3, 3.4.5), and the way into ring 3.
#pragma once

#include "emulator/cpu/cpu.h"
#include "emulator/cpu/unicorn_handle.h"

namespace emu {

class DescriptorTable {
 public:
  DescriptorTable(mm::PhysicalMemory ram, DescriptorTablePlace place) : ram_(ram), place_(place) {}

  mm::VirtualPageNumber page() const { return place_.address.page(); }
  mm::PageFrameNumber frame() const { return place_.frame; }

  // Writes the descriptors, loads GDTR and the segments, and executes the IRET into ring 3. The page must
  // translate to the frame meanwhile.
  void enter_user_mode(const UnicornHandle& engine) const;

  void set_teb(const UnicornHandle& engine, mm::VirtualAddress teb) const;

 private:
  void write_descriptors() const;
  uint32_t write_trampoline() const;

  mm::PhysicalMemory ram_;
  DescriptorTablePlace place_;
};

}  // namespace emu
