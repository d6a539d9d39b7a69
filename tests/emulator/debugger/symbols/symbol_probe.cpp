// Says what the debugger knows about an image, for comparison with other tools:
// tests/emulator/debugger/symbols/symbols.py.
//   symbol_probe IMAGE             answers commands from standard input; each answer ends with a line "."
//   symbol_probe IMAGE SEED COUNT  asks everything of COUNT damaged copies; survives, or the test fails
#include <fmt/core.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "emulator/debugger/disassembly/code_listing.h"
#include "emulator/debugger/symbols/location.h"
#include "emulator/debugger/symbols/symbol_table.h"
#include "emulator/debugger/types/type_listing.h"
#include "tests/emulator/debugger/symbols/image_memory.h"

namespace emu::debugger {
namespace {

std::vector<std::byte> read_file(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

std::string place_text(const tl::expected<Place, std::string>& place) {
  if (!place) return place.error();
  if (const auto* in_memory = std::get_if<InMemory>(&*place))
    return fmt::format("[{:08x}]", in_memory->address.value);
  if (const auto* known = std::get_if<KnownValue>(&*place)) return fmt::format("={:x}", known->value);
  return register_name(std::get<InRegister>(*place).number);
}

std::string rule_text(const RegisterRule& rule) {
  using Kind = RegisterRule::Kind;
  switch (rule.kind) {
    case Kind::Undefined: return "u";
    case Kind::SameValue: return "s";
    case Kind::AtCfaPlus: return fmt::format("c{:+}", rule.offset);
    case Kind::CfaPlus: return fmt::format("v{:+}", rule.offset);
    case Kind::InRegister: return fmt::format("{}{:+}", register_name(rule.reg), rule.offset);
    case Kind::AtExpression:
    case Kind::ExpressionValue: return "exp";
  }
  return "?";
}

class Probe {
 public:
  Probe(const std::string& path, const ModuleSymbols& symbols)
      : base_(symbols.image().preferred_base), symbols_(symbols), memory_(read_file(path), symbols.image()) {
    table_.add({{base_}, symbols.image().size, std::filesystem::path(path).filename(), path});
  }

  std::vector<std::string> answer(const std::string& line) {
    std::istringstream words(line);
    std::string command, first;
    uint32_t number = 0;
    words >> command >> first >> number;
    const uint32_t address = static_cast<uint32_t>(std::strtoul(first.c_str(), nullptr, 16));
    if (command == "names") return names();
    if (command == "near") return {table_.describe({address})};
    if (command == "find") return {found(first)};
    if (command == "match") return matches(first);
    if (command == "line") return {source(address)};
    if (command == "function") return {bounds(address)};
    if (command == "variables") return variables(address);
    if (command == "unwind") return {unwind(address)};
    if (command == "forward") return CodeListing(memory_, table_).forward({address}, number).lines;
    if (command == "backward") return CodeListing(memory_, table_).backward({address}, number).lines;
    if (command == "whole") return CodeListing(memory_, table_).function({address}).lines;
    if (command == "error") return {symbols_.debug_error()};
    return {"unknown command"};
  }

 private:
  std::vector<std::string> names() const {
    std::vector<std::string> lines;
    for (const Symbol& symbol : symbols_.symbols().symbols())
      lines.push_back(fmt::format("{:08x} {} {}", base_ + symbol.address, symbol.decorated, symbol.name));
    return lines;
  }
  std::string found(const std::string& name) const {
    const auto address = table_.resolve(name);
    return address ? fmt::format("{:08x}", address->value) : address.error();
  }
  std::vector<std::string> matches(const std::string& pattern) const {
    std::vector<std::string> lines;
    for (const SymbolMatch& match : table_.match(pattern))
      lines.push_back(fmt::format("{:08x} {}!{}", match.address.value, match.module, match.symbol.name));
    return lines;
  }
  std::string source(uint32_t address) const {
    const auto position = table_.source_at({address});
    return position ? fmt::format("{}:{}", position->file, position->line) : "?";
  }
  std::string bounds(uint32_t address) const {
    const auto range = table_.function_at({address});
    return range ? fmt::format("{:08x} {:08x}", range->begin.value, range->end.value) : "?";
  }
  std::string unwind(uint32_t address) const {
    const auto at = table_.unwind_row_at({address});
    if (!at) return "?";
    std::string text = fmt::format("{:08x} {}", base_ + at->row->range.begin, rule_text(at->row->cfa));
    for (const uint32_t i : {3u, 5u, 6u, 7u, 8u})  // ebx, ebp, esi, edi, eip
      text += fmt::format(" {}", rule_text(at->row->registers[i]));
    return text;
  }
  // With the CFA at 10000 and all registers 0.
  std::vector<std::string> variables(uint32_t address) const {
    LocationContext context;
    context.registers.fill(0);
    context.cfa = context.frame_base = 0x10000;
    std::vector<std::string> lines;
    for (const VariableAt& found : table_.variables_at({address})) {
      const auto place = found.location != nullptr
                             ? evaluate_location(*found.location, context)
                             : tl::expected<Place, std::string>(tl::unexpected<std::string>("nowhere"));
      const DebugVariable& v = *found.variable;
      lines.push_back(fmt::format("{} {} {} {} {}", v.kind == VariableKind::Parameter ? "parameter" : "local",
                                  v.name, v.type.size, place_text(place), v.type.name));
    }
    return lines;
  }

  uint32_t base_;
  const ModuleSymbols& symbols_;
  test::ImageMemory memory_;
  SymbolTable table_;
};

// Every type, opened as far as dt opens it, and as an object that lies at the image's beginning.
size_t list_types(const ModuleSymbols& symbols, const test::ImageMemory& memory) {
  const SymbolTable table;
  const ModuleLocation module{{symbols.image().preferred_base}, symbols.image().size, "image.exe", {}};
  size_t answers = symbols.types_error().size();
  for (const DebugType& type : symbols.types().all()) {
    ListingOptions options;
    options.depth = 3;
    options.elements.reset();
    TypeListing alone(module, symbols.types(), memory, table, options);
    alone.add(type, std::nullopt);
    TypeListing object(module, symbols.types(), memory, table, options);
    object.add(type, module.base);
    answers += alone.text().size() + object.text().size();
  }
  return answers;
}

// Everything that can be asked of a module.
size_t ask_everything(const ModuleSymbols& symbols) {
  size_t answers =
      symbols.symbols().symbols().size() + symbols.match("*").size() + symbols.debug_error().size();
  for (const ImageSection& section : symbols.image().sections) {
    for (uint32_t at = section.address; at < section.address + section.size; at += 61) {
      const auto line = symbols.line_at(at);
      if (line) answers += symbols.addresses_of_line(line->file, line->line).size();
      answers += symbols.nearest(at).has_value() + symbols.function_bounds(at).has_value();
      answers += symbols.unwind_row_at(at) != nullptr;
      LocationContext context;
      context.registers.fill(at);
      for (const DebugVariable* variable : symbols.variables_at(at))
        if (const auto* location = location_at(variable->locations, at))
          answers += evaluate_location(*location, context).has_value();
    }
  }
  return answers;
}

// Half of the copies lose their end, the others have bytes changed; the last quarter only in the debugging
// data.
std::vector<std::byte> damaged(const std::vector<std::byte>& original, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<std::byte> bytes = original;
  const auto below = [&](size_t bound) {
    return std::uniform_int_distribution<size_t>(0, bound - 1)(random);
  };
  if (seed % 4 == 0) bytes.resize(below(bytes.size()));
  if (bytes.empty() || seed % 8 == 0) return bytes;
  const size_t from = seed % 4 == 3   ? bytes.size() / 2
                      : seed % 2 == 0 ? std::min<size_t>(0x400, bytes.size())
                                      : 0;
  if (from == bytes.size()) return bytes;
  for (size_t changes = size_t{1} << below(9); changes != 0; --changes)
    bytes[from + below(bytes.size() - from)] = static_cast<std::byte>(below(4) == 0 ? 0xFF : below(256));
  return bytes;
}

int ask_damaged(const std::string& path, uint32_t seed, uint32_t count) {
  const auto original = read_file(path);
  size_t refused = 0, answers = 0, crashes = 0;
  for (uint32_t i = 0; i < count; ++i) {
    const auto symbols = ModuleSymbols::parse(damaged(original, seed + i));
    if (!symbols) {
      ++refused;
      continue;
    }
    answers += ask_everything(**symbols);
    answers += list_types(**symbols, test::ImageMemory(original, (*symbols)->image()));
    crashes += !(*symbols)->debug_error().empty() || !(*symbols)->types_error().empty();
  }
  fmt::print("{} damaged copies: {} refused, {} whose debug data stopped the reader, {} answers\n", count,
             refused, crashes, answers);
  return 0;
}

int answer_commands(const std::string& path) {
  const auto symbols = ModuleSymbols::open(path);
  if (!symbols) {
    fmt::print("{} {}\n", path, symbols.error());
    return 1;
  }
  Probe probe(path, **symbols);
  for (std::string line; std::getline(std::cin, line);) {
    for (const std::string& text : probe.answer(line)) fmt::print("{}\n", text);
    fmt::print(".\n");
  }
  return 0;
}

}  // namespace
}  // namespace emu::debugger

int main(int count, char** arguments) {
  const std::vector<std::string> words(arguments + 1, arguments + count);
  if (words.size() == 1) return emu::debugger::answer_commands(words[0]);
  if (words.size() != 3) return 2;
  return emu::debugger::ask_damaged(words[0], static_cast<uint32_t>(std::stoul(words[1])),
                                    static_cast<uint32_t>(std::stoul(words[2])));
}
