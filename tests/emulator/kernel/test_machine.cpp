#include "tests/emulator/kernel/test_machine.h"

#include "emulator/kernel/kernel.h"
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

void TestMachine::verify_memory() { machine->kernel().memory().verify(); }

}  // namespace emu::test
