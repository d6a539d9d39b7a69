// Windows' 5-bit protection code, as it stands in VADs and in PTEs that are not valid, and its translation
// from and to the PAGE_ constants of the API (Windows Internals, "Protecting memory"; "Memory Protection
// Constants" in Microsoft's API pages).
#pragma once

#include <cstdint>

#include "mm/base/fault.h"
#include "mm/base/result.h"

namespace mm::x86 {

// Bits 0-2: the access. Bits 3-4: 8 no-cache, 16 guard, 24 write-combine; with access 0 they mean
// 16 "decommitted" and 24 "no access".
struct Protection {
  uint8_t code = 0;

  constexpr bool operator==(const Protection&) const = default;

  constexpr uint8_t access() const { return code & 7; }
  constexpr uint8_t modifier() const { return code & 24; }
  constexpr bool no_access() const { return access() == 0; }
  constexpr bool guard() const { return modifier() == 16 && access() != 0; }
  constexpr bool writable() const { return access() == 4 || access() == 6; }
  constexpr bool copy_on_write() const { return access() == 5 || access() == 7; }
  constexpr bool executable() const { return (code & 2) != 0; }  // 2, 3, 6 and 7
  constexpr Protection without_guard() const {
    return guard() ? Protection{static_cast<uint8_t>(code & ~16)} : *this;
  }
  // Whether the processor could let this access through, guard bit aside. Without NX a readable page can be
  // executed, and an execute-only page read: x86 has no other way.
  constexpr bool allows(Access wanted) const {
    if (no_access()) return false;
    return wanted != Access::Write || writable() || copy_on_write();
  }
};

namespace protection {
inline constexpr Protection kUnset{0};
inline constexpr Protection kReadOnly{1};
inline constexpr Protection kExecute{2};
inline constexpr Protection kExecuteRead{3};
inline constexpr Protection kReadWrite{4};
inline constexpr Protection kWriteCopy{5};
inline constexpr Protection kExecuteReadWrite{6};
inline constexpr Protection kExecuteWriteCopy{7};
inline constexpr Protection kDecommitted{16};
inline constexpr Protection kNoAccess{24};
}  // namespace protection

// The API's constants.
namespace page {
inline constexpr uint32_t kNoAccess = 0x01;
inline constexpr uint32_t kReadOnly = 0x02;
inline constexpr uint32_t kReadWrite = 0x04;
inline constexpr uint32_t kWriteCopy = 0x08;
inline constexpr uint32_t kExecute = 0x10;
inline constexpr uint32_t kExecuteRead = 0x20;
inline constexpr uint32_t kExecuteReadWrite = 0x40;
inline constexpr uint32_t kExecuteWriteCopy = 0x80;
inline constexpr uint32_t kGuard = 0x100;
inline constexpr uint32_t kNoCache = 0x200;
inline constexpr uint32_t kWriteCombine = 0x400;
// PAGE_TARGETS_INVALID of an allocation, PAGE_TARGETS_NO_UPDATE of a change of protection: for Control Flow
// Guard, which no process has here, so that both change nothing.
inline constexpr uint32_t kTargets = 0x40000000;
}  // namespace page

// The protection that PAGE_ constants name: exactly one access, at most one modifier, none with
// PAGE_NOACCESS, kTargets with an access that executes only; else STATUS_INVALID_PAGE_PROTECTION.
Result<Protection> protection_from_page_constants(uint32_t constants);

// The PAGE_ constants that name it; 0 for kUnset and kDecommitted.
uint32_t page_constants(Protection protection);

}  // namespace mm::x86
