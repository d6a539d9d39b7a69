#include "tests/emulator/kernel/test_machine.h"

#include "emulator/kernel/processes/thread.h"

namespace emu::test {

void RecordingObserver::on_unhandled_exception(const Thread& thread, const Exception& raised) {
  exception = raised;
  registers = thread.registers;
  stack_status = thread.stack_status;
}

}  // namespace emu::test
