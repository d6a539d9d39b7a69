#include "tests/emulator/debugger/gdb/protocol/fake_target.h"

#include <fmt/core.h>

#include <algorithm>

#include "emulator/debugger/gdb/protocol/hex.h"

namespace emu::debugger::gdb::test {
namespace {

constexpr std::byte kNop{0x90};

Registers registers_at(mm::VirtualAddress eip) {
  Registers registers;
  registers.eax = 0x12345678;
  registers.ecx = 1;
  registers.edx = 2;
  registers.ebx = 3;
  registers.esp = kData.value + 0xf00;
  registers.ebp = kData.value + 0xf80;
  registers.esi = 6;
  registers.edi = 7;
  registers.eip = eip.value;
  return registers;
}

std::string place(ProcessId process, const Breakpoint& breakpoint) {
  return fmt::format("Z{} {:x} {:x} {}", static_cast<int>(breakpoint.kind), process.value,
                     breakpoint.address.value, breakpoint.length);
}

mm::Result<void> no_such_process() { return mm::fail(mm::NtStatus::InvalidCid); }

}  // namespace

FakeTarget::FakeTarget() {
  threads_ = {{kMain, "main", "ready", {0x7ffde000}},
              {kHelper, "", "waits <for 1 & 2>", {0x7ffdd000}},
              {kOther, "", "", {0x7ffdc000}}};
  for (const ThreadInfo& info : threads_) registers_[info.key] = {registers_at(kCode), FloatingState{}};
  Page data(mm::kPageSize);
  for (size_t i = 0; i < data.size(); ++i) data[i] = static_cast<std::byte>(i);
  for (const ProcessId process : {kFirst, kSecond}) memory_[process] = {Page(mm::kPageSize, kNop), data, {}};
}

std::vector<Image> FakeTarget::images(ProcessId process) const {
  std::vector<Image> images;
  if (runs(process)) images.push_back({"C:\\fake.exe", {0x400000}, {0x401000}});
  if (process == kFirst) images.push_back({"C:\\helper.dll", {0x10000000}, {0x10001000}});
  if (process == kFirst && another_) images.push_back({"C:\\another.dll", {0x20000000}, {0x20001000}});
  return images;
}

mm::Result<ThreadRegisters> FakeTarget::read_registers(ThreadKey thread) const {
  const auto found = registers_.find(thread);
  if (found == registers_.end()) return mm::fail(mm::NtStatus::InvalidCid);
  return found->second;
}

mm::Result<void> FakeTarget::write_registers(ThreadKey thread, const ThreadRegisters& registers) {
  const auto found = registers_.find(thread);
  if (found == registers_.end()) return no_such_process();
  if (in_access) return mm::fail(mm::NtStatus::AccessDenied);
  found->second = registers;
  changes.push_back(fmt::format("registers of {:x}", thread.thread.value));
  return {};
}

const std::byte* FakeTarget::find(ProcessId process, mm::VirtualAddress address) const {
  const auto found = memory_.find(process);
  if (found == memory_.end()) return nullptr;
  if (address.page() == kCode.page()) return &found->second.code[address.offset()];
  if (address.page() == kData.page()) return &found->second.data[address.offset()];
  const uint32_t behind = address.value - kAllocated.value;
  return behind < found->second.allocated.size() ? &found->second.allocated[behind] : nullptr;
}

std::byte& FakeTarget::byte_at(ProcessId process, mm::VirtualAddress address) {
  return const_cast<std::byte&>(*find(process, address));
}

size_t FakeTarget::read_memory(ProcessId process, mm::VirtualAddress from, std::span<std::byte> to) const {
  for (size_t i = 0; i < to.size(); ++i) {
    const std::byte* byte = find(process, from + static_cast<uint32_t>(i));
    if (byte == nullptr) return i;
    to[i] = *byte;
  }
  return to.size();
}

mm::Result<void> FakeTarget::write_memory(ProcessId process, mm::VirtualAddress to,
                                          std::span<const std::byte> from) {
  if (in_access) return mm::fail(mm::NtStatus::AccessDenied);
  for (uint32_t i = 0; i < from.size(); ++i)
    if (find(process, to + i) == nullptr) return mm::fail(mm::NtStatus::AccessViolation);
  for (uint32_t i = 0; i < from.size(); ++i) byte_at(process, to + i) = from[i];
  changes.push_back(fmt::format("memory {:x} {:x} {}", process.value, to.value, to_hex(from)));
  return {};
}

MemoryRegion FakeTarget::region_at(ProcessId process, mm::VirtualAddress address) const {
  using Kind = MemoryRegion::Kind;
  if (find(process, address) == nullptr) return {Kind::Gap, address.page().address(), mm::kPageSize};
  if (address.page() == kCode.page())
    return {Kind::Mapped, kCode, mm::kPageSize, true, false, true, "C:\\fake.exe"};
  return {Kind::Mapped, address.page().address(), mm::kPageSize, true, true, false, ""};
}

std::vector<AddressRange> FakeTarget::address_space() const { return {{{0x10000}, 0x7fff0000}}; }

mm::Result<void> FakeTarget::insert_breakpoint(ProcessId process, const Breakpoint& breakpoint) {
  if (find(process, breakpoint.address) == nullptr) return mm::fail(mm::NtStatus::AccessViolation);
  auto& all = breakpoints_[process];
  if (std::find(all.begin(), all.end(), breakpoint) == all.end()) all.push_back(breakpoint);
  changes.push_back("+" + place(process, breakpoint));
  return {};
}

mm::Result<void> FakeTarget::remove_breakpoint(ProcessId process, const Breakpoint& breakpoint) {
  std::erase(breakpoints_[process], breakpoint);
  changes.push_back("-" + place(process, breakpoint));
  return {};
}

void FakeTarget::end(ProcessId process) {
  std::erase_if(threads_, [&](const ThreadInfo& info) { return info.key.process == process; });
  std::erase_if(registers_, [&](const auto& entry) { return entry.first.process == process; });
  memory_.erase(process);
  breakpoints_.erase(process);
}

// One behind the other, never to be had again.
mm::Result<mm::VirtualAddress> FakeTarget::allocate(ProcessId process, uint32_t size, MemoryRights rights) {
  constexpr size_t kMost = 1 << 20;
  Page& allocated = memory_.at(process).allocated;
  const size_t before = allocated.size();
  if (size > kMost - before) return mm::fail(mm::NtStatus::NoMemory);
  allocated.resize(
      std::min(kMost, before + (size_t{size} + mm::kPageSize - 1) / mm::kPageSize * mm::kPageSize));
  changes.push_back(fmt::format("allocate {:x} {:x} r{}{}", process.value, size, rights.write ? "w" : "",
                                rights.execute ? "x" : ""));
  return kAllocated + static_cast<uint32_t>(before);
}

mm::Result<void> FakeTarget::free(ProcessId process, mm::VirtualAddress address) {
  if (address.value - kAllocated.value >= memory_.at(process).allocated.size())
    return mm::fail(mm::NtStatus::InvalidParameter);
  changes.push_back(fmt::format("free {:x}", process.value));
  return {};
}

mm::Result<void> FakeTarget::kill(ProcessId process) {
  if (!runs(process)) return no_such_process();
  end(process);
  changes.push_back(fmt::format("kill {:x}", process.value));
  return {};
}

mm::Result<void> FakeTarget::detach(ProcessId process) {
  if (!runs(process)) return no_such_process();
  end(process);
  changes.push_back(fmt::format("detach {:x}", process.value));
  return {};
}

std::optional<std::string> FakeTarget::file(ProcessId process, std::string_view path) const {
  if (process != kFirst || path != "/proc/4/maps") return std::nullopt;
  return "a}map*";
}

std::optional<std::string> FakeTarget::exception_record(ThreadKey thread) const {
  return thread == kMain ? std::optional<std::string>("record") : std::nullopt;
}

Target::Monitored FakeTarget::monitor(std::string_view command) {
  if (command == "hello") return {"hello from the monitor\n"};
  if (command == "much") return {std::string(20000, '*')};
  if (command == "further") return {"one\n", true};
  return {command == "quiet" ? "" : fmt::format("unknown command: {}\n", command)};
}

}  // namespace emu::debugger::gdb::test
