// The x87 instructions that Unicorn leaves to the host's libm and our patch does not: against values that
// mpmath computed with 400 bits, and against the host's processor (within two units in the last place: Intel
// SDM volume 1, 8.3.10, promises one).
#include <fmt/core.h>

#include <catch2/catch_test_macros.hpp>

#include "tests/emulator/cpu/x87_operations.h"

namespace emu::test {
namespace {

using enum X87Operation;

constexpr X87Operation kTranscendental[] = {Fsin,    Fcos,   Fptan,       F2xm1,        Fyl2x,
                                            Fyl2xp1, Fpatan, FsincosSine, FsincosCosine};
constexpr X87Operation kExact[] = {Fprem, Fprem1, Fscale, Frndint};

constexpr uint16_t kInvalid = 1, kDenormal = 2, kUnderflow = 16, kPrecision = 32, kStackFault = 64,
                   kSummary = 128;
constexpr uint16_t kExceptions = 0x3f, kC0 = 0x100, kC1 = 0x200, kC2 = 0x400, kC3 = 0x4000;

constexpr Extended kOne{0x3fff, uint64_t{1} << 63}, kPositiveZero{0, 0},
    kIndefinite{0xffff, uint64_t{3} << 62};
constexpr Extended kPi{0x4000, 0xc90fdaa22168c235}, kTwoTo63{0x403e, uint64_t{1} << 63};

struct ExpectedValue {
  X87Operation operation;
  uint16_t rounding;  // the control word's RC
  Extended y, x, result;
};

// y and x are random. The angle of the first three is reduced by the processor's pi of 66 bits (Intel SDM
// volume 1, 8.3.8), all else is the function as mathematics has it, rounded as RC says.
constexpr ExpectedValue kExpected[] = {
#include "tests/emulator/cpu/x87_expected_values.inc"
};

X87Case run(EmulatedX87& emulated, X87Operation operation, X87Case one) {
  emulated.run(operation, {&one, 1});
  return one;
}

std::string text(const Extended& value) { return fmt::format("{:04x}:{:016x}", value.high, value.low); }

// In units in the last place; more than any that is asked for when the exponents are apart.
uint64_t distance(const Extended& a, const Extended& b) {
  const int exponents = (a.high & 0x7fff) - (b.high & 0x7fff);
  if ((a.high ^ b.high) >> 15 || exponents < -1 || exponents > 1) return a == b ? 0 : UINT64_MAX;
  const auto index = [](const Extended& value) {
    return (static_cast<uint64_t>(value.high & 1) << 63) + (value.low & (UINT64_MAX >> 1));
  };
  const uint64_t difference = index(a) - index(b);
  return std::min(difference, 0 - difference);
}

class Operands {
 public:
  explicit Operands(uint32_t seed) : random_(seed) {}

  X87Case operator()(X87Operation operation) {
    const bool common = random_() % 4 != 0;
    switch (operation) {
      case Fsin:
      case Fcos:
      case Fptan:
      case FsincosSine:
      case FsincosCosine: return {kPositiveZero, common ? number(-8, 8) : number(-80, 62)};
      case F2xm1: return {kPositiveZero, common ? number(-7, -1) : number(-80, -1)};
      case Fyl2x: return {number(-20, 20), positive(common ? number(-2, 1) : number(-16000, 16000))};
      case Fyl2xp1: return {number(-20, 20), common ? number(-6, -3) : number(-80, -3)};
      case Fpatan: return {common ? number(-20, 20) : number(-16000, 16000), number(-20, 20)};
      case Fprem:
      case Fprem1: return {number(-20, 20), number(-20, 90)};
      case Fscale: return {number(-3, 16), number(-16000, 16000)};
      case Frndint: return {kPositiveZero, number(-10, 70)};
    }
    return {};
  }

