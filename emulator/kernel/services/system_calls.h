// The system-service gate: INT 0x2E with the number in EAX and the arguments at EDX (guest/abi/services.h).
// Runs inside the processor's loop; nothing on the way allocates, locks or formats.
#pragma once

#include "emulator/cpu/cpu.h"
#include "emulator/kernel/services/service_call.h"
#include "guest/abi/services.h"

namespace emu {

class SystemCalls final : public InterruptHandler {
 public:
  static constexpr uint8_t kVector = PAGEWALK_SERVICE_INTERRUPT;

  explicit SystemCalls(Machine& machine) : machine_(machine) {}

  Next on_interrupt(uint8_t vector) override;
  uint64_t time_stamp() override { return machine_.clock().time_stamp(); }
  void on_pause() override { machine_.code_time().paused(); }

 private:
  ServiceResult serve(uint32_t number, mm::VirtualAddress arguments);

  Machine& machine_;
};

}  // namespace emu
