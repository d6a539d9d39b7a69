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

unsigned long long print(PhysicalAddress at) { return at.value; }

std::string binary(uint32_t value, int bits) {
  std::string text;
  for (int bit = bits - 1; bit >= 0; --bit) text += (value >> bit & 1) != 0 ? '1' : '0';
  return text;
}

std::string address_text(VirtualAddress address) {
  const uint32_t directory = x86::pde_index(address.page());
  const uint32_t table = x86::pte_index(address.page());
  return format("Linear address 0x%08x\n", address.value) +
         format("  bits    31-22 %s   21-12 %s   11-0 %s\n", binary(directory, 10).c_str(),
                binary(table, 10).c_str(), binary(address.offset(), 12).c_str()) +
         format("  fields  directory 0x%03x (%u)   table 0x%03x (%u)   offset 0x%03x (%u)\n", directory,
                directory, table, table, address.offset(), address.offset());
}

// One level: the table, where the entry lies in it, and what it holds, when the table could be read.
struct Level {
  const char* table;
  const char* entry;
  PageFrameNumber frame;
  uint32_t index;
  PhysicalAddress at;
  x86::Pte value;
  std::string words;
};

std::string level_text(const Level& level, bool was_read) {
  std::string text = format("%s in frame 0x%05x\n", level.table, level.frame.value()) +
                     format("  %s 0x%03x at 0x%08llx + 0x%03x * 4 = 0x%08llx\n", level.entry, level.index,
                            print(level.frame.address()), level.index, print(level.at));
  if (was_read) text += format("  %s = 0x%08x: ", level.entry, level.value.raw) + level.words + "\n";
  return text;
}

// How far the walk came. It leaves memory at the first level that it did not read.
bool read_directory(const Walk& walk) { return walk.end != Walk::End::OutsideRam || walk.pde.valid(); }
bool read_table(const Walk& walk) { return walk.end != Walk::End::OutsideRam || walk.pte.valid(); }

std::string words_of(x86::Pte entry, std::string (*words)(x86::Pte), Vads vads) {
  return entry.raw == 0 && vads == Vads::Unknown ? "not present: all zero" : words(entry);
}

std::string levels_text(PageFrameNumber directory, VirtualAddress address, const Walk& walk, Vads vads) {
  std::string text = level_text({"Page directory", "PDE", directory, x86::pde_index(address.page()),
                                 walk.pde_at, walk.pde, words_of(walk.pde, pde_words, vads)},
                                read_directory(walk));
  if (!walk.used_table()) return text;
  return text + level_text({"Page table", "PTE", walk.pde.frame(), x86::pte_index(address.page()),
                            walk.pte_at, walk.pte, words_of(walk.pte, pte_words, vads)},
                           read_table(walk));
}

std::string rights_text(const Walk& walk) {
  return format("  granted on the whole path: %s, %s\n", walk.writable() ? "read-write" : "read-only",
                walk.user() ? "user" : "supervisor");
}

std::string page_text(VirtualAddress address, const Walk& walk) {
  return format("Physical address 0x%08llx + 0x%03x = 0x%08llx\n", print(walk.pte.frame().address()),
                address.offset(), print(walk.physical));
}

std::string large_page_text(VirtualAddress address, const Walk& walk) {
  return format("Physical address 0x%08x + 0x%06x = 0x%08llx (a 4 MB page: bits 21-0 are the offset)\n",
                walk.pde.raw & x86::Pte::kLargeFrameMask, address.value & (kLargePageSize - 1),
                print(walk.physical));
}

std::string outside_text(VirtualAddress address, const Walk& walk) {
  if (!walk.pde.valid()) return "No translation: the page directory lies outside memory\n";
  if (walk.pde.has(x86::Pte::kLargePage))
    return large_page_text(address, walk) + "  which lies outside memory\n";
  if (!walk.pte.valid()) return "No translation: the page table lies outside memory\n";
  return page_text(address, walk) + "  which lies outside memory\n";
}

std::string end_text(VirtualAddress address, const Walk& walk, Vads vads) {
  switch (walk.end) {
    case Walk::End::Page: return page_text(address, walk) + rights_text(walk);
    case Walk::End::LargePage: return large_page_text(address, walk) + rights_text(walk);
    case Walk::End::PdeNotPresent:
      return "Page fault: the PDE is " + words_of(walk.pde, pde_words, vads) + "\n";
    case Walk::End::PteNotPresent:
      return "Page fault: the PTE is " + words_of(walk.pte, pte_words, vads) + "\n";
    case Walk::End::ReservedBits: return "Page fault: bits 21-13 of a PDE that maps 4 MB are reserved\n";
    case Walk::End::OutsideRam: return outside_text(address, walk);
  }
  return {};
}

}  // namespace

std::string translation_text(PageFrameNumber directory, VirtualAddress address, const Walk& walk, Vads vads) {
  return address_text(address) + levels_text(directory, address, walk, vads) + end_text(address, walk, vads);
}

}  // namespace mm
