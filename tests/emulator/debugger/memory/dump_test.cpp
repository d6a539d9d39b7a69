// The layouts are those that Microsoft's page on "d, da, db, dc, dd, ..." prints.
#include "emulator/debugger/memory/dump.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/emulator/debugger/memory/byte_memory.h"

namespace emu::debugger::test {
namespace {

using mm::VirtualAddress;

constexpr VirtualAddress kAt{0x00401000};

// "MZ" and so on: the beginning of a PE file, then text.
ByteMemory program() {
  ByteMemory memory;
  memory.put(
      kAt, {0x4d, 0x5a, 0x90, 0x00, 0x03, 0x00, 0x00, 0x00, 0x04, 0x00, 0x00, 0x00, 0xff, 0xff, 0x00, 0x00});
  memory.put({kAt.value + 16}, {'H', 'e', 'l', 'l', 'o', 0, 'x'});
  memory.put({kAt.value + 32}, {'H', 0, 0xe9, 0, '!', 0, 0, 0});
  return memory;
}

TEST_CASE("db, dw, dd and dq have WinDbg's layouts", "[debugger]") {
  const ByteMemory memory = program();
  CHECK(dump(memory, kAt, DumpFormat::Bytes, 24).text ==
        "00401000  4d 5a 90 00 03 00 00 00-04 00 00 00 ff ff 00 00  MZ..............\n"
        "00401010  48 65 6c 6c 6f 00 78 00                          Hello.x.\n");
  CHECK(dump(memory, kAt, DumpFormat::Words, 9).text ==
        "00401000  5a4d 0090 0003 0000 0004 0000 ffff 0000\n00401010  6548\n");
  CHECK(dump(memory, kAt, DumpFormat::DoubleWords, 4).text ==
        "00401000  00905a4d 00000003 00000004 0000ffff\n");
  CHECK(dump(memory, kAt, DumpFormat::QuadWords, 2).text ==
        "00401000  00000003`00905a4d 0000ffff`00000004\n");
}

TEST_CASE("da and du stop at the zero, and say where to go on", "[debugger]") {
  const ByteMemory memory = program();
  const Dump ascii = dump(memory, kAt + 16, DumpFormat::Ascii, 256);
  CHECK(ascii.text == "00401010  \"Hello\"\n");
  CHECK(ascii.next == kAt + 22);
  CHECK(ascii.data["text"] == "Hello");
  const Dump wide = dump(memory, kAt + 32, DumpFormat::Unicode, 256);
  CHECK(wide.text == "00401020  \"H\xc3\xa9!\"\n");
  CHECK(wide.next == kAt + 40);
  CHECK(dump(memory, kAt + 21, DumpFormat::Ascii, 256).text == "00401015  \"\"\n");
}

TEST_CASE("Long strings are broken after 32 characters", "[debugger]") {
  ByteMemory memory;
  memory.put(kAt, std::vector<uint8_t>(40, 'a'));
  CHECK(dump(memory, kAt, DumpFormat::Ascii, 256).text ==
        "00401000  \"" + std::string(32, 'a') + "\"\n00401020  \"aaaaaaaa\"\n");
}

TEST_CASE("What cannot be read is shown as question marks", "[debugger]") {
  const ByteMemory memory = program();  // one page is there
  const VirtualAddress end{0x00402000};
  CHECK(dump(memory, {end.value - 4}, DumpFormat::Bytes, 8).text ==
        "00401ffc  00 00 00 00 ?? ?? ?? ??                          ....????\n");
  CHECK(dump(memory, {end.value - 2}, DumpFormat::DoubleWords, 2).text == "00401ffe  ???????? ????????\n");
  CHECK(dump(memory, end, DumpFormat::QuadWords, 1).text == "00402000  ????????`????????\n");
  CHECK(dump(memory, end, DumpFormat::Words, 2).text == "00402000  ???? ????\n");
  CHECK(dump(memory, end, DumpFormat::Ascii, 9).text == "00402000  \"?\"\n");
  const Json values = dump(memory, {end.value - 1}, DumpFormat::Bytes, 2).data["values"];
  CHECK(values == Json::array({0, nullptr}));
}

TEST_CASE("A dump ends with the address space, and has a limit", "[debugger]") {
  const ByteMemory memory;
  CHECK(dump(memory, {0xFFFFFFFE}, DumpFormat::Bytes, 16).text ==
        "fffffffe  ?? ??                                            ??\n");
  CHECK(dump(memory, {0xFFFFFFFE}, DumpFormat::DoubleWords, 1).text == "fffffffe  ????????\n");
  CHECK(dump(memory, kAt, DumpFormat::QuadWords, 0xFFFFFFFF).next.value == kAt.value + kMostDumped);
  CHECK(dump(memory, kAt, DumpFormat::Bytes, 0).text.empty());
}

TEST_CASE("Formats have their letters", "[debugger]") {
  for (const auto& [letter, size] :
       {std::pair{'b', 1u}, {'w', 2u}, {'d', 4u}, {'q', 8u}, {'a', 1u}, {'u', 2u}}) {
    const auto format = dump_format(letter);
    REQUIRE(format);
    CHECK(unit_size(*format) == size);
  }
  CHECK_FALSE(dump_format('z'));
}

}  // namespace
}  // namespace emu::debugger::test
