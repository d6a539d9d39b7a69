// A guest for tests: RAM, page tables that the test writes itself, and a fault handler that a test can
// replace.
#pragma once

#include <sys/mman.h>

#include <cstdint>
#include <cstring>
#include <functional>
#include <random>
#include <vector>

#include "emulator/cpu/cpu.h"
#include "emulator/mmu/mmu.h"
#include "mm/x86/layout.h"
#include "mm/x86/pte.h"

namespace emu::test {

using mm::x86::Pte;

inline constexpr uint32_t kPresent = Pte::kValid;
inline constexpr uint32_t kReadOnlyUser = Pte::kValid | Pte::kUser;
inline constexpr uint32_t kUserPage = Pte::kValid | Pte::kWrite | Pte::kUser;
inline constexpr uint32_t kTouched = Pte::kAccessed | Pte::kDirty;

// The same numbers on every host.
class Random {
 public:
  explicit Random(uint32_t seed) : engine_(seed) {}
  uint32_t operator()() { return static_cast<uint32_t>(engine_()); }

 private:
  std::mt19937 engine_;
};

class Ram {
 public:
  explicit Ram(uint32_t frames) : size_(size_t{frames} * mm::kPageSize) {
    base_ = mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  }
  ~Ram() { munmap(base_, size_); }
  Ram(const Ram&) = delete;
  Ram& operator=(const Ram&) = delete;
  std::span<std::byte> bytes() const { return {static_cast<std::byte*>(base_), size_}; }

 private:
  size_t size_;
  void* base_;
};

enum class Start : uint8_t { Ring0, Ring3 };

// Frame 0 is not used, frame 1 the directory, frame 2 the descriptor table (at 0xFFC00000), tables and pages
// come from frame 3 on.
class TestGuest : public FaultHandler, public InterruptHandler {
 public:
  static constexpr uint32_t kFrames = 4096;
  static constexpr mm::VirtualAddress kDescriptorTable{0xFFC00000};

  using OnFault = std::function<FaultAnswer(const mm::Fault&)>;
  using OnInterrupt = std::function<Next(uint8_t)>;

  explicit TestGuest(Start start = Start::Ring3)
      : ram_(kFrames), memory(ram_.bytes()), mmu(memory, *this), cpu(memory, mmu) {
    mmu.set_address_space(directory);
    cpu.set_interrupt_handler(this);
    map_frame(kDescriptorTable.value, mm::PageFrameNumber(2), kPresent | Pte::kWrite);
    if (start == Start::Ring3) cpu.enter_user_mode({mm::PageFrameNumber(2), kDescriptorTable});
  }

  static mm::x86::PagingRoot root_at(mm::PageFrameNumber directory) {
    return {mm::x86::PagingMode::ThirtyTwoBit, directory};
  }
  mm::PageFrameNumber take_frame() { return mm::PageFrameNumber(next_frame_++); }

  // Entry for `address` in `where`, with a page table made as needed.
  mm::PhysicalAddress entry_at(uint32_t address, mm::x86::PagingRoot where) {
    const mm::VirtualPageNumber page = mm::VirtualAddress{address}.page();
    const auto pde_at = mm::x86::pde_address(where, page);
    if (!Pte{memory.read32(pde_at)}.valid()) {
      memory.write32(pde_at, take_frame().value() << 12 | kUserPage);
    }
    return mm::x86::pte_address(where.mode(), Pte{memory.read32(pde_at)}.frame(), page);
  }
  void map_frame(uint32_t address, mm::PageFrameNumber frame, uint32_t bits = kUserPage) {
    map_frame_in(directory, address, frame, bits);
  }
  void map_frame_in(mm::x86::PagingRoot where, uint32_t address, mm::PageFrameNumber frame,
                    uint32_t bits = kUserPage) {
    memory.write32(entry_at(address, where), frame.value() << 12 | bits);
  }
  mm::PageFrameNumber map(uint32_t address, uint32_t bits = kUserPage) {
    const auto frame = take_frame();
    map_frame(address, frame, bits);
    return frame;
  }
  Pte pte(uint32_t address) { return {memory.read32(entry_at(address, directory))}; }
  Pte pde(uint32_t address) {
    return {memory.read32(mm::x86::pde_address(directory, mm::VirtualAddress{address}.page()))};
  }
  void set_pte(uint32_t address, uint64_t raw) {
    mm::x86::write_entry(memory, directory.mode(), entry_at(address, directory), {raw});
  }

  // What the guest has at `address`, whatever its rights.
  std::byte* at(uint32_t address) {
    return memory.bytes().data() + mmu.walk(mm::VirtualAddress{address}).physical().value;
  }
  uint32_t word(uint32_t address) {
    uint32_t value;
    std::memcpy(&value, at(address), sizeof value);
    return value;
  }
  void load(uint32_t address, const std::vector<uint8_t>& code) {
    for (const uint8_t byte : code) *at(address++) = std::byte{byte};
  }
  Stop run_at(uint32_t eip) {
    cpu.set(Register::Eip, eip);
    return cpu.run();
  }

  FaultAnswer handle(const mm::Fault& fault) override {
    faults.push_back(fault);
    return on_fault ? on_fault(fault) : FaultAnswer::Refused;
  }
  Next on_interrupt(uint8_t vector) override {
    interrupts.push_back(vector);
    return on_int ? on_int(vector) : Next::Stop;
  }
  uint64_t time_stamp() override { return 0x1122334455667788; }
  void on_pause() override {
    pauses.push_back(cpu.get(Register::Eip));
    if (on_paused) on_paused();
  }

 private:
  Ram ram_;
  uint32_t next_frame_ = 3;

 public:
  mm::x86::PagingRoot directory = root_at(mm::PageFrameNumber(1));
  mm::PhysicalMemory memory;
  Mmu mmu;
  Cpu cpu;
  std::vector<mm::Fault> faults;
  std::vector<uint8_t> interrupts;
  OnFault on_fault;
  std::vector<uint32_t> pauses;  // EIP at each
  OnInterrupt on_int;
  std::function<void()> on_paused;
};

inline constexpr Stop kAtInt3{StopReason::Interrupt, vector::kBreakpoint};

}  // namespace emu::test
