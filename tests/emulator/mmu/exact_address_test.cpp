// The exact byte of a refused access, for every way in which an instruction names memory. The expected
// addresses follow from the instruction's description in Intel SDM volume 2.
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "tests/emulator/cpu/test_guest.h"

namespace emu::test {
namespace {

constexpr uint32_t kCode = 0x400000, kGood = 0x500000,
                   kBad = 0x700000;  // kBad: one absent page, its neighbours are there

struct Expectation {
  std::string name;
  std::vector<uint8_t> code;
  Registers registers;
  uint32_t address;
  mm::Access access;
};

Registers with(std::initializer_list<std::pair<uint32_t Registers::*, uint32_t>> values) {
  Registers registers;
  registers.esp = registers.ebp = registers.esi = registers.edi = registers.ebx = kGood + 0x800;
  for (const auto& [field, value] : values) registers.*field = value;
  return registers;
}

using R = Registers;
constexpr auto kRead = mm::Access::Read, kWrite = mm::Access::Write;

const Expectation kTable[] = {
    {"mov eax, [edi+0x10]", {0x8b, 0x47, 0x10}, with({{&R::edi, kBad + 0x20}}), kBad + 0x30, kRead},
    {"mov [ebx+ecx*4+disp]",
     {0x89, 0x84, 0x8b, 0x78, 0x56, 0x34, 0x12},
     with({{&R::ebx, kBad - 0x12345678}, {&R::ecx, 5}}),
     kBad + 20,
     kWrite},
    {"mov al, [ebp]", {0x8a, 0x45, 0x00}, with({{&R::ebp, kBad + 0xfff}}), kBad + 0xfff, kRead},
    {"mov eax, [abs]", {0xa1, 0x44, 0, 0x70, 0}, with({}), kBad + 0x44, kRead},
    {"load across the start of the page", {0x8b, 0x07}, with({{&R::edi, kBad - 2}}), kBad, kRead},
    {"load across the end of the page", {0x8b, 0x07}, with({{&R::edi, kBad + 0xffe}}), kBad + 0xffe, kRead},
    {"store across the start of the page", {0x66, 0x89, 0x07}, with({{&R::edi, kBad - 1}}), kBad, kWrite},
    {"movups load across", {0x0f, 0x10, 0x07}, with({{&R::edi, kBad - 7}}), kBad, kRead},
    {"movups store", {0x0f, 0x11, 0x07}, with({{&R::edi, kBad + 0x10}}), kBad + 0x10, kWrite},
    {"push eax", {0x50}, with({{&R::esp, kBad + 0x104}}), kBad + 0x100, kWrite},
    {"push eax across", {0x50}, with({{&R::esp, kBad + 2}}), kBad, kWrite},
    {"push ax", {0x66, 0x50}, with({{&R::esp, kBad + 0x102}}), kBad + 0x100, kWrite},
    {"push [mem] reads", {0xff, 0x37}, with({{&R::edi, kBad + 8}}), kBad + 8, kRead},
    {"push [mem] writes", {0xff, 0x37}, with({{&R::esp, kBad + 8}}), kBad + 4, kWrite},
    {"pop eax", {0x58}, with({{&R::esp, kBad + 0x40}}), kBad + 0x40, kRead},
    {"pop [mem] writes", {0x8f, 0x07}, with({{&R::edi, kBad + 0x44}}), kBad + 0x44, kWrite},
    {"pop [esp] uses the new ESP", {0x8f, 0x04, 0x24}, with({{&R::esp, kBad - 4}}), kBad, kWrite},
    {"pushf", {0x9c}, with({{&R::esp, kBad + 0x40}}), kBad + 0x3c, kWrite},
    {"popf", {0x9d}, with({{&R::esp, kBad + 0x40}}), kBad + 0x40, kRead},
    {"pusha", {0x60}, with({{&R::esp, kBad + 0x1008}}), kBad + 0xffc, kWrite},
    {"popa", {0x61}, with({{&R::esp, kBad - 8}}), kBad, kRead},
    {"call rel32", {0xe8, 0, 0, 0, 0}, with({{&R::esp, kBad + 4}}), kBad, kWrite},
    {"call [mem] reads", {0xff, 0x17}, with({{&R::edi, kBad + 0xc}}), kBad + 0xc, kRead},
    {"ret", {0xc3}, with({{&R::esp, kBad + 0xff0}}), kBad + 0xff0, kRead},
    {"ret 8", {0xc2, 8, 0}, with({{&R::esp, kBad + 0xff4}}), kBad + 0xff4, kRead},
    {"leave", {0xc9}, with({{&R::ebp, kBad + 0x20}}), kBad + 0x20, kRead},
    {"enter 8, 0", {0xc8, 8, 0, 0}, with({{&R::esp, kBad + 0x24}}), kBad + 0x20, kWrite},
    {"enter 8, 2 reads the frame", {0xc8, 8, 0, 2}, with({{&R::ebp, kBad + 0x24}}), kBad + 0x20, kRead},
    {"movsb reads", {0xa4}, with({{&R::esi, kBad + 3}}), kBad + 3, kRead},
    {"movsb writes", {0xa4}, with({{&R::edi, kBad + 5}}), kBad + 5, kWrite},
    {"rep movsd reads", {0xf3, 0xa5}, with({{&R::esi, kBad + 3}, {&R::ecx, 9}}), kBad + 3, kRead},
    {"rep movsd from the page before", {0xf3, 0xa5}, with({{&R::esi, kBad - 8}, {&R::ecx, 9}}), kBad, kRead},
    {"rep stosd down",
     {0xfd, 0xf3, 0xab},
     with({{&R::edi, kBad + 0x1004}, {&R::ecx, 9}}),
     kBad + 0xffc,
     kWrite},
    {"stosw", {0x66, 0xab}, with({{&R::edi, kBad + 7}}), kBad + 7, kWrite},
    {"lodsd fs:", {0x64, 0xad}, with({{&R::esi, 0x10}}), kBad + 0x110, kRead},
    {"cmpsb at esi", {0xa6}, with({{&R::esi, kBad + 9}}), kBad + 9, kRead},
    {"cmpsb at edi", {0xa6}, with({{&R::edi, kBad + 11}}), kBad + 11, kRead},
    {"repne scasb",
     {0xf2, 0xae},
     with({{&R::edi, kBad + 1}, {&R::ecx, 5}, {&R::eax, 0xff}}),
     kBad + 1,
     kRead},
    {"xlat", {0xd7}, with({{&R::ebx, kBad}, {&R::eax, 0x1234}}), kBad + 0x34, kRead},
    {"fs: load", {0x64, 0xa1, 0x18, 0, 0, 0}, with({}), kBad + 0x118, kRead},
    {"fs:[ecx] store", {0x64, 0x89, 0x01}, with({{&R::ecx, 0x20}}), kBad + 0x120, kWrite},
    {"bt [mem], reg", {0x0f, 0xa3, 0x0f}, with({{&R::edi, kBad}, {&R::ecx, 100}}), kBad + 12, kRead},
    {"bts [mem], negative",
     {0x0f, 0xab, 0x0f},
     with({{&R::edi, kBad + 0x1004}, {&R::ecx, 0xffffffdf}}),
     kBad + 0xffc,
     kWrite},
    {"bt word", {0x66, 0x0f, 0xa3, 0x0f}, with({{&R::edi, kBad}, {&R::ecx, 33}}), kBad + 4, kRead},
    {"bt [mem], imm", {0x0f, 0xba, 0x27, 9}, with({{&R::edi, kBad + 0x14}}), kBad + 0x14, kRead},
    {"add [mem], eax", {0x01, 0x07}, with({{&R::edi, kBad + 0x14}}), kBad + 0x14, kWrite},
    {"lock xadd", {0xf0, 0x0f, 0xc1, 0x07}, with({{&R::edi, kBad + 0x18}}), kBad + 0x18, kWrite},
    {"fxsave", {0x0f, 0xae, 0x07}, with({{&R::edi, kBad + 0x40}}), kBad + 0x23f, kWrite},
    {"fxsave from the page before", {0x0f, 0xae, 0x07}, with({{&R::edi, kBad - 0x100}}), kBad + 0xff, kWrite},
    {"fxsave into the page behind",
     {0x0f, 0xae, 0x07},
     with({{&R::edi, kBad + 0xf00}}),
     kBad + 0xf00,
     kWrite},
    {"fnsave across", {0xdd, 0x37}, with({{&R::edi, kBad - 0x60}}), kBad, kWrite},
    {"fnstenv", {0xd9, 0x37}, with({{&R::edi, kBad + 4}}), kBad + 4, kWrite},
    {"fstp tword", {0xd9, 0xe8, 0xdb, 0x3f}, with({{&R::edi, kBad + 0x21}}), kBad + 0x21, kWrite},
    {"fstp tword across", {0xd9, 0xe8, 0xdb, 0x3f}, with({{&R::edi, kBad - 9}}), kBad, kWrite},
    {"fld qword", {0xdd, 0x07}, with({{&R::edi, kBad + 0x28}}), kBad + 0x28, kRead},
    {"movq [mem], xmm0", {0x66, 0x0f, 0xd6, 0x07}, with({{&R::edi, kBad + 0x30}}), kBad + 0x30, kWrite},
    {"16-bit addressing", {0x67, 0x8b, 0x05}, with({{&R::edi, kBad}}), 0, kRead},
    {"jmp [mem]", {0xff, 0x27}, with({{&R::edi, kBad + 0x50}}), kBad + 0x50, kRead},
    {"test [mem], imm", {0xf6, 0x07, 1}, with({{&R::edi, kBad + 0x55}}), kBad + 0x55, kRead},
    {"div [mem]", {0xf7, 0x37}, with({{&R::edi, kBad + 0x58}}), kBad + 0x58, kRead},
    {"movzx", {0x0f, 0xb6, 0x07}, with({{&R::edi, kBad + 0x59}}), kBad + 0x59, kRead},
    {"setz", {0x0f, 0x94, 0x07}, with({{&R::edi, kBad + 0x5a}}), kBad + 0x5a, kWrite},
    {"maskmovdqu",
     {0x66, 0x0f, 0xef, 0xc0, 0x66, 0x0f, 0x76, 0xc9, 0x66, 0x0f, 0xf7, 0xc1},
     with({{&R::edi, kBad + 0x60}}),
     kBad + 0x60,
     kWrite},
};

TEST_CASE("A refused access names the exact byte") {
  for (const Expectation& expected : kTable) {
    CAPTURE(expected.name);
    TestGuest guest;
    guest.map(kCode);
    guest.map(kGood);
    guest.map(kBad - 0x1000);
    guest.map(kBad + 0x1000);
    std::fill(guest.at(kCode), guest.at(kCode) + 0x100, std::byte{0xcc});
    guest.load(kCode, expected.code);
    guest.cpu.set_teb(mm::VirtualAddress{kBad + 0x100});
    Registers registers = expected.registers;
    registers.eip = kCode;
    guest.cpu.set_registers(registers);
    CHECK(guest.cpu.run() == Stop{StopReason::FaultRefused});
    const RefusedFault& refused = guest.mmu.refused_fault();
    CHECK(refused.fault.address.value == expected.address);
    CHECK(refused.fault.access == expected.access);
    CHECK(refused.instruction.value >= kCode);
  }
}

}  // namespace
}  // namespace emu::test
