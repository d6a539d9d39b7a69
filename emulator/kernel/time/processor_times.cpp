#include "emulator/kernel/time/processor_times.h"

#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/processes/thread.h"
#include "emulator/kernel/time/code_time.h"

namespace emu {

void ProcessorTimeAccount::charge(Thread* thread) {
  const Duration all = clock_.since_boot() - charged_until_;
  const Duration code = code_.spent() - code_until_;
  charged_until_ += all;
  code_until_ += code;
  if (thread == nullptr) return;
  const Duration user = clock_.source() == ClockSource::Virtual ? code : all;
  for (ProcessorTimes* times : {&thread->times, &thread->process().times}) {
    times->user += user;
    times->kernel += all - user;
  }
}

}  // namespace emu