 private:
  // Of a random sign, with the exponent in the range; one in eight with few bits.
  Extended number(int low, int high) {
    uint64_t mantissa = uint64_t{1} << 63 | uint64_t{random_()} << 32 | random_();
    if (random_() % 8 == 0) mantissa &= ~uint64_t{0} << (random_() % 63);
    const uint32_t exponent =
        static_cast<uint32_t>(16383 + low) + random_() % static_cast<uint32_t>(high - low + 1);
    return {static_cast<uint16_t>(exponent | (random_() & 1) << 15), mantissa};
  }
  static Extended positive(Extended value) { return {static_cast<uint16_t>(value.high & 0x7fff), value.low}; }

  Random random_;
};

// Zeros, ones, infinities, denormal and pseudo-denormal numbers, NaNs, encodings that no number has, ends of
// ranges.
constexpr Extended kSpecial[] = {kPositiveZero,
                                 {0x8000, 0},
                                 kOne,
                                 {0xbfff, uint64_t{1} << 63},
                                 {0x7fff, uint64_t{1} << 63},
                                 {0xffff, uint64_t{1} << 63},
                                 {0, 5},
                                 {0x8000, 5},
                                 {0, uint64_t{1} << 63},
                                 {0x7fff, 0xa000000000000001},
                                 kIndefinite,
                                 {0x7fff, 0xe000000000000000},
                                 {0x4000, 1},
                                 {0x7fff, 0},
                                 {0x4000, uint64_t{1} << 63},
                                 {0x3fff, 0xc000000000000000},
                                 {0x403d, UINT64_MAX},
                                 {1, uint64_t{1} << 63},
                                 {0x3ffe, uint64_t{1} << 63},
                                 {0x3ffe, UINT64_MAX},
                                 kPi,
                                 kTwoTo63,
                                 {0x7ffe, UINT64_MAX}};

// Those that the operation is defined for: out of range FPTAN does not push (a test of its own).
std::vector<X87Case> special_cases(X87Operation operation) {
  std::vector<X87Case> cases;
  for (const Extended& y : kSpecial) {
    for (const Extended& x : kSpecial) {
      const bool too_large = (x.high & 0x7fff) >= kTwoTo63.high && (x.high & 0x7fff) != 0x7fff;
      if (!result_is_second(operation) || !too_large) cases.push_back({y, x});
    }
  }
  return cases;
}

TEST_CASE("x87's transcendental instructions give the value that mathematics has, rounded as RC says") {
  EmulatedX87 emulated;
  for (const ExpectedValue& expected : kExpected) {
    const uint16_t control = static_cast<uint16_t>(0x37f | expected.rounding << 10);
    const X87Case got = run(emulated, expected.operation, {expected.y, expected.x, control});
    INFO("operation " << static_cast<int>(expected.operation) << " rounding " << expected.rounding << " y "
                      << text(expected.y) << " x " << text(expected.x));
    REQUIRE(text(got.result) == text(expected.result));
    REQUIRE((got.status & kPrecision) != 0);
  }
}

TEST_CASE("The precision that the control word asks for does not reach transcendental instructions") {
  EmulatedX87 emulated;
  for (const ExpectedValue& expected : kExpected) {  // 24 bits
    const uint16_t control = static_cast<uint16_t>(0x07f | expected.rounding << 10);
    REQUIRE(run(emulated, expected.operation, {expected.y, expected.x, control}).result == expected.result);
  }
}

TEST_CASE("An angle of 2^63 and more sets C2 and changes nothing") {
  EmulatedX87 emulated;
  for (const X87Operation operation : {Fsin, Fcos, FsincosCosine}) {
    const X87Case got = run(emulated, operation, {kOne, kTwoTo63});
    CHECK(got.result == kTwoTo63);
    CHECK((got.status & (kC2 | kExceptions)) == kC2);
  }
  CHECK(run(emulated, Fptan, {kOne, kTwoTo63}).result == kOne);  // nothing was pushed
  CHECK((run(emulated, Fsin, {kOne, {0x403d, UINT64_MAX}}).status & kC2) == 0);
}

TEST_CASE("The processor's pi has 66 bits") {
  EmulatedX87 emulated;
  // FLDPI's 64 bits less those of 66 are 2^-64 (Intel SDM volume 1, 8.3.8).
  CHECK(run(emulated, Fsin, {kOne, kPi}).result == Extended{0xbfbf, uint64_t{1} << 63});
}

TEST_CASE("An exception that is not masked leaves the operands") {
  EmulatedX87 emulated;
  const Extended minus_one{0xbfff, uint64_t{1} << 63}, tiny{0, 5};
  const auto check = [&](X87Operation operation, const X87Case& one, uint16_t flag) {
    const X87Case got = run(emulated, operation, one);
    CHECK(got.result == one.x);
    CHECK((got.status & (kExceptions | kSummary)) == (flag | kSummary));
  };
  check(Fyl2x, {kOne, minus_one, 0x37e}, kInvalid);
  check(Fyl2x, {kOne, kPositiveZero, 0x37b}, 4);
  check(Fsin, {kOne, tiny, 0x37d}, kDenormal);
  check(Fprem, {kPositiveZero, kOne, 0x37e}, kInvalid);
}

#if defined(__x86_64__)

// Where a result is exact, ours says so; a real processor may report precision and underflow even then.
uint16_t without_exactness(uint16_t status) {
  return status & static_cast<uint16_t>(kExceptions & ~(kPrecision | kUnderflow));
}

void compare(X87Operation operation, std::span<X87Case> cases, uint64_t tolerance) {
  EmulatedX87 emulated;
  emulated.run(operation, cases);
  std::vector<X87Case> real(cases.begin(), cases.end());
  run_on_host(operation, real);
  for (size_t i = 0; i < cases.size(); ++i) {
    const X87Case& ours = cases[i];
    INFO("operation " << static_cast<int>(operation) << " y " << text(ours.y) << " x " << text(ours.x)
                      << " gives " << text(ours.result) << ", on the host " << text(real[i].result));
    REQUIRE(distance(ours.result, real[i].result) <= tolerance);
    REQUIRE(without_exactness(ours.status) == without_exactness(real[i].status));
    REQUIRE((ours.status & ~real[i].status & (kPrecision | kUnderflow)) == 0);
    REQUIRE((ours.status & (kC2 | kStackFault)) == (real[i].status & (kC2 | kStackFault)));
  }
}

TEST_CASE("Random operands: transcendental instructions agree with the host's processor") {
  Operands operands(9);
  for (const X87Operation operation : kTranscendental) {
    std::vector<X87Case> cases(20'000);
    for (X87Case& one : cases) one = operands(operation);
    compare(operation, cases, 2);
  }
}

TEST_CASE("Random operands: remainders, FSCALE and FRNDINT are the host's processor's bit by bit") {
  Operands operands(10);
  for (const X87Operation operation : kExact) {
    std::vector<X87Case> cases(20'000);
    for (X87Case& one : cases) {
      one = operands(operation);
      one.control = static_cast<uint16_t>(0x37f | (one.x.low >> 5 & 3) << 10);
    }
    compare(operation, cases, 0);
  }
}

TEST_CASE("Remainders: the quotient's low bits are those of the host's processor") {
  Operands operands(11);
  for (const X87Operation operation : {Fprem, Fprem1}) {
    EmulatedX87 emulated;
    std::vector<X87Case> cases(20'000);
    for (X87Case& one : cases) one = operands(operation);
    emulated.run(operation, cases);
    std::vector<X87Case> real = cases;
    run_on_host(operation, real);
    for (size_t i = 0; i < cases.size(); ++i) {
      INFO("y " << text(cases[i].y) << " x " << text(cases[i].x));
      REQUIRE((cases[i].status & (kC0 | kC1 | kC2 | kC3)) == (real[i].status & (kC0 | kC1 | kC2 | kC3)));
    }
  }
}

TEST_CASE("Special operands: results and exceptions are those of the host's processor") {
  for (const X87Operation operation : kTranscendental) {
    std::vector<X87Case> cases = special_cases(operation);
    compare(operation, cases, 1);
  }
  for (const X87Operation operation : {Fprem, Fprem1, Fscale}) {
    std::vector<X87Case> cases = special_cases(operation);
    compare(operation, cases, 0);
  }
}

#endif

}  // namespace
}  // namespace emu::test
