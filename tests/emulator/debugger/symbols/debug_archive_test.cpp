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

DebugTypes sample_types() {
  DebugType node;
  node.id = TypeId{0x40};
  node.kind = TypeKind::Structure;
  node.name = "node";
  node.size = 12;
  node.members = {{"next", MemberKind::Field, TypeId{0x50}, 0, 0, 0, {}},
                  {"count", MemberKind::Field, TypeId{0x60}, 4, 3, 5, {}},
                  {"", MemberKind::VirtualBase, TypeId{0x40}, 8, 0, 0, {{0x12, 1, 2, 3}}}};
  DebugType pointer;
  pointer.id = TypeId{0x50};
  pointer.kind = TypeKind::Pointer;
  pointer.size = 4;
  pointer.target = TypeId{0x40};
  DebugType color;
  color.id = TypeId{0x60};
  color.kind = TypeKind::Enumeration;
  color.size = 4;
  color.counts = {2, 3};
  color.enumerators = {{"Red", 0}, {"Blue", -1}};
  return DebugTypes({node, pointer, color});
}

TEST_CASE("types survive the way through bytes, and bytes that are no types do no harm") {
  const auto bytes = to_bytes(sample_types());
  const auto copy = debug_types_from(bytes);
  REQUIRE(copy);
  CHECK(to_bytes(*copy) == bytes);
  const DebugType* node = copy->find("struct NODE");
  REQUIRE(node != nullptr);
  CHECK(node->members[1].bits == 5);
  CHECK(node->members[2].location.size() == 1);
  CHECK(copy->of(TypeId{0x60}).enumerators[1].value == -1);
  CHECK(copy->plain(copy->of(TypeId{0x50}).target).name == "node");
  CHECK(copy->of(TypeId{0x61}).kind == TypeKind::Void);
  for (size_t size = 0; size < bytes.size(); ++size) CHECK(!debug_types_from(std::span(bytes).first(size)));
  for (size_t at = 0; at < bytes.size(); ++at) {
    auto changed = bytes;
    changed[at] = std::byte{0xFF};
    const auto read = debug_types_from(changed);
    if (read) CHECK(to_bytes(*read).size() == bytes.size());
  }
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
