#include "tests/emulator/kernel/test_machine.h"

#include <algorithm>

#include "emulator/kernel/processes/thread.h"
#include "mm/memory_manager.h"

namespace emu::test {

void RecordingObserver::on_unhandled_exception(const Thread& thread, const Exception& raised) {
  exception = raised;
  registers = thread.registers;
  stack_status = thread.stack_status;
}

void TestMachine::allocate(mm::VirtualAddress at, uint32_t size, uint32_t protect, uint32_t type) {
  REQUIRE(machine->kernel().memory().allocate_virtual_memory(
      process.space(), {.base = at, .size = size, .type = type, .protect = protect}));
}

void TestMachine::protect(mm::VirtualAddress at, uint32_t size, uint32_t protect) {
  REQUIRE(machine->kernel().memory().protect_virtual_memory(process.space(), {at, size}, protect));
}

uint32_t TestMachine::call(ServiceResult (*service)(ServiceCall&), std::initializer_list<uint32_t> words) {
  ServiceCall call{machine->kernel(), *thread, process, *memory, {}};
  std::copy(words.begin(), words.end(), call.words.begin());
  const ServiceResult result = service(call);
  machine->kernel().memory().verify();
  return result.eax;
}

}  // namespace emu::test
