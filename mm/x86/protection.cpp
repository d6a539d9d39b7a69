#include "mm/x86/protection.h"

#include <array>

namespace mm::x86 {
namespace {

// Indexed by access code.
constexpr std::array<uint32_t, 8> kAccessConstants = {0,
                                                      page::kReadOnly,
                                                      page::kExecute,
                                                      page::kExecuteRead,
                                                      page::kReadWrite,
                                                      page::kWriteCopy,
                                                      page::kExecuteReadWrite,
                                                      page::kExecuteWriteCopy};

constexpr uint32_t kModifiers = page::kGuard | page::kNoCache | page::kWriteCombine;

Result<uint8_t> modifier_code(uint32_t modifiers) {
  switch (modifiers) {
    case 0: return uint8_t{0};
    case page::kNoCache: return uint8_t{8};
    case page::kGuard: return uint8_t{16};
    case page::kWriteCombine: return uint8_t{24};
    default: return fail(NtStatus::InvalidPageProtection);
  }
}

}  // namespace

Result<Protection> protection_from_page_constants(uint32_t constants) {
  if ((constants & page::kTargets) != 0) {
    const auto protection = protection_from_page_constants(constants & ~page::kTargets);
    if (protection && !protection->executable()) return fail(NtStatus::InvalidPageProtection);
    return protection;
  }
  const uint32_t access = constants & ~kModifiers;
  const uint32_t modifiers = constants & kModifiers;
  if (access == page::kNoAccess) {
    if (modifiers != 0) return fail(NtStatus::InvalidPageProtection);
    return protection::kNoAccess;
  }
  for (size_t code = 1; code < kAccessConstants.size(); ++code) {
    if (kAccessConstants[code] != access) continue;
    return modifier_code(modifiers).map(
        [&](uint8_t modifier) { return Protection{static_cast<uint8_t>(code | modifier)}; });
  }
  return fail(NtStatus::InvalidPageProtection);
}

uint32_t page_constants(Protection protection) {
  if (protection == protection::kNoAccess) return page::kNoAccess;
  if (protection.no_access()) return 0;
  uint32_t constants = kAccessConstants[protection.access()];
  if (protection.modifier() == 8) constants |= page::kNoCache;
  if (protection.modifier() == 16) constants |= page::kGuard;
  if (protection.modifier() == 24) constants |= page::kWriteCombine;
  return constants;
}

}  // namespace mm::x86
