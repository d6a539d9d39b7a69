#include "emulator/kernel/exceptions/instruction.h"

#include <catch2/catch_test_macros.hpp>
#include <vector>

namespace emu {
namespace {

TEST_CASE("privileged instructions are told from others, prefixes or not") {
  const auto privileged = [](std::vector<uint8_t> code) { return is_privileged_instruction(code); };
  CHECK(privileged({0xF4}));
  CHECK(privileged({0xF3, 0x6C}));              // rep insb
  CHECK(privileged({0x66, 0xE5, 0x10}));        // in ax,10h
  CHECK(privileged({0x0F, 0x22, 0xD8}));        // mov cr3,eax
  CHECK(privileged({0x0F, 0x01, 0x3B}));        // invlpg [ebx]
  CHECK(privileged({0x0F, 0x30}));              // wrmsr
  CHECK_FALSE(privileged({0x0F, 0x01, 0x03}));  // sgdt [ebx]
  CHECK_FALSE(privileged({0x8E, 0xD8}));        // mov ds,ax
  CHECK_FALSE(privileged({0x0F, 0x31}));        // rdtsc
  CHECK_FALSE(privileged({0x0F}));
  CHECK_FALSE(privileged({0x66, 0x66}));
  CHECK_FALSE(privileged({}));
}

}  // namespace
}  // namespace emu
