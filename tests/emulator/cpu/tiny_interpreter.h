// A processor of a dozen instructions, as simple as it can be: no caches, no blocks, one byte of memory after
// the other. It says which page faults a program takes, in which order, and what comes out: the reference for
// what the real one does at speed.
#pragma once

#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "mm/base/fault.h"

namespace emu::test {

struct PageFault {
  uint32_t eip;
  uint32_t page;
  mm::Access access;
  bool operator==(const PageFault&) const = default;
};

// Pages of memory, some of them present.
struct PagedBytes {
  std::map<uint32_t, std::vector<uint8_t>> pages;  // by page number
  std::set<uint32_t> present;

  uint8_t& byte(uint32_t address) { return pages.at(address >> 12)[address & 0xFFF]; }
  uint32_t word(uint32_t address) {
    uint32_t value = 0;
    for (uint32_t i = 0; i < 4; ++i) value |= uint32_t{byte(address + i)} << (8 * i);
    return value;
  }
  void set_word(uint32_t address, uint32_t value) {
    for (uint32_t i = 0; i < 4; ++i) byte(address + i) = static_cast<uint8_t>(value >> (8 * i));
  }
};

class TinyInterpreter {
 public:
  // Called for a fault, with the pages that the instruction uses; must make the page present.
  using OnFault = std::function<void(const PageFault&, const std::set<uint32_t>& in_use)>;

  TinyInterpreter(PagedBytes& memory, OnFault on_fault) : memory_(memory), on_fault_(std::move(on_fault)) {}

  uint32_t eax = 0, ebx = 0, ebp = 0, esp = 0, esi = 0, eip = 0;
  uint64_t instructions = 0, code_bytes = 0;

  // Runs to INT3, and over it.
  void run() {
    while (step()) {
    }
  }

 private:
  static uint32_t length(uint8_t opcode) {
    switch (opcode) {
      case 0x40:
      case 0x4d:
      case 0x50:
      case 0x58:
      case 0x90:
      case 0xcc: return 1;
      case 0xb8:
      case 0xe9:
      case 0x05: return 5;
      case 0x8b:
      case 0x89:
      case 0x01:
      case 0x0f: return 6;
      case 0xeb: return 2;
      case 0x82: return 3;
      case 0xc6: return 7;
      case 0xc7: return 10;
      default: std::abort();
    }
  }

  bool step() {
    in_use_ = {eip >> 12};
    touch(eip, 1, mm::Access::Execute);
    const uint8_t opcode = memory_.byte(eip);
    const uint32_t size = length(opcode);
    touch(eip, size, mm::Access::Execute);
    const uint32_t at = eip;
    execute(opcode, at, at + size);
    ++instructions;
    code_bytes += size;
    return opcode != 0xcc;
  }

  void execute(uint8_t opcode, uint32_t at, uint32_t next) {
    const uint32_t disp = esi + (next - at >= 6 ? word_of_code(at + 2) : 0);
    switch (opcode) {
      case 0x40: ++eax; break;  // inc eax
      case 0x4d: --ebp; break;  // dec ebp
      case 0x50:
        store(esp - 4, eax);
        esp -= 4;
        break;  // push eax
      case 0x58:
        eax = load(esp);
        esp += 4;
        break;                                                                         // pop eax
      case 0xb8: eax = word_of_code(at + 1); break;                                    // mov eax, imm32
      case 0x05: eax += word_of_code(at + 1); break;                                   // add eax, imm32
      case 0x82: eax = (eax & ~0xFFu) | ((eax + memory_.byte(at + 2)) & 0xFF); break;  // add al, imm8
      case 0x8b: ebx = load(disp); break;                   // mov ebx, [esi+disp32]
      case 0x89: store(disp, eax); break;                   // mov [esi+disp32], eax
      case 0x01: add_to(disp, eax); break;                  // add [esi+disp32], eax
      case 0xc7: store(disp, word_of_code(at + 6)); break;  // mov [esi+disp32], imm32
      case 0xc6:                                            // mov byte [abs32], imm8
        touch(word_of_code(at + 2), 1, mm::Access::Write);
        memory_.byte(word_of_code(at + 2)) = memory_.byte(at + 6);
        break;
      case 0xe9: next += word_of_code(at + 1); break;  // jmp rel32
      case 0x0f:                                       // jnz rel32
        if (ebp != 0) next += word_of_code(at + 2);
        break;
      default: break;
    }
    eip = next;
  }

  uint32_t word_of_code(uint32_t at) { return memory_.word(at); }
  uint32_t load(uint32_t address) {
    touch(address, 4, mm::Access::Read);
    return memory_.word(address);
  }
  void store(uint32_t address, uint32_t value) {
    touch(address, 4, mm::Access::Write);
    memory_.set_word(address, value);
  }
  // Asks for write access before it reads, as processors do.
  void add_to(uint32_t address, uint32_t value) {
    touch(address, 4, mm::Access::Write);
    memory_.set_word(address, memory_.word(address) + value);
  }
  void touch(uint32_t address, uint32_t size, mm::Access access) {
    for (uint32_t page = address >> 12; page <= (address + size - 1) >> 12; ++page) {
      in_use_.insert(page);
      if (!memory_.present.contains(page)) on_fault_({eip, page, access}, in_use_);
    }
  }

  PagedBytes& memory_;
  OnFault on_fault_;
  std::set<uint32_t> in_use_;
};

}  // namespace emu::test
