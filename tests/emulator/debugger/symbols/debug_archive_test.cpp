#include "emulator/debugger/symbols/debug_archive.h"

#include <catch2/catch_test_macros.hpp>

namespace emu::debugger {
namespace {

DebugInformation sample() {
  DebugInformation information;
  information.files = {"a.c", "b.h"};
  information.lines = {{{0x1000, 0x1004}, 0, 7}, {{0x1004, 0x1010}, 1, 8}};
  DebugVariable variable;
  variable.name = "count";
  variable.kind = VariableKind::Parameter;
  variable.type = {"int", 4, TypeEncoding::Signed};
  variable.scope = {{0x1000, 0x1008}};
  variable.depth = 2;
  variable.locations = {{std::nullopt, {{0x91, 0xFFFFFFFFFFFFFFF4, 0, 0}}},
                        {AddressInterval{0x1000, 0x1001}, {}}};
  variable.constant = 5;
  information.functions = {{"main", {{0x1000, 0x1010}}, {{std::nullopt, {{0x9c, 0, 0, 0}}}}, {variable}}};
  information.globals = {variable};
  UnwindRow row;
  row.range = {0x1000, 0x1010};
  row.function = 0x1000;
  row.cfa = {RegisterRule::Kind::InRegister, 4, 8, {}};
  row.registers.resize(dwarf_register::kCount);
  row.registers[8] = {RegisterRule::Kind::AtExpression, 0, -4, {{0x74, 1, 0, 0}}};
  information.unwind = {row};
  return information;
}

TEST_CASE("debug information survives the way through bytes") {
  const auto bytes = to_bytes(sample());
  const auto copy = debug_information_from(bytes);
  REQUIRE(copy);
  CHECK(to_bytes(*copy) == bytes);
  CHECK(copy->files == sample().files);
  CHECK(copy->lines[1].range == AddressInterval{0x1004, 0x1010});
  CHECK(copy->lines[1].line == 8);
  const DebugVariable& variable = copy->functions[0].variables[0];
  CHECK(variable.name == "count");
  CHECK(variable.kind == VariableKind::Parameter);
  CHECK(variable.locations[0].expression[0].first == 0xFFFFFFFFFFFFFFF4);
  CHECK(variable.locations[1].range == AddressInterval{0x1000, 0x1001});
  CHECK(variable.constant == 5);
  CHECK(copy->unwind[0].registers[8].offset == -4);
}

TEST_CASE("bytes that are cut short or changed are refused or read, and do no harm") {
  const auto bytes = to_bytes(sample());
  for (size_t size = 0; size < bytes.size(); ++size)
    CHECK(!debug_information_from(std::span(bytes).first(size)));
  for (size_t at = 0; at < bytes.size(); ++at) {
    auto changed = bytes;
    changed[at] = std::byte{0xFF};
    const auto read = debug_information_from(changed);
    if (read) CHECK(to_bytes(*read).size() == bytes.size());
  }
}

}  // namespace
}  // namespace emu::debugger
