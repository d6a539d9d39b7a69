#include "emulator/debugger/symbols/location.h"

#include <libdwarf/dwarf.h>
#include <rapidcheck.h>

#include <catch2/catch_test_macros.hpp>

#include "tests/emulator/debugger/expression/fixed_context.h"

namespace emu::debugger {
namespace {

using Expression = LocationExpression;

const test::FixedMemory kMemory;

LocationContext context() {
  LocationContext result;
  result.registers = {1, 2, 3, 4, 0x00402000, 0x00402004, 7, 8, 0x00401000};
  result.memory = &kMemory;
  result.cfa = 0x00403000;
  result.frame_base = 0x00402ff8;
  result.module_offset = 0x10000;
  return result;
}

Place place_of(const Expression& expression) {
  const auto place = evaluate_location(expression, context());
  REQUIRE(place);
  return *place;
}
std::string error_of(const Expression& expression) {
  const auto place = evaluate_location(expression, context());
  REQUIRE(!place);
  return place.error();
}
Place at(uint32_t address) { return InMemory{{address}}; }

LocationOperation op(uint8_t code, int64_t first = 0, int64_t second = 0, uint32_t offset = 0) {
  return {code, static_cast<uint64_t>(first), static_cast<uint64_t>(second), offset};
}

// The examples of DWARF 5, appendix D.1.3, as far as they concern one place.
TEST_CASE("the standard's examples come out as it says") {
  CHECK(place_of({op(DW_OP_reg3)}) == Place(InRegister{3}));
  CHECK(place_of({op(DW_OP_addr, 0x00403000)}) == at(0x00413000));  // moved with its module
  CHECK(place_of({op(DW_OP_breg4, 44)}) == at(0x00402000 + 44));
  CHECK(place_of({op(DW_OP_fbreg, -50)}) == at(0x00402ff8 - 50));
  CHECK(place_of({op(DW_OP_breg5, -4), op(DW_OP_deref)}) == at(0x12345678));
  CHECK(place_of({op(DW_OP_lit1), op(DW_OP_stack_value)}) == Place(KnownValue{1}));
  CHECK(place_of({op(DW_OP_breg1), op(DW_OP_breg2), op(DW_OP_plus), op(DW_OP_stack_value)}) ==
        Place(KnownValue{5}));
}

// DWARF 5, chapter 2.5.1.3, table 2.1, for the stack 17 29 1000 (top first).
TEST_CASE("stack operations do what the standard's table shows") {
  const auto after = [](uint8_t code, int64_t operand = 0) {
    const Expression expression{op(DW_OP_constu, 1000), op(DW_OP_constu, 29), op(DW_OP_constu, 17),
                                op(code, operand)};
    return *evaluate_number(expression, context(), std::nullopt);
  };
  CHECK(after(DW_OP_dup) == 17);
  CHECK(after(DW_OP_drop) == 29);
  CHECK(after(DW_OP_pick, 2) == 1000);
  CHECK(after(DW_OP_over) == 29);
  CHECK(after(DW_OP_swap) == 29);
  CHECK(after(DW_OP_rot) == 29);
  const Expression third{op(DW_OP_constu, 1000), op(DW_OP_constu, 29), op(DW_OP_constu, 17),
                         op(DW_OP_rot),          op(DW_OP_drop),       op(DW_OP_drop)};
  CHECK(*evaluate_number(third, context(), std::nullopt) == 17);
}

TEST_CASE("what has no place says why") {
  CHECK(error_of({}) == "optimized out");
  CHECK(error_of({op(DW_OP_entry_value)}) == "only known when the function was entered");
  CHECK(error_of({op(DW_OP_reg0), op(DW_OP_piece, 4)}) == "in pieces");
  CHECK(error_of({op(DW_OP_lit0), op(DW_OP_deref)}) == "memory at 00000000 cannot be read");
  CHECK(error_of({op(DW_OP_lit1), op(DW_OP_lit0), op(DW_OP_div)}) == "an expression that divides by zero");
  CHECK(error_of({op(DW_OP_plus)}) == "an expression without operands");
  CHECK(error_of({op(DW_OP_skip, -3)}) == "an expression without end");
  CHECK(error_of({op(DW_OP_lit1), op(DW_OP_skip, -4, 0, 1)}) == "an expression that is too deep");
  CHECK(error_of({op(DW_OP_reg21)}) == "in a register that is not shown");
  CHECK(error_of({op(0xFF)}) == "an operation 0xff that is not supported");
  LocationContext nothing;
  CHECK(evaluate_location({op(DW_OP_fbreg, 4)}, nothing).error() == "the frame base is not known here");
  CHECK(evaluate_location({op(DW_OP_breg3, 4)}, nothing).error() == "ebx is not known here");
}

TEST_CASE("no expression does any harm") {
  REQUIRE(rc::check([] {
    Expression expression;
    const int count = *rc::gen::inRange(0, 40);
    for (int i = 0; i < count; ++i)
      expression.push_back({*rc::gen::arbitrary<uint8_t>(), *rc::gen::arbitrary<uint64_t>(),
                            *rc::gen::arbitrary<uint64_t>(), *rc::gen::inRange<uint32_t>(0, 60)});
    const auto place = evaluate_location(expression, context());
    const auto number = evaluate_number(expression, context(), 5);
    RC_ASSERT(place || !place.error().empty());
    RC_ASSERT(number || !number.error().empty());
  }));
}

}  // namespace
}  // namespace emu::debugger
