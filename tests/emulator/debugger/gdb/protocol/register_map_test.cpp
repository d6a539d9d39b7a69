// Register numbers and sizes: GDB manual, G.5.8 "i386 Features" in the order of its standard features; where
// FXSAVE keeps them: Intel SDM volume 1, table 10-2.
#include "emulator/debugger/gdb/protocol/register_map.h"

#include <catch2/catch_test_macros.hpp>
#include <cstring>

#include "emulator/debugger/gdb/protocol/target_description.h"

namespace emu::debugger::gdb::test {
namespace {

ThreadRegisters sample() {
  ThreadRegisters registers;
  registers.integer.eax = 0x11223344;
  registers.integer.eip = 0x401000;
  registers.integer.gs = 0x2b;
  auto& image = registers.floating->fxsave;
  image[4] = std::byte{0x80};  // abridged tags: only register 7 is in use
  image[3] = std::byte{0x38};  // status: TOP = 7, so that is ST(0)
  const unsigned char one[] = {0, 0, 0, 0, 0, 0, 0, 0x80, 0xff, 0x3f};  // 1.0
  std::memcpy(image.data() + 32, one, sizeof one);
  image[160 + 3 * 16] = std::byte{0xab};  // xmm3's lowest byte
  return registers;
}

TEST_CASE("gdb: registers lie where GDB counts them") {
  const auto descriptions = register_descriptions();
  REQUIRE(descriptions.size() == 41);
  uint32_t bytes = 0;
  for (const auto& description : descriptions) bytes += description.bytes;
  CHECK(bytes == 16 * 4 + 8 * 10 + 8 * 4 + 8 * 16 + 4);
  CHECK(descriptions[8].name == "eip");
  CHECK(descriptions[9].name == "eflags");
  CHECK(descriptions[15].name == "gs");
  CHECK(descriptions[23].name == "st7");
  CHECK(descriptions[31].name == "fop");
  CHECK(descriptions[39].name == "xmm7");
  CHECK(descriptions[40].name == "mxcsr");
}

TEST_CASE("gdb: values are in the guest's byte order") {
  const ThreadRegisters registers = sample();
  CHECK(register_text(registers, 0) == "44332211");
  CHECK(register_text(registers, 8) == "00104000");
  CHECK(register_text(registers, 15) == "2b000000");
  CHECK(register_text(registers, 16) == "0000000000000080ff3f");
  CHECK(register_text(registers, 24) == "7f020000");  // 53 bits, as threads begin
  CHECK(register_text(registers, 25) == "00380000");
  CHECK(register_text(registers, 26) == "ff3f0000");  // seven are empty (11), the top one is valid (00)
  CHECK(register_text(registers, 35) == "ab000000000000000000000000000000");
  CHECK(register_text(registers, 40) == "801f0000");
  CHECK_FALSE(register_text(registers, 41));
}

TEST_CASE("gdb: all registers are one after the other") {
  const std::string all = all_registers_text(sample());
  CHECK(all.size() == size_t{2} * 308);
  CHECK(all.starts_with("44332211"));
  CHECK(all.ends_with("801f0000"));
}

TEST_CASE("gdb: what is written can be read, and nothing else changes") {
  for (uint32_t number = 0; number < register_descriptions().size(); ++number) {
    CAPTURE(number);
    ThreadRegisters registers = sample();
    ThreadRegisters before = registers;
    std::string value(size_t{2} * register_descriptions()[number].bytes, '0');
    value[1] = '1';
    REQUIRE(set_register(registers, number, value));
    // The tag word is made anew from the values: a tag of 01 (zero) on a register that is not says "in use".
    if (number != 26) CHECK(register_text(registers, number) == value);
    for (uint32_t other = 0; other < register_descriptions().size(); ++other)
      if (other != number && other != 26)  // tags follow values
        CHECK(register_text(registers, other) == register_text(before, other));
  }
}

TEST_CASE("gdb: a value of the wrong size or form changes nothing") {
  ThreadRegisters registers = sample();
  for (const char* text : {"", "00", "0011223", "001122334455", "0011223g", "xxxxxxxx"}) {
    CAPTURE(text);
    CHECK_FALSE(set_register(registers, 0, text));
  }
  CHECK_FALSE(set_register(registers, 41, "00000000"));
  CHECK(registers == sample());
}

TEST_CASE("gdb: all registers go back as they came") {
  ThreadRegisters registers;
  REQUIRE(set_all_registers(registers, all_registers_text(sample())));
  CHECK(registers == sample());
}

TEST_CASE("gdb: x's leave a register alone, and a shorter packet the last ones") {
  ThreadRegisters registers = sample();
  REQUIRE(set_all_registers(registers, "xxxxxxxx07000000"));
  ThreadRegisters expected = sample();
  expected.integer.ecx = 7;
  CHECK(registers == expected);
}

TEST_CASE("gdb: a half register, or one too many, changes nothing") {
  ThreadRegisters registers = sample();
  CHECK_FALSE(set_all_registers(registers, "010000000200"));
  CHECK_FALSE(set_all_registers(registers, all_registers_text(sample()) + "00"));
  CHECK(registers == sample());
}

TEST_CASE("gdb: registers that are not to be had are x's") {
  ThreadRegisters registers = sample();
  registers.floating.reset();
  CHECK(register_text(registers, 16) == std::string(20, 'x'));
  CHECK(register_text(registers, 24) == "xxxxxxxx");
  CHECK(register_text(registers, 40) == "xxxxxxxx");
  CHECK(register_text(registers, 0) == "44332211");
  CHECK_FALSE(set_register(registers, 40, "801f0000"));
}

TEST_CASE("gdb: the description names every register once") {
  const std::string& xml = target_description();
  CHECK(xml.find("<architecture>i386</architecture>") != std::string::npos);
  CHECK(xml.find("org.gnu.gdb.i386.core") != std::string::npos);
  CHECK(xml.find("org.gnu.gdb.i386.sse") != std::string::npos);
  for (const auto& description : register_descriptions()) {
    const std::string reg = "<reg name=\"" + std::string(description.name) + "\"";
    const size_t first = xml.find(reg);
    CHECK(first != std::string::npos);
    CHECK(xml.find(reg, first + 1) == std::string::npos);
  }
}

}  // namespace
}  // namespace emu::debugger::gdb::test
