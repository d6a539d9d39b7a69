#include "mm/x86/walk.h"

namespace mm::x86 {

Walk walk(const PhysicalMemory& ram, PageFrameNumber directory, VirtualAddress address) {
  Walk walk;
  walk.pde_at = pde_address(directory, address.page());
  if (!ram.contains(directory)) {
    walk.end = Walk::End::OutsideRam;
    return walk;
  }
  walk.pde = {ram.read32(walk.pde_at)};
  if (!walk.pde.valid()) return walk;
  if (walk.pde.has(Pte::kLargePage)) {
    walk.physical = {(walk.pde.raw & Pte::kLargeFrameMask) | (address.value & (kLargePageSize - 1))};
    walk.end = ram.contains(walk.physical.frame()) ? Walk::End::LargePage : Walk::End::OutsideRam;
    return walk;
  }
  walk.pte_at = pte_address(walk.pde.frame(), address.page());
  if (!ram.contains(walk.pde.frame())) {
    walk.end = Walk::End::OutsideRam;
    return walk;
  }
  walk.pte = {ram.read32(walk.pte_at)};
  if (!walk.pte.valid()) {
    walk.end = Walk::End::PteNotPresent;
    return walk;
  }
  walk.physical = walk.pte.frame().address() + address.offset();
  walk.end = ram.contains(walk.pte.frame()) ? Walk::End::Page : Walk::End::OutsideRam;
  return walk;
}

bool permits(const Walk& walk, Access access, Mode mode, WriteProtect wp) {
  if (!walk.present()) return false;
  if (mode == Mode::User && !walk.user()) return false;
  if (access != Access::Write || walk.writable()) return true;
  return mode == Mode::Supervisor && wp == WriteProtect::Off;
}

uint32_t error_code(const Walk& walk, Access access, Mode mode) {
  uint32_t code = 0;
  if (walk.present()) code |= page_fault_error::kPresent;
  if (access == Access::Write) code |= page_fault_error::kWrite;
  if (mode == Mode::User) code |= page_fault_error::kUser;
  return code;
}

}  // namespace mm::x86
