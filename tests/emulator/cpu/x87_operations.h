// x87 instructions on lists of operands: on the emulated processor and, where the host is one, on a real one.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "tests/emulator/cpu/test_guest.h"

namespace emu::test {

enum class X87Operation : uint8_t {
  Fsin,
  Fcos,
  Fptan,
  F2xm1,
  Fyl2x,
  Fyl2xp1,
  Fpatan,
  Fprem,
  Fprem1,
  Fscale,
  Frndint,
  FsincosSine,
  FsincosCosine,
};

// A number of 80 bits: sign and exponent, mantissa.
struct Extended {
  uint16_t high;
  uint64_t low;
  bool operator==(const Extended&) const = default;
};

// What the instruction finds: y in ST(1), x in ST(0), the control word; and what it leaves in ST(0) (of FPTAN
// and the sine of FSINCOS below what was pushed) and in the status word.
struct X87Case {
  Extended y, x;
  uint16_t control = 0x37f;
  Extended result{};
  uint16_t status = 0;
};

namespace x87_record {  // one case in memory
inline constexpr uint8_t kY = 0, kX = 10, kResult = 20, kStatus = 30, kControl = 32, kSize = 64;
}

inline void put(std::byte* to, const Extended& value) {
  std::memcpy(to, &value.low, 8);
  std::memcpy(to + 8, &value.high, 2);
}

inline Extended take(const std::byte* from) {
  Extended value{};
  std::memcpy(&value.low, from, 8);
  std::memcpy(&value.high, from + 8, 2);
  return value;
}

// The second byte of the instruction; the first is 0xD9 (Intel SDM volume 2).
inline uint8_t opcode_of(X87Operation operation) {
  switch (operation) {
    case X87Operation::Fsin: return 0xfe;
    case X87Operation::Fcos: return 0xff;
    case X87Operation::Fptan: return 0xf2;
    case X87Operation::F2xm1: return 0xf0;
    case X87Operation::Fyl2x: return 0xf1;
    case X87Operation::Fyl2xp1: return 0xf9;
    case X87Operation::Fpatan: return 0xf3;
    case X87Operation::Fprem: return 0xf8;
    case X87Operation::Fprem1: return 0xf5;
    case X87Operation::Fscale: return 0xfd;
    case X87Operation::Frndint: return 0xfc;
    case X87Operation::FsincosSine:
    case X87Operation::FsincosCosine: return 0xfb;
  }
  return 0;
}

inline bool result_is_second(X87Operation operation) {
  return operation == X87Operation::Fptan || operation == X87Operation::FsincosSine;
}

class EmulatedX87 {
 public:
  EmulatedX87() {
    code_frame_ = guest_.map(kCode);
    for (uint32_t page = 0; page < kPages; ++page) guest_.map(kData + page * 0x1000);
  }

  void run(X87Operation operation, std::span<X87Case> cases) {
    for (size_t i = 0; i < cases.size(); i += kBatch) {
      run_batch(operation, cases.subspan(i, std::min(kBatch, cases.size() - i)));
    }
  }

 private:
  static constexpr uint32_t kCode = 0x400000, kData = 0x500000, kPages = 16;
  static constexpr size_t kBatch = kPages * 0x1000 / x87_record::kSize;

  void run_batch(X87Operation operation, std::span<X87Case> cases) {
    using namespace x87_record;
    for (size_t i = 0; i < cases.size(); ++i) {
      put(record(i) + kY, cases[i].y);
      put(record(i) + kX, cases[i].x);
      std::memcpy(record(i) + kControl, &cases[i].control, 2);
    }
    std::vector<uint8_t> code{0xdb, 0xe3, 0xd9, 0x6e, kControl,
                              0xdb, 0x2e, 0xdb, 0x6e, kX};  // fninit, fldcw, fld, fld
    // The operation, fnstsw, and fnclex: what follows waits.
    code.insert(code.end(), {0xd9, opcode_of(operation), 0xdd, 0x7e, kStatus, 0xdb, 0xe2});
    if (result_is_second(operation)) code.insert(code.end(), {0xdd, 0xd8});  // fstp st(0)
    code.insert(code.end(),
                {0xdb, 0x7e, kResult, 0x83, 0xc6, kSize, 0x49, 0x75});  // fstp, add esi, dec ecx, jnz
    code.push_back(static_cast<uint8_t>(-static_cast<int>(code.size()) - 1));
    code.push_back(0xcc);
    guest_.load(kCode, code);
    guest_.cpu.drop_code(code_frame_);
    guest_.cpu.set(Register::Esi, kData);
    guest_.cpu.set(Register::Ecx, static_cast<uint32_t>(cases.size()));
    MM_CHECK(guest_.run_at(kCode) == kAtInt3, "the instructions run to the end");
    for (size_t i = 0; i < cases.size(); ++i) {
      cases[i].result = take(record(i) + kResult);
      std::memcpy(&cases[i].status, record(i) + kStatus, 2);
    }
  }

  std::byte* record(size_t i) { return guest_.at(kData + static_cast<uint32_t>(i) * x87_record::kSize); }

  TestGuest guest_;
  mm::PageFrameNumber code_frame_{0};
};

#if defined(__x86_64__)

// The same on the host's own processor.
inline void run_on_host(X87Operation operation, std::span<X87Case> cases) {
  for (X87Case& one : cases) {
    std::byte y[10], x[10], result[10];
    put(y, one.y);
    put(x, one.x);
#define PAGEWALK_HOST_CASE(name, instruction, drop)                                                \
  case X87Operation::name:                                                                         \
    __asm__ volatile("fninit\n fldcw %4\n fldt %2\n fldt %3\n " instruction "\n fnstsw %1\n " drop \
                     "\n fstpt %0\n fninit"                                                        \
                     : "=m"(result), "=m"(one.status)                                              \
                     : "m"(y), "m"(x), "m"(one.control));                                          \
    break
    switch (operation) {
      PAGEWALK_HOST_CASE(Fsin, "fsin", "");
      PAGEWALK_HOST_CASE(Fcos, "fcos", "");
      PAGEWALK_HOST_CASE(Fptan, "fptan", "fstp %%st(0)");
      PAGEWALK_HOST_CASE(F2xm1, "f2xm1", "");
      PAGEWALK_HOST_CASE(Fyl2x, "fyl2x", "");
      PAGEWALK_HOST_CASE(Fyl2xp1, "fyl2xp1", "");
      PAGEWALK_HOST_CASE(Fpatan, "fpatan", "");
      PAGEWALK_HOST_CASE(Fprem, "fprem", "");
      PAGEWALK_HOST_CASE(Fprem1, "fprem1", "");
      PAGEWALK_HOST_CASE(Fscale, "fscale", "");
      PAGEWALK_HOST_CASE(Frndint, "frndint", "");
      PAGEWALK_HOST_CASE(FsincosSine, "fsincos", "fstp %%st(0)");
      PAGEWALK_HOST_CASE(FsincosCosine, "fsincos", "");
    }
#undef PAGEWALK_HOST_CASE
    one.result = take(result);
  }
}

#endif

}  // namespace emu::test
