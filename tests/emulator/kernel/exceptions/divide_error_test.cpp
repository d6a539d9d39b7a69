#include "emulator/kernel/exceptions/divide_error.h"

#include <catch2/catch_test_macros.hpp>
#include <vector>

namespace emu {
namespace {

constexpr mm::VirtualAddress kTeb{0x7FFDE000};
constexpr Registers kRegisters{.eax = 0x11223344,
                               .ecx = 0x0000FF00,
                               .edx = 0x10,
                               .ebx = 0x00120034,
                               .esp = 0x1000,
                               .ebp = 0x2000,
                               .esi = 0x3000,
                               .edi = 0x4000};

std::optional<Divisor> decode(const std::vector<uint8_t>& code) { return divisor_of(code, kRegisters, kTeb); }
uint32_t value_of(const std::vector<uint8_t>& code) {
  const auto divisor = decode(code);
  REQUIRE(divisor);
  REQUIRE(divisor->place == Divisor::Place::Value);
  return divisor->value;
}
uint32_t address_of(const std::vector<uint8_t>& code) {
  const auto divisor = decode(code);
  REQUIRE(divisor);
  REQUIRE(divisor->place == Divisor::Place::Memory);
  return divisor->address.value;
}

// Encodings by NASM 2.16.
TEST_CASE("divisors in registers") {
  CHECK(value_of({0xF7, 0xF1}) == 0x0000FF00);        // div ecx
  CHECK(value_of({0xF7, 0xF8}) == 0x11223344);        // idiv eax
  CHECK(value_of({0x66, 0xF7, 0xF3}) == 0x0034);      // div bx
  CHECK(value_of({0xF6, 0xF1}) == 0x00);              // div cl
  CHECK(value_of({0xF6, 0xF5}) == 0xFF);              // div ch
  CHECK(value_of({0xF6, 0xFC}) == 0x33);              // idiv ah
  CHECK(value_of({0x2E, 0xF2, 0xF7, 0xF2}) == 0x10);  // prefixes without effect: div edx
  CHECK(value_of({0xD4, 0x00}) == 0);                 // aam 0
}

TEST_CASE("divisors in memory") {
  CHECK(address_of({0xF7, 0x36}) == 0x3000);                                    // div dword [esi]
  CHECK(address_of({0xF7, 0x76, 0xFC}) == 0x2FFC);                              // div dword [esi-4]
  CHECK(address_of({0xF7, 0xBF, 0x00, 0x01, 0x00, 0x00}) == 0x4100);            // idiv dword [edi+256]
  CHECK(address_of({0xF7, 0x35, 0x78, 0x56, 0x34, 0x12}) == 0x12345678);        // div dword [0x12345678]
  CHECK(address_of({0xF7, 0x34, 0x24}) == 0x1000);                              // div dword [esp]
  CHECK(address_of({0xF7, 0x74, 0x95, 0x08}) == 0x2048);                        // div dword [ebp+edx*4+8]
  CHECK(address_of({0xF7, 0x34, 0x95, 0x00, 0x10, 0x00, 0x00}) == 0x1040);      // div dword [edx*4+4096]
  CHECK(address_of({0x64, 0xF7, 0x35, 0x34, 0x00, 0x00, 0x00}) == 0x7FFDE034);  // div dword [fs:0x34]
  CHECK(address_of({0x67, 0xF7, 0x70, 0x04}) == 0x3038);                        // div dword [bx+si+4]
  CHECK(address_of({0x67, 0xF7, 0x36, 0x34, 0x12}) == 0x1234);                  // div dword [word 0x1234]
  CHECK(address_of({0x67, 0xF7, 0xB6, 0x00, 0xF0}) == 0x1000);                  // div dword [bp+0xf000]
  CHECK(decode({0x66, 0xF7, 0x36})->bytes == 2);
  CHECK(decode({0xF6, 0x36})->bytes == 1);
}

TEST_CASE("other instructions, and ones that are cut off, have no divisor") {
  CHECK_FALSE(decode({0xF7, 0xE1}));  // mul ecx
  CHECK_FALSE(decode({0xF7, 0xD1}));  // not ecx
  CHECK_FALSE(decode({0x90}));
  CHECK_FALSE(decode({}));
  CHECK_FALSE(decode({0xF7}));
  CHECK_FALSE(decode({0xF7, 0x35, 0x78}));
  CHECK_FALSE(decode({0x66, 0x66, 0x66}));
  CHECK_FALSE(decode({0xD4}));
}

}  // namespace
}  // namespace emu
