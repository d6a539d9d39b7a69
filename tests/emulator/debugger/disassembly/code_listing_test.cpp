#include "emulator/debugger/disassembly/code_listing.h"

#include <catch2/catch_test_macros.hpp>
#include <cstring>

namespace emu::debugger {
namespace {

using Lines = std::vector<std::string>;

// Code at 00401000; nothing else can be read.
class CodeMemory final : public MemoryView {
 public:
  static constexpr uint32_t kBegin = 0x00401000;

  explicit CodeMemory(std::vector<uint8_t> code) : code_(std::move(code)) {}

  size_t read(mm::VirtualAddress from, std::span<std::byte> to) const override {
    const uint64_t offset = uint64_t{from.value} - kBegin;
    if (offset >= code_.size()) return 0;
    const size_t count = std::min<size_t>(to.size(), code_.size() - offset);
    std::memcpy(to.data(), code_.data() + offset, count);
    return count;
  }

 private:
  std::vector<uint8_t> code_;
};

const SymbolTable kNoSymbols;
constexpr mm::VirtualAddress kBegin{CodeMemory::kBegin};

// Encodings from the Intel SDM, volume 2; the text is WinDbg's.
const CodeMemory kCode({0x8B, 0xFF,                    // mov edi, edi
                        0x55,                          // push ebp
                        0x8B, 0xEC,                    // mov ebp, esp
                        0x83, 0xEC, 0x1C,              // sub esp, 1Ch
                        0x8B, 0x45, 0x08,              // mov eax, [ebp + 8]
                        0xA1, 0x00, 0x30, 0x40, 0x00,  // mov eax, [403000h]
                        0xE8, 0xEB, 0xFF, 0xFF, 0xFF,  // call to 00401000
                        0x75, 0xFE,                    // jne to itself
                        0xC2, 0x08, 0x00});            // ret 8

TEST_CASE("code is listed as WinDbg lists it") {
  const CodeText text = CodeListing(kCode, kNoSymbols).forward(kBegin, 9);
  CHECK(text.lines ==
        Lines{"00401000 8bff            mov     edi,edi", "00401002 55              push    ebp",
              "00401003 8bec            mov     ebp,esp", "00401005 83ec1c          sub     esp,1Ch",
              "00401008 8b4508          mov     eax,dword ptr [ebp+8]",
              "0040100b a100304000      mov     eax,dword ptr [00403000]",
              "00401010 e8ebffffff      call    00401000", "00401015 75fe            jne     00401015",
              "00401017 c20800          ret     8"});
  CHECK(text.next.value == 0x0040101a);
}

TEST_CASE("a listing ends where memory does") {
  const CodeText text = CodeListing(kCode, kNoSymbols).forward({0x00401017}, 9);
  CHECK(text.lines == Lines{"00401017 c20800          ret     8", "0040101a ??              ???"});
  CHECK(CodeListing(kCode, kNoSymbols).forward({0xFFFFFFFF}, 9).lines.size() == 1);
}

TEST_CASE("bytes that are no instruction are shown one by one") {
  const CodeMemory code({0x0F, 0xFF, 0x90});
  const Lines lines = CodeListing(code, kNoSymbols).forward(kBegin, 1).lines;
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].substr(0, 8) == "00401000");
}

TEST_CASE("code is listed backwards without symbols") {
  const CodeListing listing(kCode, kNoSymbols);
  CHECK(listing.backward({0x00401017}, 2).lines ==
        Lines{"00401010 e8ebffffff      call    00401000", "00401015 75fe            jne     00401015"});
  CHECK(listing.backward(kBegin, 8).lines.empty());
  CHECK(listing.backward({0}, 8).lines.empty());
}

TEST_CASE("a function without a name ends with its return") {
  CHECK(CodeListing(kCode, kNoSymbols).function(kBegin).lines.size() == 9);
}

TEST_CASE("an instruction tells where it goes and what it does to the stack") {
  const CodeListing listing(kCode, kNoSymbols);
  CHECK(listing.instruction_at({0x00401002})->stack_change == -4);
  CHECK(listing.instruction_at({0x00401003})->writes_ebp);
  CHECK(listing.instruction_at({0x00401005})->stack_change == -0x1C);
  CHECK(listing.instruction_at({0x00401010})->flow == Flow::Call);
  CHECK(listing.instruction_at({0x00401010})->target == kBegin);
  CHECK(listing.instruction_at({0x00401015})->flow == Flow::Branch);
  CHECK(listing.instruction_at({0x00401017})->flow == Flow::Return);
  CHECK(!listing.instruction_at({0x0040101a}));
}

}  // namespace
}  // namespace emu::debugger
