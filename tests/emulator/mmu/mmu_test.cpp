#include "emulator/mmu/mmu.h"

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <csignal>

#include "tests/emulator/cpu/test_guest.h"

namespace emu::test {
namespace {

using mm::NtStatus;

constexpr uint32_t kCode = 0x400000, kData = 0x500000, kAbsent = 0x700000;
constexpr uint32_t kReadStub = kCode, kWriteStub = kCode + 0x10;

// At kCode: mov eax, [edi]; int3. At kCode + 0x10: mov [edi], eax; int3.
struct Guest : TestGuest {
  explicit Guest(Start start = Start::Ring3) : TestGuest(start) {
    map(kCode, kUserPage | kTouched);
    map(kData, kUserPage);
    entry_at(kAbsent, directory);
    load(kReadStub, {0x8b, 0x07, 0xcc});
    load(kWriteStub, {0x89, 0x07, 0xcc});
  }
  Stop read(uint32_t address) {
    cpu.set(Register::Edi, address);
    return run_at(kReadStub);
  }
  Stop write(uint32_t address, uint32_t value = 1) {
    cpu.set(Register::Edi, address);
    cpu.set(Register::Eax, value);
    return run_at(kWriteStub);
  }
};

constexpr Stop kRefused{StopReason::FaultRefused};

TEST_CASE("A read sets Accessed, the first write Dirty, in every entry on the way") {
  Guest guest;
  CHECK(guest.pte(kData).raw == (guest.pte(kData).frame().value() << 12 | kUserPage));
  CHECK(guest.read(kData) == kAtInt3);
  CHECK(guest.pte(kData).has(Pte::kAccessed));
  CHECK_FALSE(guest.pte(kData).has(Pte::kDirty));
  CHECK(guest.pde(kData).has(Pte::kAccessed));
  CHECK(guest.write(kData) == kAtInt3);
  CHECK(guest.pte(kData).has(Pte::kDirty));
  CHECK_FALSE(guest.pde(kData).has(Pte::kDirty));
  CHECK(guest.faults.empty());
}

TEST_CASE("A large page takes its bits in the PDE and spans 4 MB") {
  Guest guest;
  const auto pde_at = mm::x86::pde_address(guest.directory, mm::VirtualAddress{0x40000000}.page());
  guest.memory.write32(pde_at, 0x00800000 | kUserPage | Pte::kLargePage);
  guest.memory.write32({0x00800000 + 0x345678}, 0xfeedface);
  CHECK(guest.read(0x40345678) == kAtInt3);
  CHECK(guest.cpu.get(Register::Eax) == 0xfeedface);
  CHECK(guest.memory.read32(pde_at) == (0x00800000 | kUserPage | Pte::kLargePage | Pte::kAccessed));
  CHECK(guest.write(0x403ffffc, 77) == kAtInt3);
  CHECK(guest.memory.read32({0x00bffffc}) == 77);
  CHECK(guest.memory.read32(pde_at) == (0x00800000 | kUserPage | Pte::kLargePage | kTouched));
}

TEST_CASE("What the tables do not permit is a fault with its error code, and leaves the bits alone") {
  Guest guest;
  const auto frame = guest.map(kData + 0x1000, kReadOnlyUser);
  guest.map(kData + 0x2000, kPresent | Pte::kWrite);
  CHECK(guest.write(kData + 0x1004) == kRefused);
  CHECK(guest.mmu.refused_fault().error_code == 7);
  CHECK(guest.mmu.refused_fault().fault.address.value == kData + 0x1004);
  CHECK(guest.mmu.refused_fault().instruction.value == kWriteStub);
  CHECK(guest.mmu.refused_fault().cause == RefusedFault::Cause::Handler);
  CHECK(guest.pte(kData + 0x1000).raw == (frame.value() << 12 | kReadOnlyUser));
  CHECK(guest.read(kData + 0x2008) == kRefused);
  CHECK(guest.mmu.refused_fault().error_code == 5);
  CHECK(guest.read(kAbsent + 0xabc) == kRefused);
  CHECK(guest.mmu.refused_fault().error_code == 4);
  CHECK(guest.write(kAbsent) == kRefused);
  CHECK(guest.mmu.refused_fault().error_code == 6);
  CHECK(guest.cpu.get(Register::Eip) == kWriteStub);
  CHECK(guest.faults.size() == 4);
  CHECK(guest.run_at(kAbsent + 0x123) == kRefused);
  CHECK(guest.mmu.refused_fault().fault.address.value == kAbsent + 0x123);
  CHECK(guest.mmu.refused_fault().fault.access == mm::Access::Execute);
}

TEST_CASE("CR0.WP decides whether ring 0 writes to read-only pages") {
  Guest guest(Start::Ring0);
  guest.map(kData + 0x1000, kReadOnlyUser);
  CHECK(guest.write(kData + 0x1000) == kRefused);
  CHECK(guest.mmu.refused_fault().error_code == 3);
  guest.mmu.set_write_protect(mm::x86::WriteProtect::Off);
  CHECK(guest.write(kData + 0x1000, 5) == kAtInt3);
  CHECK(guest.word(kData + 0x1000) == 5);
  CHECK(guest.pte(kData + 0x1000).has(Pte::kDirty));
  guest.mmu.set_write_protect(mm::x86::WriteProtect::On);
  CHECK(guest.write(kData + 0x1000) == kRefused);
}

TEST_CASE("A fault that is resolved never leaves the loop; one that waits is made again") {
  Guest guest;
  guest.on_fault = [&](const mm::Fault& fault) {
    if (guest.faults.size() == 1) return FaultAnswer::Refused;
    CHECK(fault.address.value == kAbsent);
    guest.map_frame(kAbsent, guest.take_frame());
    return FaultAnswer::Retry;
  };
  CHECK(guest.write(kAbsent + 8, 42) == kRefused);
  CHECK(guest.mmu.refused_fault().cause == RefusedFault::Cause::Handler);
  CHECK(guest.cpu.get(Register::Eip) == kWriteStub);
  CHECK(guest.cpu.run() == kAtInt3);
  CHECK(guest.word(kAbsent + 8) == 42);
  CHECK(guest.faults.size() == 2);
}

// The status with which a process of its own ends that does this.
template <class Act>
int status_of(Act act) {
  const pid_t child = fork();
  if (child == 0) {
    std::signal(SIGABRT, SIG_DFL);
    std::fclose(stderr);
    _exit(act() ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return status;
}

TEST_CASE("A handler that says retry and resolves nothing is stopped") {
  Guest guest;
  guest.on_fault = [](const mm::Fault&) { return FaultAnswer::Retry; };
  const int status = status_of([&] { return guest.read(kAbsent) == kAtInt3; });
  CHECK(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGABRT);
}

TEST_CASE("After fork() both processes go on by themselves") {
  Guest guest;
  CHECK(guest.write(kData, 1) == kAtInt3);
  CHECK(status_of([&] { return guest.write(kData, 2) == kAtInt3 && guest.word(kData) == 2; }) == 0);
  CHECK(guest.word(kData) == 1);
  CHECK(guest.read(kData) == kAtInt3);
  CHECK(guest.cpu.get(Register::Eax) == 1);
}

TEST_CASE("The handler gets the exact byte when it asks for it") {
  Guest guest;
  CHECK(guest.read(kAbsent + 0x124) == kRefused);
  CHECK(guest.faults.back().address.value == kAbsent);
  guest.mmu.set_fault_detail(FaultDetail::Byte);
  CHECK(guest.read(kAbsent + 0x124) == kRefused);
  CHECK(guest.faults.back().address.value == kAbsent + 0x124);
}

TEST_CASE("A stop that the handler asks for comes when the fault is resolved, before the access") {
  Guest guest;
  guest.on_fault = [&](const mm::Fault&) {
    guest.map_frame(kAbsent, guest.take_frame());
    guest.cpu.request_stop();
    return FaultAnswer::Retry;
  };
  CHECK(guest.write(kAbsent, 9) == Stop{StopReason::Requested});
  CHECK(guest.cpu.get(Register::Eip) == kWriteStub);
  CHECK(guest.word(kAbsent) == 0);
  CHECK_FALSE(guest.pte(kAbsent).has(Pte::kAccessed));
  CHECK(guest.cpu.run() == kAtInt3);
  CHECK(guest.word(kAbsent) == 9);
}

TEST_CASE("Rights that are taken away are gone for the next access") {
  Guest guest;
  CHECK(guest.write(kData) == kAtInt3);
  const Pte before = guest.pte(kData);
  guest.set_pte(kData, before.without(Pte::kWrite).raw);
  guest.mmu.invalidate(mm::VirtualAddress{kData}.page(), before.frame());
  CHECK(guest.write(kData) == kRefused);
  CHECK(guest.read(kData) == kAtInt3);
  guest.set_pte(kData, 0);
  guest.mmu.invalidate(mm::VirtualAddress{kData}.page(), before.frame());
  CHECK(guest.read(kData) == kRefused);
  // More rights need no word: absent became present, read-only becomes writable.
  guest.set_pte(kData, before.raw);
  CHECK(guest.write(kData) == kAtInt3);
}

TEST_CASE("Rights taken away in the fault of another page hold within the same block") {
  Guest guest;
  // mov [kData], eax; mov [kAbsent], eax (its fault takes kData away); mov [kData], eax; int3
  guest.load(kCode + 0x100, {0xa3, 0, 0, 0x50, 0, 0xa3, 0, 0, 0x70, 0, 0xa3, 0, 0, 0x50, 0, 0xcc});
  const auto frame = guest.pte(kData).frame();
  guest.on_fault = [&](const mm::Fault& fault) {
    if (fault.address.value != kAbsent) return FaultAnswer::Refused;
    guest.set_pte(kData, 0);
    guest.mmu.invalidate(mm::VirtualAddress{kData}.page(), frame);
    guest.map_frame(kAbsent, guest.take_frame());
    return FaultAnswer::Retry;
  };
  CHECK(guest.run_at(kCode + 0x100) == kRefused);
  CHECK(guest.cpu.get(Register::Eip) == kCode + 0x10a);
  CHECK(guest.mmu.refused_fault().fault.address.value == kData);
}

// Generated code remembers the stack's page by itself (third_party/unicorn, stack-page).
TEST_CASE("The stack's page taken away in the fault of another page is gone within the same block") {
  const std::vector<uint8_t> touches[] = {
      {0xa1, 0, 0, 0x70, 0},              // mov eax, [kAbsent]
      {0xa3, 0, 0, 0x70, 0},              // mov [kAbsent], eax
      {0x01, 0x05, 0, 0, 0x70, 0},        // add [kAbsent], eax
      {0xff, 0x35, 0, 0, 0x70, 0, 0x58},  // push dword [kAbsent]; pop eax
      {0xdb, 0x2d, 0, 0, 0x70, 0},        // fld tbyte [kAbsent]
      {0x0f, 0xae, 0x05, 0, 0, 0x70, 0},  // fxsave [kAbsent]
  };
  for (const auto& touch : touches) {
    for (const uint8_t access :
         std::initializer_list<uint8_t>{0x89, 0x8b}) {  // mov [esp], eax; mov eax, [esp]
      CAPTURE(touch, access);
      Guest guest;
      std::vector<uint8_t> code{0x89, 0x04, 0x24, 0x8b, 0x0c, 0x24};  // mov [esp], eax; mov ecx, [esp]
      code.insert(code.end(), touch.begin(), touch.end());
      const auto again = kCode + 0x100 + static_cast<uint32_t>(code.size());
      code.insert(code.end(), {access, 0x04, 0x24, 0xcc});
      guest.load(kCode + 0x100, code);
      const auto frame = guest.pte(kData).frame();
      guest.on_fault = [&](const mm::Fault& fault) {
        if (fault.address.page() != mm::VirtualAddress{kAbsent}.page()) return FaultAnswer::Refused;
        guest.set_pte(kData, 0);
        guest.mmu.invalidate(mm::VirtualAddress{kData}.page(), frame);
        guest.map_frame(kAbsent, guest.take_frame());
        return FaultAnswer::Retry;
      };
      guest.cpu.set(Register::Esp, kData + 0x800);
      CHECK(guest.run_at(kCode + 0x100) == kRefused);
      const uint32_t eip = guest.cpu.get(Register::Eip);
      CHECK((eip == again || touch[0] == 0xff));  // the push is refused itself
      CHECK(guest.mmu.refused_fault().fault.address.page() == mm::VirtualAddress{kData}.page());
    }
  }
}

TEST_CASE("A page of the stack is written only when it may be, whatever was read of it") {
  Guest guest;
  // mov eax, [esp]; mov eax, [esp]; mov [esp], eax; mov eax, [esp]; int3
  guest.load(kCode + 0x100, {0x8b, 0x04, 0x24, 0x8b, 0x04, 0x24, 0x89, 0x04, 0x24, 0x8b, 0x04, 0x24, 0xcc});
  guest.cpu.set(Register::Esp, kData + 0xffd);  // also where an access lies in two pages
  guest.map(kData + mm::kPageSize, kReadOnlyUser);
  CHECK(guest.run_at(kCode + 0x100) == kRefused);
  CHECK(guest.cpu.get(Register::Eip) == kCode + 0x106);
  CHECK_FALSE(guest.pte(kData + mm::kPageSize).has(Pte::kDirty));
  guest.cpu.set(Register::Esp, kData);
  CHECK(guest.run_at(kCode + 0x100) == kAtInt3);
  CHECK(guest.pte(kData).has(Pte::kDirty));
  guest.set_pte(kData, guest.pte(kData).frame().value() << 12 | kReadOnlyUser);
  guest.mmu.invalidate(mm::VirtualAddress{kData}.page(), guest.pte(kData).frame());
  CHECK(guest.run_at(kCode + 0x100) == kRefused);
  CHECK(guest.cpu.get(Register::Eip) == kCode + 0x106);
}

TEST_CASE("Rights taken away in a service hold for the next instruction") {
  Guest guest;
  guest.load(kCode + 0x100, {0xa3, 0, 0, 0x50, 0, 0xcd, 0x2e, 0xa3, 0, 0, 0x50, 0, 0xcc});
  guest.on_int = [&](uint8_t vector) {
    if (vector == 3) return InterruptHandler::Next::Stop;
    const auto frame = guest.pte(kData).frame();
    guest.set_pte(kData, 0);
    guest.mmu.invalidate(mm::VirtualAddress{kData}.page(), frame);
    return InterruptHandler::Next::Continue;
  };
  CHECK(guest.run_at(kCode + 0x100) == kRefused);
  CHECK(guest.cpu.get(Register::Eip) == kCode + 0x107);
}

TEST_CASE("Accessed bits that are cleared with a flush are set again") {
  Guest guest;
  CHECK(guest.read(kData) == kAtInt3);
  guest.set_pte(kData, guest.pte(kData).without(Pte::kAccessed).raw);
  guest.mmu.invalidate_all();
  CHECK(guest.read(kData) == kAtInt3);
  CHECK(guest.pte(kData).has(Pte::kAccessed));
}

TEST_CASE("A page of code is accessed when EIP gets there, not when it is translated") {
  Guest guest;
  guest.map(kCode + 0x1000);
  // mov [kAbsent], eax; 20 * inc eax; and on into the next page: inc eax; int3
  const uint32_t start = kCode + 0x1000 - 25;
  guest.load(start, {0xa3, 0, 0, 0x70, 0});
  guest.load(start + 5, std::vector<uint8_t>(21, 0x40));
  guest.load(kCode + 0x1001, {0xcc});
  std::vector<bool> accessed;
  guest.on_fault = [&](const mm::Fault&) {
    accessed.push_back(guest.pte(kCode + 0x1000).has(Pte::kAccessed));
    guest.map_frame(kAbsent, guest.take_frame());
    return FaultAnswer::Retry;
  };
  for (int round = 0; round < 3; ++round) {
    guest.map_frame(kAbsent, guest.take_frame());
    CHECK(guest.run_at(start) == kAtInt3);  // leaves a block that lies in both pages
    const auto frame = guest.pte(kAbsent).frame();
    guest.set_pte(kAbsent, 0);
    guest.mmu.invalidate(mm::VirtualAddress{kAbsent}.page(), frame);
    guest.set_pte(kCode + 0x1000, guest.pte(kCode + 0x1000).without(Pte::kAccessed).raw);
    guest.mmu.invalidate_all();
    CHECK(guest.run_at(start) == kAtInt3);
    CHECK(guest.pte(kCode + 0x1000).has(Pte::kAccessed));
  }
  CHECK(accessed == std::vector<bool>{false, false, false});
}

TEST_CASE("A stop at the end of a page does not look at the next one") {
  Guest guest;
  guest.load(kCode + 0xffe, {0xcd, 0x2e});
  guest.on_int = [&](uint8_t) {
    guest.mmu.invalidate_all();
    return InterruptHandler::Next::Stop;
  };
  CHECK(guest.run_at(kCode + 0xffe) == Stop{StopReason::Interrupt, 0x2e});
  CHECK(guest.faults.empty());
}

TEST_CASE("An address space has its own pages, and switching forgets the other's") {
  Guest guest;
  const mm::x86::PagingRoot other = guest.root_at(guest.take_frame());
  mm::x86::write_entry(guest.memory, other.mode(),
                       mm::x86::pde_address(other, TestGuest::kDescriptorTable.page()),
                       guest.pde(TestGuest::kDescriptorTable.value));
  guest.map_frame_in(other, kCode, guest.pte(kCode).frame());
  const auto page = guest.take_frame();
  guest.map_frame_in(other, kData, page);
  guest.memory.write32(page.address(), 222);
  guest.memory.write32(guest.pte(kData).frame().address(), 111);
  for (int i = 0; i < 3; ++i) {
    CHECK(guest.read(kData) == kAtInt3);
    CHECK(guest.cpu.get(Register::Eax) == 111);
    guest.mmu.set_address_space(other);
    CHECK(guest.read(kData) == kAtInt3);
    CHECK(guest.cpu.get(Register::Eax) == 222);
    guest.mmu.set_address_space(guest.directory);
  }
}

TEST_CASE("Entries that lead out of RAM are a bus error, never a host fault") {
  Guest guest;
  guest.set_pte(kData, 0xfffff000 | kUserPage);
  CHECK(guest.read(kData) == kRefused);
  CHECK(guest.mmu.refused_fault().cause == RefusedFault::Cause::BusError);
  guest.memory.write32(mm::x86::pde_address(guest.directory, mm::VirtualAddress{0x10000000}.page()),
                       0x7ffff000 | kUserPage);
  CHECK(guest.read(0x10000000) == kRefused);
  guest.memory.write32(mm::x86::pde_address(guest.directory, mm::VirtualAddress{0x10000000}.page()),
                       0x7fc00000 | kUserPage | Pte::kLargePage);
  CHECK(guest.write(0x10000000) == kRefused);
  CHECK(guest.faults.empty());
  guest.mmu.set_address_space(guest.root_at(mm::PageFrameNumber(0xfffff)));
  CHECK(guest.run_at(kCode) == kRefused);
}

TEST_CASE("Unicorn's TLB grows where many pages are in use") {
  Guest guest;
  constexpr uint32_t kPages = 3000;
  for (uint32_t i = 0; i < kPages; ++i) guest.map(0x1000000 + i * mm::kPageSize, kUserPage | kTouched);
  // L: mov eax, [edi]; add edi, 4096; dec ecx; jnz L; int3
  guest.load(kCode + 0x100, {0x8b, 0x07, 0x81, 0xc7, 0, 0x10, 0, 0, 0x49, 0x75, 0xf5, 0xcc});
  uint64_t misses = 0;
  for (int pass = 0; pass < 200; ++pass) {
    guest.cpu.set(Register::Edi, 0x1000000);
    guest.cpu.set(Register::Ecx, kPages);
    misses = guest.mmu.statistics().misses;
    REQUIRE(guest.run_at(kCode + 0x100) == kAtInt3);
    misses = guest.mmu.statistics().misses - misses;
    if (misses == 0) break;
  }
  CHECK(misses == 0);
}

TEST_CASE("Hundreds of restarts in a row do no harm") {
  Guest guest;
  constexpr uint32_t kTimes = 300;
  // A page of code that every fault voids, and that is called between faults:
  // L: call kData; mov [edi], ecx; add edi, 4096; dec ecx; jnz L; int3
  guest.load(kData, {0x43, 0xc3});  // inc ebx; ret
  guest.map(0x600000);
  guest.load(kCode + 0x100, {0xff, 0xd6, 0x89, 0x0f, 0x81, 0xc7, 0, 0x10, 0, 0, 0x49, 0x75, 0xf3, 0xcc});
  for (uint32_t i = 0; i < kTimes; ++i) guest.entry_at(0x1000000 + i * 0x1000, guest.directory);
  guest.on_fault = [&](const mm::Fault& fault) {
    if (fault.access == mm::Access::Execute) {
      guest.set_pte(kData, guest.pte(kData).with(kPresent).raw);
    } else {
      guest.set_pte(kData, guest.pte(kData).without(kPresent).raw);
      guest.mmu.invalidate(mm::VirtualAddress{kData}.page(), guest.pte(kData).frame());
      guest.map_frame(fault.address.value, guest.take_frame());
    }
    return FaultAnswer::Retry;
  };
  guest.cpu.set(Register::Edi, 0x1000000);
  guest.cpu.set(Register::Esi, kData);
  guest.cpu.set(Register::Ecx, kTimes);
  guest.cpu.set(Register::Esp, 0x601000);
  CHECK(guest.run_at(kCode + 0x100) == kAtInt3);
  CHECK(guest.cpu.get(Register::Ebx) == kTimes);
  CHECK(guest.mmu.statistics().restarts == kTimes);
  CHECK(guest.faults.size() == 2 * kTimes - 1);
  for (uint32_t i = 0; i < kTimes; ++i) CHECK(guest.word(0x1000000 + i * 0x1000) == kTimes - i);
}

}  // namespace
}  // namespace emu::test
