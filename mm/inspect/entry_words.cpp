#include "mm/inspect/entry_words.h"

#include <cstdio>

namespace mm {
namespace {

using x86::Pte;
using x86::PteKind;

std::string hex(uint64_t value, int digits) {
  char text[24];
  std::snprintf(text, sizeof text, "0x%0*llx", digits, static_cast<unsigned long long>(value));
  return text;
}

void append(std::string& text, const char* separator, const std::string& more) {
  if (!text.empty()) text += separator;
  text += more;
}

const char* access_name(x86::Protection protection) {
  static constexpr const char* kNames[] = {"",
                                           "PAGE_READONLY",
                                           "PAGE_EXECUTE",
                                           "PAGE_EXECUTE_READ",
                                           "PAGE_READWRITE",
                                           "PAGE_WRITECOPY",
                                           "PAGE_EXECUTE_READWRITE",
                                           "PAGE_EXECUTE_WRITECOPY"};
  return kNames[protection.access()];
}

// The bits that a present entry of either kind has (Intel SDM volume 3, tables 4-4 to 4-6).
std::string hardware_bits(Pte entry) {
  std::string text = "present";
  append(text, ", ", entry.has(Pte::kWrite) ? "read-write" : "read-only");
  append(text, ", ", entry.has(Pte::kUser) ? "user" : "supervisor");
  if (entry.has(Pte::kWriteThrough)) append(text, ", ", "write-through");
  if (entry.has(Pte::kCacheDisable)) append(text, ", ", "cache disabled");
  append(text, ", ", entry.has(Pte::kAccessed) ? "accessed" : "not accessed");
  return text;
}

std::string page_bits(Pte entry) {
  std::string text = hardware_bits(entry);
  append(text, ", ", entry.has(Pte::kDirty) ? "dirty" : "clean");
  if (entry.has(Pte::kGlobal)) append(text, ", ", "global");
  if (entry.has(Pte::kCopyOnWrite)) append(text, ", ", "copy-on-write");
  if (entry.has(Pte::kPrototype)) append(text, ", ", "prototype");
  if (entry.has(Pte::kWritable)) append(text, ", ", "writable");
  return text;
}

std::string not_present_words(Pte entry) {
  const std::string protection = protection_words(entry.protection());
  switch (x86::decode(entry)) {
    case PteKind::Unknown: return "all zero: unknown, the VAD decides";
    case PteKind::DemandZero:
      return (x86::was_reset(entry) ? "demand-zero since its content was given up and lost, "
                                    : "demand-zero, ") +
             protection;
    case PteKind::Decommitted: return "decommitted";
    case PteKind::PagingFile:
      return "in paging file " + std::to_string(entry.slot().file) + ", slot " + hex(entry.slot().slot, 5) +
             ", " + protection;
    case PteKind::Transition:
      return "in transition, page frame " + hex(entry.frame().value(), 5) + ", " + protection;
    case PteKind::Prototype: return "prototype, " + hex(entry.raw, 8);
    case PteKind::Valid: break;
  }
  return {};
}

}  // namespace

std::string protection_words(x86::Protection protection) {
  if (protection == x86::protection::kNoAccess) return "PAGE_NOACCESS";
  if (protection == x86::protection::kDecommitted) return "decommitted";
  if (protection.no_access()) return "none";
  std::string text = access_name(protection);
  if (protection.modifier() == 8) append(text, " | ", "PAGE_NOCACHE");
  if (protection.modifier() == 16) append(text, " | ", "PAGE_GUARD");
  if (protection.modifier() == 24) append(text, " | ", "PAGE_WRITECOMBINE");
  return text;
}

std::string pte_words(x86::Pte pte) {
  if (!pte.valid()) return "not present: " + not_present_words(pte);
  return page_bits(pte) + "; page frame " + hex(pte.frame().value(), 5);
}

std::string pde_words(x86::Pte pde) {
  if (pde == x86::decommitted_pde()) return "not present: all its pages are decommitted";
  if (pde == x86::partly_decommitted_pde()) return "not present: some of its pages are decommitted";
  if (!pde.valid()) return "not present: " + not_present_words(pde);
  if (!pde.has(Pte::kLargePage)) {
    return hardware_bits(pde) + "; page table in frame " + hex(pde.frame().value(), 5);
  }
  return page_bits(pde) + ", large; 4 MB page at " + hex(pde.large_page().value, 8);
}

std::string level_words(x86::Level level, x86::Pte entry) {
  return level == x86::Level::PageTable ? pte_words(entry) : pde_words(entry);
}

const char* entry_name(x86::Level level) {
  switch (level) {
    case x86::Level::PageTable: return "PTE";
    case x86::Level::Directory: return "PDE";
  }
  return "";
}

const char* table_name(x86::Level level) {
  switch (level) {
    case x86::Level::PageTable: return "Page table";
    case x86::Level::Directory: return "Page directory";
  }
  return "";
}

}  // namespace mm
