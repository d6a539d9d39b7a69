// A thread and a process with fixed content, for tests of expressions.
#pragma once

#include <fmt/core.h>

#include <array>
#include <cstring>
#include <map>
#include <string>

#include "emulator/debugger/expression/expression_context.h"

namespace emu::debugger::test {

// Sixteen bytes at 00402000: 78 56 34 12 f0 de bc 9a 00 ...
class FixedMemory final : public MemoryView {
 public:
  static constexpr uint32_t kBegin = 0x00402000;

  size_t read(mm::VirtualAddress from, std::span<std::byte> to) const override {
    const uint64_t offset = uint64_t{from.value} - kBegin;
    if (offset >= bytes_.size()) return 0;
    const size_t count = std::min<size_t>(to.size(), bytes_.size() - offset);
    std::memcpy(to.data(), bytes_.data() + offset, count);
    return count;
  }

 private:
  std::array<uint8_t, 16> bytes_{0x78, 0x56, 0x34, 0x12, 0xF0, 0xDE, 0xBC, 0x9A};
};

class FixedContext final : public ExpressionContext {
 public:
  std::optional<uint64_t> read_register(std::string_view name) const override {
    static const std::map<std::string, uint64_t, std::less<>> kRegisters{
        {"eax", 0x11223344}, {"ebx", 0xFFFFFFFF},  {"esp", 0x00402000},
        {"eip", 0x00401234}, {"efl", 0x00000246},  {"cs", 0x1b},
        {"$ra", 0x00405678}, {"$peb", 0x7FFD0000}, {"$t0", 0x180000000}};
    const auto found = kRegisters.find(name);
    return found == kRegisters.end() ? std::nullopt : std::optional(found->second);
  }
  const MemoryView& memory() const override { return memory_; }
  tl::expected<uint32_t, std::string> resolve_symbol(std::string_view text) const override {
    if (text == "main" || text == "hello!main" || text == "!add") return 0x00401500;
    if (text == "hello.c:12" || text == "src/hello.c:12") return 0x00401510;
    if (text == "loop") return 0x00401600;
    return tl::unexpected(fmt::format("there is no symbol named {}", text));
  }

 private:
  FixedMemory memory_;
};

}  // namespace emu::debugger::test
