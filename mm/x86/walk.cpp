#include "mm/x86/walk.h"

namespace mm::x86 {

bool permits(const Walk& walk, Access access, Mode mode, WriteProtect wp) {
  if (!walk.present()) return false;
  if (mode == Mode::User && !walk.user()) return false;
  if (access != Access::Write || walk.writable()) return true;
  return mode == Mode::Supervisor && wp == WriteProtect::Off;
}

uint32_t error_code(const Walk& walk, Access access, Mode mode) {
  uint32_t code = 0;
  const bool reserved = walk.end() == Walk::End::ReservedBits;
  if (walk.present() || reserved) code |= page_fault_error::kPresent;
  if (reserved) code |= page_fault_error::kReserved;
  if (access == Access::Write) code |= page_fault_error::kWrite;
  if (mode == Mode::User) code |= page_fault_error::kUser;
  return code;
}

}  // namespace mm::x86
