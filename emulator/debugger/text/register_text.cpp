#include "emulator/debugger/text/register_text.h"

#include <fmt/core.h>

namespace emu::debugger {

std::string flag_words(uint32_t eflags) {
  struct Flag {
    uint32_t bit;
    const char *set, *clear;
  };
  static constexpr Flag kFlags[] = {{11, "ov", "nv"}, {10, "dn", "up"}, {9, "ei", "di"}, {7, "ng", "pl"},
                                    {6, "zr", "nz"},  {4, "ac", "na"},  {2, "pe", "po"}, {0, "cy", "nc"}};
  std::string words;
  for (const Flag& flag : kFlags) {
    if (!words.empty()) words += ' ';
    words += (eflags >> flag.bit & 1) != 0 ? flag.set : flag.clear;
  }
  return words;
}

std::string register_lines(const Registers& r) {
  return fmt::format(
      "eax={:08x} ebx={:08x} ecx={:08x} edx={:08x} esi={:08x} edi={:08x}\n"
      "eip={:08x} esp={:08x} ebp={:08x} iopl={:x}         {}\n"
      "cs={:04x}  ss={:04x}  ds={:04x}  es={:04x}  fs={:04x}  gs={:04x}             efl={:08x}\n",
      r.eax, r.ebx, r.ecx, r.edx, r.esi, r.edi, r.eip, r.esp, r.ebp, r.eflags >> 12 & 3, flag_words(r.eflags),
      r.cs, r.ss, r.ds, r.es, r.fs, r.gs, r.eflags);
}

}  // namespace emu::debugger
