// The system-service gate: INT 0x2E with the number in EAX and the arguments at EDX (guest/abi/services.h).
// Runs inside the processor's loop; nothing on the way allocates, locks or formats.
#pragma once

#include "emulator/board/clock.h"
#include "emulator/cpu/cpu.h"
#include "emulator/kernel/services/service_parts.h"
#include "guest/abi/services.h"

namespace emu {

class CodeTime;
class Kernel;
class ServiceListener;
class SharedUserData;

class SystemCalls final : public InterruptHandler {
 public:
  static constexpr uint8_t kVector = PAGEWALK_SERVICE_INTERRUPT;

  // The kernel is complete but for what runs in it.
  explicit SystemCalls(Kernel& kernel);

  Next on_interrupt(uint8_t vector) override;
  uint64_t time_stamp() override { return clock_.time_stamp(); }
  void on_pause() override;

 private:
  ServiceResult serve(uint32_t number, mm::VirtualAddress arguments);

  // What each call uses, at hand.
  Kernel& kernel_;
  Cpu& cpu_;
  Clock& clock_;
  CodeTime& code_time_;
  SharedUserData& shared_user_data_;
  ListenerList<ServiceListener>& listeners_;
  ServiceParts parts_;
};

}  // namespace emu
