#include "mm/inspect/translation.h"

#include <cstdarg>
#include <cstdio>

#include "mm/inspect/entry_words.h"

namespace mm {
namespace {

using x86::Walk;

[[gnu::format(printf, 1, 2)]] std::string format(const char* pattern, ...) {
  char text[256];
  va_list arguments;
  va_start(arguments, pattern);
  std::vsnprintf(text, sizeof text, pattern, arguments);
  va_end(arguments);
  return text;
}

std::string binary(uint32_t value, int bits) {
  std::string text;
  for (int bit = bits - 1; bit >= 0; --bit) text += (value >> bit & 1) != 0 ? '1' : '0';
  return text;
}

std::string address_text(VirtualAddress address) {
  const uint32_t directory = x86::pde_index(address.page());
  const uint32_t table = x86::pte_index(address.page());
  return format("Linear address 0x%08x\n", address.value) +
         format("  bits    31-22 %s   21-12 %s   11-0 %s\n", binary(directory, 10).c_str(), binary(table, 10).c_str(),
                binary(address.offset(), 12).c_str()) +
         format("  fields  directory 0x%03x (%u)   table 0x%03x (%u)   offset 0x%03x (%u)\n", directory, directory,
                table, table, address.offset(), address.offset());
}

// One level: the table, where the entry lies in it. What the entry holds follows, when it could be read.
std::string level_text(const char* table, const char* entry, PageFrameNumber frame, uint32_t index,
                       PhysicalAddress at) {
  return format("%s in frame 0x%05x\n", table, frame.value()) +
         format("  %s 0x%03x at 0x%08llx + 0x%03x * 4 = 0x%08llx\n", entry, index,
                static_cast<unsigned long long>(frame.address().value), index,
                static_cast<unsigned long long>(at.value));
}

std::string entry_text(const char* entry, x86::Pte value, const std::string& words) {
  return format("  %s = 0x%08x: ", entry, value.raw) + words + "\n";
}

// A walk leaves RAM at the first level that it did not read.
enum class Missing { Directory, Table, Page };

Missing missing_level(const Walk& walk) {
  if (!walk.pde.valid()) return Missing::Directory;
  if (!walk.large() && walk.physical.value == 0 && !walk.pte.valid()) return Missing::Table;
  return Missing::Page;
}

std::string outside_text(const Walk& walk) {
  switch (missing_level(walk)) {
    case Missing::Directory: return "No translation: the page directory lies outside memory\n";
    case Missing::Table: return "No translation: the page table lies outside memory\n";
    case Missing::Page: break;
  }
  return format("Physical address 0x%08llx, which lies outside memory\n",
                static_cast<unsigned long long>(walk.physical.value));
}

std::string rights_text(const Walk& walk) {
  return format("  both levels grant: %s, %s\n", walk.writable() ? "read-write" : "read-only",
                walk.user() ? "user" : "supervisor");
}

std::string end_text(VirtualAddress address, const Walk& walk) {
  switch (walk.end) {
    case Walk::End::Page:
      return format("Physical address 0x%08llx + 0x%03x = 0x%08llx\n",
                    static_cast<unsigned long long>(walk.pte.frame().address().value), address.offset(),
                    static_cast<unsigned long long>(walk.physical.value)) +
             rights_text(walk);
    case Walk::End::LargePage:
      return format("Physical address 0x%08x + 0x%06x = 0x%08llx (bits 21-0 are the offset)\n",
                    walk.pde.raw & x86::Pte::kLargeFrameMask, address.value & (kLargePageSize - 1),
                    static_cast<unsigned long long>(walk.physical.value));
    case Walk::End::PdeNotPresent: return "Page fault: the PDE is " + pde_words(walk.pde) + "\n";
    case Walk::End::PteNotPresent: return "Page fault: the PTE is " + pte_words(walk.pte) + "\n";
    case Walk::End::OutsideRam: return outside_text(walk);
  }
  return {};
}

}  // namespace

std::string translation_text(PageFrameNumber directory, VirtualAddress address, const x86::Walk& walk) {
  return {};
}

}  // namespace mm
