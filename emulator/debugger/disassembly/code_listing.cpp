#include "emulator/debugger/disassembly/code_listing.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <utility>

#include "emulator/debugger/expression/register_name.h"
#include "emulator/kernel/exceptions/instruction.h"

namespace emu::debugger {
namespace {

constexpr uint64_t kMostLines = 100'000;         // whatever a symbol says about a function's size
constexpr uint32_t kLongestWayBack = 64 * 1024;  // from a symbol to where ub ends

std::string hex_bytes(const std::vector<uint8_t>& bytes) {
  std::string text;
  for (const uint8_t byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

// Puts `name` where `operands` has the address in brackets, in the forms that the disassembler writes it.
bool replace_address(std::string& operands, uint32_t address, const std::string& name) {
  const std::array forms{fmt::format("0{:X}h", address), fmt::format("{:X}h", address),
                         fmt::format("{}", address)};
  for (const std::string& form : forms) {
    const size_t at = operands.find(form, operands.find('['));
    if (at == std::string::npos) continue;
    operands.replace(at, form.size(), name);
    return true;
  }
  return false;
}

}  // namespace

CodeListing::Decoded CodeListing::decode(mm::VirtualAddress at) const {
  std::array<uint8_t, kLongestInstruction> code{};
  const size_t read = memory_.read(at, std::as_writable_bytes(std::span(code)));
  const auto available = std::span(code).first(std::min(read, code.size()));
  Decoded decoded;
  decoded.instruction = disassembler_.decode(available, at);
  const size_t size = std::min<size_t>(decoded.size(), available.size());
  decoded.bytes.assign(code.begin(), code.begin() + static_cast<std::ptrdiff_t>(size));
  return decoded;
}

std::optional<Instruction> CodeListing::instruction_at(mm::VirtualAddress at) const {
  return decode(at).instruction;
}

std::string CodeListing::operands_of(const Instruction& instruction) const {
  std::string operands = instruction.operands;
  const auto address = instruction.target ? instruction.target : instruction.operand;
  if (!address) return operands;
  const std::string name = symbols_.describe(*address);
  std::string text =
      name.empty() ? fmt::format("{:08x}", address->value) : fmt::format("{} ({:08x})", name, address->value);
  if (instruction.target) return text;
  replace_address(operands, address->value, text);
  return operands;
}

std::string CodeListing::text_of(const Decoded& decoded, mm::VirtualAddress at) const {
  if (decoded.bytes.empty()) return fmt::format("{:08x} {:<15} ???", at.value, "??");
  const std::string bytes = hex_bytes(decoded.bytes);
  if (!decoded.instruction) return fmt::format("{:08x} {:<15} ???", at.value, bytes);
  const std::string operands = operands_of(*decoded.instruction);
  const std::string& mnemonic = decoded.instruction->mnemonic;
  if (operands.empty()) return fmt::format("{:08x} {:<15} {}", at.value, bytes, mnemonic);
  return fmt::format("{:08x} {:<15} {:<7} {}", at.value, bytes, mnemonic, operands);
}

std::string CodeListing::operand_text(mm::VirtualAddress at, const ExpressionContext& registers) const {
  const auto instruction = instruction_at(at);
  if (!instruction || !instruction->memory) return "";
  const MemoryOperand& operand = *instruction->memory;
  const auto value = [&](const std::string& name) {
    return static_cast<uint32_t>(name.empty() ? 0 : read_register(registers, name).value_or(0));
  };
  const uint32_t offset = value(operand.base) + value(operand.index) * operand.scale + operand.displacement;
  std::string place = fmt::format(" {}:{:04x}:{:08x}", operand.segment, value(operand.segment), offset);
  // FS is the one segment whose base is not 0.
  const uint32_t base = operand.segment == "fs" ? value("$teb") : 0;
  std::array<std::byte, 8> bytes{};
  if (operand.size > bytes.size()) return place;
  const mm::VirtualAddress from{base + offset};
  if (memory_.read(from, std::span(bytes).first(operand.size)) != operand.size)
    return place + "=" + std::string(size_t{2} * operand.size, '?');
  uint64_t content = 0;
  std::memcpy(&content, bytes.data(), sizeof content);
  const bool transfers = instruction->flow == Flow::Call || instruction->flow == Flow::Jump;
  if (transfers && operand.size == sizeof(uint32_t)) {
    const auto to = static_cast<uint32_t>(content);
    const std::string name = symbols_.describe({to});
    if (!name.empty()) return fmt::format("{}={{{} ({:08x})}}", place, name, to);
  }
  return fmt::format("{}={:0{}x}", place, content, size_t{2} * operand.size);
}

std::string CodeListing::line(mm::VirtualAddress at) const { return text_of(decode(at), at); }

std::string CodeListing::heading(mm::VirtualAddress at) const {
  const std::string name = symbols_.describe(at);
  const auto source = symbols_.source_at(at);
  if (!source) return name.empty() ? "" : name + ":";
  return fmt::format("{} [{} @ {}]:", name, source->file, source->line);
}

template <class Wanted>
CodeText CodeListing::list(mm::VirtualAddress from, Wanted wanted) const {
  CodeText text{{}, from};
  std::optional<SourcePosition> previous;
  for (uint64_t done = 0; done < kMostLines && wanted(text.next, done); ++done) {
    const auto source = symbols_.source_at(text.next);
    const auto symbol = symbols_.nearest(text.next);
    const bool another_line = source && !(previous && previous->same_line(*source));
    const bool begins = symbol && symbol->displacement == 0;
    if (done == 0 || another_line || begins)
      if (std::string head = heading(text.next); !head.empty()) text.lines.push_back(std::move(head));
    previous = source;
    const Decoded decoded = decode(text.next);
    text.lines.push_back(text_of(decoded, text.next));
    if (decoded.bytes.empty()) break;
    const mm::VirtualAddress next = text.next + decoded.size();
    if (next < text.next) break;  // the end of the address space
    text.next = next;
  }
  return text;
}

CodeText CodeListing::forward(mm::VirtualAddress from, uint64_t count) const {
  return list(from, [&](mm::VirtualAddress, uint64_t done) { return done < count; });
}

CodeText CodeListing::until(mm::VirtualAddress from, mm::VirtualAddress last) const {
  return list(from, [&](mm::VirtualAddress at, uint64_t) { return at <= last; });
}

CodeText CodeListing::function(mm::VirtualAddress inside) const {
  if (const auto range = symbols_.function_at(inside))
    return list(range->begin, [&](mm::VirtualAddress at, uint64_t) { return at < range->end; });
  Flow previous = Flow::Next;
  return list(inside, [&](mm::VirtualAddress at, uint64_t) {
    if (previous == Flow::Return || previous == Flow::Jump) return false;
    const auto instruction = instruction_at(at);
    previous = instruction ? instruction->flow : Flow::Return;
    return true;
  });
}

// --- Backwards. x86 code cannot be read backwards: forward from a place that is known to be a boundary, or,
// when there is none, from every place before; wrong starts soon fall into step with the right one, so the
// boundary that most starts lead to is taken.

std::vector<mm::VirtualAddress> CodeListing::boundaries_from(mm::VirtualAddress begin,
                                                             mm::VirtualAddress end) const {
  std::vector<mm::VirtualAddress> boundaries;
  mm::VirtualAddress at = begin;
  while (at < end) {
    boundaries.push_back(at);
    at = at + decode(at).size();
  }
  return boundaries;
}

std::vector<mm::VirtualAddress> CodeListing::boundaries_by_votes(mm::VirtualAddress end,
                                                                 uint32_t count) const {
  const uint64_t window = uint64_t{kLongestInstruction} * (uint64_t{count} + 4);
  const uint32_t begin = end.value - static_cast<uint32_t>(std::min<uint64_t>(window, end.value));
  std::map<uint32_t, uint32_t> votes;                      // for a boundary: how many starts lead to it
  std::map<uint32_t, std::vector<uint32_t>> predecessors;  // instructions that end at it
  for (uint32_t at = begin; at < end.value; ++at) {
    const auto instruction = instruction_at({at});
    if (!instruction || instruction->end() > end) continue;
    predecessors[instruction->end().value].push_back(at);
    votes[instruction->end().value] += ++votes[at];
  }
  std::vector<mm::VirtualAddress> boundaries;
  for (uint32_t at = end.value; boundaries.size() < count;) {
    const auto& before = predecessors[at];
    if (before.empty()) break;
    at = *std::max_element(before.begin(), before.end(),
                           [&](uint32_t a, uint32_t b) { return votes[a] < votes[b]; });
    boundaries.push_back({at});
  }
  std::reverse(boundaries.begin(), boundaries.end());
  return boundaries;
}

// No instruction ends at `inside`: those before the nearest address behind it that one ends at.
std::vector<mm::VirtualAddress> CodeListing::boundaries_around(mm::VirtualAddress inside,
                                                               uint32_t count) const {
  for (uint32_t further = 1; further < kLongestInstruction; ++further) {
    auto boundaries = boundaries_by_votes(inside + further, count);
    if (!boundaries.empty() && boundaries.back() < inside) return boundaries;
  }
  return {};
}

CodeText CodeListing::backward(mm::VirtualAddress end, uint32_t count) const {
  count = std::min<uint32_t>(count, 4096);
  std::vector<mm::VirtualAddress> boundaries;
  const auto known = end.value == 0 ? std::nullopt : symbols_.function_at({end.value - 1});
  if (known && end.value - known->begin.value <= kLongestWayBack)
    boundaries = boundaries_from(known->begin, end);
  if (boundaries.empty()) boundaries = boundaries_by_votes(end, count);
  if (boundaries.empty()) boundaries = boundaries_around(end, count);
  if (boundaries.empty() || count == 0) return {{}, end};
  const size_t skipped = boundaries.size() > count ? boundaries.size() - count : 0;
  return until(boundaries[skipped], {end.value - 1});
}

}  // namespace emu::debugger
