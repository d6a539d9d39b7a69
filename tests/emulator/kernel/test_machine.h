// A small machine with one process and one thread, for tests of the kernel: code goes to 0x00410000, data to
// 0x00420000.
#pragma once

#include <algorithm>
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "emulator/cpu/registers.h"
#include "emulator/kernel/exceptions/exception.h"
#include "emulator/kernel/files/console.h"
#include "emulator/kernel/kernel.h"
#include "emulator/kernel/listeners.h"
#include "emulator/kernel/machine.h"
#include "emulator/kernel/memory/fault_path.h"
#include "emulator/kernel/memory/guest_memory.h"
#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/processes/user_thread.h"
#include "emulator/kernel/services/handlers.h"
#include "guest/abi/services.h"
#include "mm/services/virtual_memory.h"
#include "mm/x86/protection.h"

namespace emu::test {

class RecordingConsole final : public Console {
 public:
  struct Record {
    std::string output, error, input;
    mm::NtStatus write_status = mm::NtStatus::Success;
  };
  explicit RecordingConsole(Record& record) : record_(record) {}

  mm::NtStatus write(Stream stream, std::span<const std::byte> bytes) override {
    if (record_.write_status != mm::NtStatus::Success) return record_.write_status;
    (stream == Stream::Output ? record_.output : record_.error)
        .append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return mm::NtStatus::Success;
  }
  mm::Result<uint32_t> read(std::span<std::byte> bytes) override {
    const size_t count = std::min(bytes.size(), record_.input.size());
    std::memcpy(bytes.data(), record_.input.data(), count);
    record_.input.erase(0, count);
    return static_cast<uint32_t>(count);
  }

 private:
  Record& record_;
};

class RecordingObserver final : public LifeListener {
 public:
  std::optional<Exception> exception;
  Registers registers;
  mm::NtStatus stack_status{};  // the thread is gone when the run ends

  void on_unhandled_exception(const Thread& thread, const Exception& raised) override;
};

inline constexpr mm::VirtualAddress kCode{0x00410000};
inline constexpr mm::VirtualAddress kData{0x00420000};
inline constexpr uint32_t kAreaBytes = 0x10000;

inline MachineConfiguration small_machine() {
  MachineConfiguration configuration;
  configuration.ram = mm::pages_for(4 << 20);
  configuration.verification = Verification::Everything;
  return configuration;
}

class TestMachine {
 public:
  explicit TestMachine(const MachineConfiguration& configuration = small_machine(),
                       StackSize stack = {0x10000, 0x1000})
      : machine(*Machine::create(configuration, std::make_unique<RecordingConsole>(console))),
        process(**machine->kernel().create_process("test")) {
    machine->kernel().listeners().lives.add(observer);
    process.peb = *create_peb_page(machine->kernel().memory(), process);
    allocate(kCode, kAreaBytes, mm::x86::page::kExecuteReadWrite);
    allocate(kData, kAreaBytes, mm::x86::page::kReadWrite);
    const std::array<uint32_t, 1> words{0};
    thread = *machine->kernel().user_threads().create(process, stack, kCode, words);
    pages.emplace(machine->kernel().faults(), process, thread);
    memory.emplace(machine->kernel().ram(), process.root(), *pages);
  }

  void allocate(mm::VirtualAddress at, uint32_t size, uint32_t protect,
                uint32_t type = mm::allocation::kReserve | mm::allocation::kCommit);
  void protect(mm::VirtualAddress at, uint32_t size, uint32_t protect);

  void put_code(const std::vector<int>& code) {
    std::vector<std::byte> bytes;
    for (const int byte : code) bytes.push_back(static_cast<std::byte>(byte));
    REQUIRE(memory->write(kCode, bytes) == mm::NtStatus::Success);
  }
  // Puts the code there and runs it to the process's end.
  Machine::RunEnd run(const std::vector<int>& code) {
    put_code(code);
    return machine->run();
  }

  // A call of the test's thread, without arguments and without a number.
  ServiceCall service_call() { return {0, *thread, process, process.handles, *memory}; }
  // What the service leaves in EAX, called from the host's side.
  template <class... Parts>
  uint32_t call(ServiceResult (*service)(ServiceCall&, Parts&...), std::initializer_list<uint32_t> words) {
    ServiceCall call = service_call();
    std::copy(words.begin(), words.end(), call.words.begin());
    [[maybe_unused]] const ServiceParts parts = service_parts(machine->kernel());
    const ServiceResult result = service(call, std::get<Parts&>(parts)...);
    verify_memory();
    return result.eax;
  }
  void verify_memory();

  mm::x86::Walk walk(mm::VirtualAddress address) const {
    return mm::x86::walk(machine->kernel().ram(), process.root(), address);
  }
  template <class T>
  T load(mm::VirtualAddress address) {
    const auto value = memory->load<T>(address);
    REQUIRE(value);
    return *value;
  }

  RecordingConsole::Record console;
  RecordingObserver observer;
  std::unique_ptr<Machine> machine;
  Process& process;
  Thread* thread = nullptr;
  std::optional<ProcessPages> pages;
  std::optional<GuestMemory> memory;
};

constexpr uint32_t eax_of(mm::NtStatus status) { return static_cast<uint32_t>(status); }
inline constexpr uint32_t kThisProcess = 0xFFFFFFFF;

}  // namespace emu::test
