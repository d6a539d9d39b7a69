#include "mm/inspect/translation.h"

#include <cstdarg>
#include <cstdio>
#include <vector>

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
unsigned long long print(x86::Pte entry) { return entry.raw; }

std::string binary(uint32_t value, int bits) {
  std::string text;
  for (int bit = bits - 1; bit >= 0; --bit) text += (value >> bit & 1) != 0 ? '1' : '0';
  return text;
}

// The bits of an address that choose the entry at one level.
struct Field {
  const char* name;
  uint32_t value;
  int highest, lowest;
};

std::vector<Field> fields_of(x86::PagingMode mode, VirtualAddress address) {
  const x86::PagingShape& shape = x86::shape_of(mode);
  std::vector<Field> fields;
  int highest = 31;
  for (int level = static_cast<int>(shape.top); level > 0; --level) {
    const auto of = static_cast<x86::Level>(level);
    const int lowest = static_cast<int>(kPageShift) + shape.index_bits * (level - 1);
    const char* name = of == x86::Level::PageTable ? "table" : "directory";
    fields.push_back({name, x86::entry_index(mode, of, address.page()), highest, lowest});
    highest = lowest - 1;
  }
  fields.push_back({"offset", address.offset(), highest, 0});
  return fields;
}

std::string address_text(x86::PagingMode mode, VirtualAddress address) {
  std::string bits, fields;
  for (const Field& field : fields_of(mode, address)) {
    const int width = field.highest - field.lowest + 1;
    bits += format("%s%d-%d %s", bits.empty() ? "  bits    " : "   ", field.highest, field.lowest,
                   binary(field.value, width).c_str());
    fields += format("%s%s 0x%03x (%u)", fields.empty() ? "  fields  " : "   ", field.name, field.value,
                     field.value);
  }
  return format("Linear address 0x%08x\n", address.value) + bits + "\n" + fields + "\n";
}

std::string words_of(const Walk& walk, const x86::WalkStep& step, Vads vads) {
  const bool unknown = step.entry == x86::Pte{} && vads == Vads::Unknown;
  return unknown ? "not present: all zero" : level_words(walk.level(step), step.entry);
}

// One level: the table, where the entry lies in it, and what it holds, when the table could be read.
std::string step_text(const Walk& walk, const x86::WalkStep& step, Vads vads) {
  const char* entry = entry_name(walk.level(step));
  const PageFrameNumber table = step.at.frame();
  const uint32_t index = x86::entry_index(walk.mode(), step.at);
  std::string text = format("%s in frame 0x%05x\n", table_name(walk.level(step)), table.value()) +
                     format("  %s 0x%03x at 0x%08llx + 0x%03x * %u = 0x%08llx\n", entry, index,
                            print(table.address()), index, x86::entry_bytes(walk.mode()), print(step.at));
  if (walk.was_read(step))
    text += format("  %s = 0x%08llx: ", entry, print(step.entry)) + words_of(walk, step, vads) + "\n";
  return text;
}

std::string steps_text(const Walk& walk, Vads vads) {
  std::string text;
  for (const x86::WalkStep& step : walk.steps()) text += step_text(walk, step, vads);
  return text;
}

std::string rights_text(const Walk& walk) {
  return format("  granted on the whole path: %s, %s\n", walk.writable() ? "read-write" : "read-only",
                walk.user() ? "user" : "supervisor");
}

std::string page_text(VirtualAddress address, const Walk& walk) {
  return format("Physical address 0x%08llx + 0x%03x = 0x%08llx\n", print(walk.last().entry.frame().address()),
                address.offset(), print(walk.physical()));
}

std::string large_page_text(VirtualAddress address, const Walk& walk) {
  return format("Physical address 0x%08llx + 0x%06x = 0x%08llx (a 4 MB page: bits 21-0 are the offset)\n",
                print(walk.last().entry.large_page()), address.value & (kLargePageSize - 1),
                print(walk.physical()));
}

std::string outside_text(VirtualAddress address, const Walk& walk) {
  const bool directory = walk.level(walk.last()) == x86::Level::Directory;
  if (!walk.was_read(walk.last()))
    return format("No translation: the page %s lies outside memory\n", directory ? "directory" : "table");
  const std::string page = directory ? large_page_text(address, walk) : page_text(address, walk);
  return page + "  which lies outside memory\n";
}

std::string end_text(VirtualAddress address, const Walk& walk, Vads vads) {
  switch (walk.end()) {
    case Walk::End::Page: return page_text(address, walk) + rights_text(walk);
    case Walk::End::LargePage: return large_page_text(address, walk) + rights_text(walk);
    case Walk::End::NotPresent:
      return format("Page fault: the %s is ", entry_name(walk.level(walk.last()))) +
             words_of(walk, walk.last(), vads) + "\n";
    case Walk::End::ReservedBits: return "Page fault: bits 21-13 of a PDE that maps 4 MB are reserved\n";
    case Walk::End::OutsideRam: return outside_text(address, walk);
  }
  return {};
}

}  // namespace

std::string translation_text(VirtualAddress address, const Walk& walk, Vads vads) {
  return address_text(walk.mode(), address) + steps_text(walk, vads) + end_text(address, walk, vads);
}

}  // namespace mm
