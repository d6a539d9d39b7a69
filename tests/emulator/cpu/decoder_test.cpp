#include "emulator/cpu/decoder.h"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

namespace emu {
namespace {

std::vector<std::byte> bytes(std::initializer_list<int> values) {
  std::vector<std::byte> result;
  for (const int value : values) result.push_back(static_cast<std::byte>(value));
  return result;
}

// Encodings: Intel SDM volume 2.
TEST_CASE("The decoder gives the instruction at the beginning, as if it lay at the address", "[decoder]") {
  Decoder decoder;
  const cs_insn* jump = decoder.decode(bytes({0xEB, 0x10, 0x90}), {0x401000});  // JMP rel8
  REQUIRE(jump != nullptr);
  CHECK(jump->size == 2);
  CHECK(std::string(jump->op_str) == "0x401012");
  CHECK(decoder.in_group(CS_GRP_JUMP));
  CHECK_FALSE(decoder.loops());
  REQUIRE(decoder.decode(bytes({0xE2, 0xFE})) != nullptr);  // LOOP rel8
  CHECK(decoder.loops());
}

TEST_CASE("What goes on beyond the bytes, or is no instruction, is none", "[decoder]") {
  Decoder decoder;
  CHECK(decoder.decode(bytes({})) == nullptr);
  CHECK(decoder.decode(bytes({0xB8, 0x01, 0x02})) == nullptr);        // MOV EAX, imm32
  CHECK(decoder.decode(bytes({0x0F, 0x04, 0x90, 0x90})) == nullptr);  // no opcode
}

TEST_CASE("The decoder tells what an instruction writes, and registers' names", "[decoder]") {
  Decoder decoder;
  REQUIRE(decoder.decode(bytes({0x89, 0xE5})) != nullptr);  // MOV EBP, ESP
  CHECK(decoder.writes(X86_REG_EBP));
  CHECK_FALSE(decoder.writes(X86_REG_ESP));
  CHECK(std::string(decoder.register_name(X86_REG_EBP)) == "ebp");
  CHECK(std::string(decoder.register_name(X86_REG_INVALID)).empty());
}

TEST_CASE("Each decoder writes in its own syntax", "[decoder]") {
  Decoder intel, masm(Decoder::Syntax::Masm);
  const auto code = bytes({0xB8, 0xFF, 0x00, 0x00, 0x00});  // MOV EAX, 255
  CHECK(std::string(intel.decode(code)->op_str) == "eax, 0xff");
  CHECK(std::string(masm.decode(code)->op_str) == "eax, 0ffh");
}

}  // namespace
}  // namespace emu
