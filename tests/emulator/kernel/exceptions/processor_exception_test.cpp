#include "emulator/kernel/exceptions/processor_exception.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/emulator/kernel/test_machine.h"

namespace emu {
namespace {

using mm::NtStatus;
using test::TestMachine;

// What the process ends with when it runs `code`.
Exception exception_of(std::initializer_list<int> code) {
  TestMachine test;
  test.run(code);
  REQUIRE(test.observer.exception);
  return *test.observer.exception;
}

TEST_CASE("a divide error is a zero divisor or a quotient that does not fit") {
  // xor edx,edx; xor ecx,ecx; div ecx
  CHECK(exception_of({0x31, 0xD2, 0x31, 0xC9, 0xF7, 0xF1}).status() == NtStatus::IntegerDivideByZero);
  // push 0; div dword [esp]
  CHECK(exception_of({0x6A, 0x00, 0xF7, 0x34, 0x24}).status() == NtStatus::IntegerDivideByZero);
  // mov edx,-1; mov ecx,1; div ecx
  CHECK(exception_of({0xBA, 0xFF, 0xFF, 0xFF, 0xFF, 0xB9, 1, 0, 0, 0, 0xF7, 0xF1}).status() ==
        NtStatus::IntegerOverflow);
  // mov edx,-1; push 1; div dword [esp]
  CHECK(exception_of({0xBA, 0xFF, 0xFF, 0xFF, 0xFF, 0x6A, 0x01, 0xF7, 0x34, 0x24}).status() ==
        NtStatus::IntegerOverflow);
  // aam 0
  CHECK(exception_of({0xD4, 0x00}).status() == NtStatus::IntegerDivideByZero);
}

TEST_CASE("an operand that must be aligned and is not is an access violation without an address") {
  const Exception exception = exception_of({0x0F, 0x28, 0x44, 0x24, 0x01});  // movaps xmm0,[esp+1]
  CHECK(exception.status() == NtStatus::AccessViolation);
  REQUIRE(exception.parameter_count == 2);
  CHECK(exception.parameters[0] == 0);
  CHECK(exception.parameters[1] == kNoAddress);
}

TEST_CASE("with EFLAGS.AC an access that is not aligned is a datatype misalignment") {
  // pushfd; or dword [esp],0x40000; popfd; mov eax,[esp+1]
  const Exception exception =
      exception_of({0x9C, 0x81, 0x0C, 0x24, 0, 0, 4, 0, 0x9D, 0x8B, 0x44, 0x24, 0x01});
  CHECK(exception.status() == NtStatus::DatatypeMisalignment);
  CHECK(exception.parameter_count == 0);
}

TEST_CASE(
    "an access by a null selector, or beyond the TEB's page, is an access violation without an address") {
  for (const Exception& exception : {exception_of({0x65, 0xA1, 0, 0, 0, 0}),        // mov eax,gs:[0]
                                     exception_of({0x64, 0xA1, 0, 0x10, 0, 0})}) {  // mov eax,fs:[0x1000]
    CHECK(exception.status() == NtStatus::AccessViolation);
    REQUIRE(exception.parameter_count == 2);
    CHECK(exception.parameters[1] == kNoAddress);
  }
}

TEST_CASE("INT1 is a single step, told behind the instruction") {
  const Exception exception = exception_of({0x90, 0xF1});
  CHECK(exception.status() == NtStatus::SingleStep);
  CHECK(exception.address.value % mm::kPageSize == 2);
}

TEST_CASE("an x87 exception is the first that is not masked") {
  CHECK(x87_status({0x0340, 0x8081, 0}) == NtStatus::FloatInvalidOperation);
  CHECK(x87_status({0x0340, 0x80C1, 0}) == NtStatus::FloatStackCheck);
  CHECK(x87_status({0x0340, 0x8082, 0}) == NtStatus::FloatDenormalOperand);
  CHECK(x87_status({0x0340, 0x8084, 0}) == NtStatus::FloatDivideByZero);
  CHECK(x87_status({0x0340, 0x8088, 0}) == NtStatus::FloatOverflow);
  CHECK(x87_status({0x0340, 0x8090, 0}) == NtStatus::FloatUnderflow);
  CHECK(x87_status({0x0340, 0x80A0, 0}) == NtStatus::FloatInexactResult);
  CHECK(x87_status({0x035F, 0x80BF, 0}) == NtStatus::FloatInexactResult);  // all but that one are masked
  CHECK(x87_status({0x0341, 0x8085, 0}) == NtStatus::FloatDivideByZero);
}

TEST_CASE(
    "an unmasked x87 exception is raised at the next instruction that waits, with the address of its cause") {
  const auto raised = [](uint8_t unmasked, std::initializer_list<int> code) {
    // push word 0x0340 | masked; fldcw [esp]; then the code, and fwait
    std::vector<int> all{0x66, 0x68, 0x7F & ~unmasked, 0x03, 0xD9, 0x2C, 0x24};
    all.insert(all.end(), code);
    all.push_back(0x9B);
    TestMachine test;
    test.run(all);
    REQUIRE(test.observer.exception);
    CHECK(test.observer.exception->parameter_count == 1);
    return *test.observer.exception;
  };
  CHECK(raised(0x01, {0xD9, 0xEE, 0xD8, 0xF0}).status() ==
        NtStatus::FloatInvalidOperation);                                   // fldz; fdiv st0
  CHECK(raised(0x01, {0xDE, 0xC1}).status() == NtStatus::FloatStackCheck);  // faddp
  CHECK(raised(0x04, {0xD9, 0xE8, 0xD9, 0xEE, 0xDE, 0xF9}).status() ==
        NtStatus::FloatDivideByZero);  // fld1; fldz; fdivp
  // fld1; fldpi; fdivp
  const Exception inexact = raised(0x20, {0xD9, 0xE8, 0xD9, 0xEB, 0xDE, 0xF9});
  CHECK(inexact.status() == NtStatus::FloatInexactResult);
  CHECK(inexact.address.value % mm::kPageSize == 11);
  // push 0x7FFF; push 0x80000000; push 0 would be infinity: push 0x7FFE; push 0xC0000000; push 0; fld tword
  // [esp]; fadd st0
  CHECK(raised(0x08, {0x68, 0xFE, 0x7F, 0, 0, 0x68, 0, 0, 0, 0xC0, 0x6A, 0, 0xDB, 0x2C, 0x24, 0xD8, 0xC0})
            .status() == NtStatus::FloatOverflow);
  // push 1; push 0x80000000; push 0; fld tword [esp]; fmul st0
  CHECK(raised(0x10, {0x6A, 0x01, 0x68, 0, 0, 0, 0x80, 0x6A, 0, 0xDB, 0x2C, 0x24, 0xD8, 0xC8}).status() ==
        NtStatus::FloatUnderflow);
  // push 1; fld dword [esp]
  CHECK(raised(0x02, {0x6A, 0x01, 0xD9, 0x04, 0x24}).status() == NtStatus::FloatDenormalOperand);
}

TEST_CASE("an SSE exception tells by its code when it was found, and has MXCSR with it") {
  CHECK(simd_status(0x1F01) == NtStatus::FloatMultipleTraps);   // invalid
  CHECK(simd_status(0x1E02) == NtStatus::FloatMultipleTraps);   // denormal
  CHECK(simd_status(0xE144) == NtStatus::FloatMultipleTraps);   // zero divide
  CHECK(simd_status(0x1BA8) == NtStatus::FloatMultipleFaults);  // overflow
  CHECK(simd_status(0x17B0) == NtStatus::FloatMultipleFaults);  // underflow
  CHECK(simd_status(0x0FA3) == NtStatus::FloatMultipleFaults);  // inexact, with masked ones
  // push 0x1D80; ldmxcsr [esp]; xorps xmm0,xmm0; xorps xmm1,xmm1; cmpeqps xmm1,xmm1; cvtdq2ps xmm1,xmm1;
  // divps xmm1,xmm0
  const Exception exception =
      exception_of({0x68, 0x80, 0x1D, 0,    0,    0x0F, 0xAE, 0x14, 0x24, 0x0F, 0x57, 0xC0, 0x0F,
                    0x57, 0xC9, 0x0F, 0xC2, 0xC9, 0x00, 0x0F, 0x5B, 0xC9, 0x0F, 0x5E, 0xC8});
  CHECK(exception.status() == NtStatus::FloatMultipleTraps);
  REQUIRE(exception.parameter_count == 2);
  CHECK(exception.parameters[0] == 0);
  CHECK(exception.parameters[1] == 0x1D84);
}

}  // namespace
}  // namespace emu
