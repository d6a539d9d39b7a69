// Types that no compiler makes: the debugging data of a damaged file may describe them.
#include "emulator/debugger/types/type_listing.h"

#include <catch2/catch_test_macros.hpp>

#include "emulator/debugger/types/type_words.h"

namespace emu::debugger {
namespace {

class Zeros final : public MemoryView {
 public:
  size_t read(mm::VirtualAddress, std::span<std::byte> to) const override {
    std::fill(to.begin(), to.end(), std::byte{});
    return to.size();
  }
};

DebugType made(uint32_t id, TypeKind kind, uint32_t target = 0) {
  DebugType type;
  type.id = TypeId{id};
  type.kind = kind;
  type.name = kind == TypeKind::Pointer || kind == TypeKind::Array ? "" : "t" + std::to_string(id);
  type.target = TypeId{target};
  return type;
}

DebugMember member(std::string name, uint32_t type, uint32_t offset, MemberKind kind = MemberKind::Field) {
  return {std::move(name), kind, TypeId{type}, offset, 0, 0, {}};
}

std::string listed(const DebugTypes& types, uint32_t id, std::optional<mm::VirtualAddress> at) {
  const Zeros memory;
  const SymbolTable symbols;
  const ModuleLocation module{{0x400000}, 0x1000, "made.exe", {}};
  ListingOptions options;
  options.depth = 9;
  options.blocks = true;
  options.elements.reset();
  TypeListing listing(module, types, memory, symbols, options);
  listing.add(types.of(TypeId{id}), at);
  return listing.text();
}

TEST_CASE("types that lie in themselves come to an end") {
  DebugType structure = made(1, TypeKind::Structure);
  structure.size = 8;
  structure.members = {member("own", 1, 4), member("", 1, 4), member("", 1, 0, MemberKind::Base),
                       member("two", 2, 0)};
  DebugType array = made(2, TypeKind::Array, 2);
  array.counts = {4'000'000'000, 4'000'000'000};
  const DebugTypes types({structure, array, made(3, TypeKind::Alias, 3), made(4, TypeKind::Pointer, 4),
                          made(5, TypeKind::Alias, 6), made(6, TypeKind::Alias, 5)});
  for (uint32_t id = 1; id <= 6; ++id) {
    const std::string alone = listed(types, id, std::nullopt), object = listed(types, id, {{0x1000}});
    CHECK(!alone.empty());
    CHECK(alone.size() + object.size() < 100'000'000);
    CHECK(types.size_of(TypeId{id}) <= 8);
    CHECK(c_words(types, types.of(TypeId{id})).size() < 100'000);
  }
}

TEST_CASE("a listing ends after ten thousand lines") {
  DebugType number = made(1, TypeKind::Base);
  number.size = 1;
  number.encoding = TypeEncoding::Unsigned;
  DebugType array = made(2, TypeKind::Array, 1);
  array.counts = {1'000'000'000};
  const std::string text = listed(DebugTypes({number, array}), 2, {{0x1000}});
  CHECK(std::count(text.begin(), text.end(), '\n') == 10'001);
  CHECK(text.ends_with("... there is more\n"));
}

TEST_CASE("a declaration stands for the definition of that name") {
  DebugType declared = made(1, TypeKind::Structure);
  declared.name = "node";
  declared.is_declaration = true;
  DebugType defined = made(2, TypeKind::Structure);
  defined.name = "node";
  defined.size = 12;
  const DebugTypes types({declared, defined, made(3, TypeKind::Pointer, 1)});
  CHECK(types.size_of(types.of(TypeId{3}).target) == 12);
}

TEST_CASE("field paths") {
  const auto path = parse_field_path("where.cells[2].x");
  REQUIRE(path);
  CHECK(path->parts.size() == 3);
  CHECK(path->parts[1].element == 2u);
  CHECK(parse_field_path("where..")->opened == 2);
  CHECK(parse_field_path("where.")->parts[0].pattern == "where*");
  for (const char* wrong : {"", ".", "a[", "a[x]", "a[1", "a b", "a..b", "12ff70+4", "a[0x1]"}) {
    CAPTURE(wrong);
    CHECK(!parse_field_path(wrong));
  }
}

}  // namespace
}  // namespace emu::debugger
