#include "emulator/mmu/operand_finder.h"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

namespace emu {
namespace {

struct Expected {
  std::string text;  // of an instruction whose operand is at EDI
  std::vector<uint8_t> code;
  bool reads, writes;
  uint32_t size;
};

// Intel SDM volume 2, of each instruction.
TEST_CASE("What an instruction does with its operand, and how many bytes it has") {
  const std::vector<Expected> all{
      {"mov [edi], eax", {0x89, 0x07}, false, true, 4},
      {"mov eax, [edi]", {0x8b, 0x07}, true, false, 4},
      {"add [edi], eax", {0x01, 0x07}, true, true, 4},
      {"cmp [edi], eax", {0x39, 0x07}, true, false, 4},
      {"test [edi], eax", {0x85, 0x07}, true, false, 4},
      {"test dword [edi], 1", {0xf7, 0x07, 1, 0, 0, 0}, true, false, 4},
      {"xchg [edi], eax", {0x87, 0x07}, true, true, 4},
      {"lock cmpxchg [edi], ecx", {0xf0, 0x0f, 0xb1, 0x0f}, true, true, 4},
      {"cmpxchg8b [edi]", {0x0f, 0xc7, 0x0f}, true, true, 8},
      {"rol dword [edi], 3", {0xc1, 0x07, 0x03}, true, true, 4},
      {"rcr dword [edi], 1", {0xd1, 0x1f}, true, true, 4},
      {"setc [edi]", {0x0f, 0x92, 0x07}, false, true, 1},
      {"setg [edi]", {0x0f, 0x9f, 0x07}, false, true, 1},
      {"cmovc eax, [edi]", {0x0f, 0x42, 0x07}, true, false, 4},
      {"movzx eax, byte [edi]", {0x0f, 0xb6, 0x07}, true, false, 1},
      {"movups [edi], xmm0", {0x0f, 0x11, 0x07}, false, true, 16},
      {"movups xmm0, [edi]", {0x0f, 0x10, 0x07}, true, false, 16},
      {"movdqa [edi], xmm0", {0x66, 0x0f, 0x7f, 0x07}, false, true, 16},
      {"movsd [edi], xmm0", {0xf2, 0x0f, 0x11, 0x07}, false, true, 8},
      {"movq [edi], xmm0", {0x66, 0x0f, 0xd6, 0x07}, false, true, 8},
      {"movd [edi], xmm0", {0x66, 0x0f, 0x7e, 0x07}, false, true, 4},
      {"movlps [edi], xmm0", {0x0f, 0x13, 0x07}, false, true, 8},
      {"movnti [edi], eax", {0x0f, 0xc3, 0x07}, false, true, 4},
      {"addps xmm0, [edi]", {0x0f, 0x58, 0x07}, true, false, 16},
      {"stmxcsr [edi]", {0x0f, 0xae, 0x1f}, false, true, 4},
      {"ldmxcsr [edi]", {0x0f, 0xae, 0x17}, true, false, 4},
      {"fst dword [edi]", {0xd9, 0x17}, false, true, 4},
      {"fstp qword [edi]", {0xdd, 0x1f}, false, true, 8},
      {"fistp dword [edi]", {0xdb, 0x1f}, false, true, 4},
      {"fld qword [edi]", {0xdd, 0x07}, true, false, 8},
      {"fnstcw [edi]", {0xd9, 0x3f}, false, true, 2},
      {"fnstsw [edi]", {0xdd, 0x3f}, false, true, 2},
      {"fldcw [edi]", {0xd9, 0x2f}, true, false, 2},
      {"fnstenv [edi]", {0xd9, 0x37}, false, true, 28},
      {"fnsave [edi]", {0xdd, 0x37}, false, true, 108},
      {"frstor [edi]", {0xdd, 0x27}, true, false, 108},
      {"fxsave [edi]", {0x0f, 0xae, 0x07}, false, true, 512},
      {"fxrstor [edi]", {0x0f, 0xae, 0x0f}, true, false, 512},
      {"rep stosd", {0xf3, 0xab}, false, true, 4},
      {"scasw", {0x66, 0xaf}, true, false, 2},
  };
  OperandFinder finder;
  Registers registers;
  registers.edi = 0x12345678;
  for (const Expected& expected : all) {
    INFO(expected.text);
    const auto operands = finder.all(std::as_bytes(std::span(expected.code)), registers, {0});
    REQUIRE(operands.size() == 1);
    CHECK(operands[0].address.value == 0x12345678);
    CHECK(operands[0].reads == expected.reads);
    CHECK(operands[0].writes == expected.writes);
    CHECK(operands[0].size == expected.size);
  }
}

TEST_CASE("A string instruction reads here and writes there") {
  OperandFinder finder;
  Registers registers;
  registers.esi = 0x1000;
  registers.edi = 0x2000;
  constexpr uint8_t kMovs[] = {0xf3, 0xa5};
  const auto operands = finder.all(std::as_bytes(std::span(kMovs)), registers, {0});
  REQUIRE(operands.size() == 2);
  CHECK(operands[0].address.value == 0x1000);
  CHECK((operands[0].reads && !operands[0].writes));
  CHECK(operands[1].address.value == 0x2000);
  CHECK((operands[1].writes && !operands[1].reads));
}

}  // namespace
}  // namespace emu
