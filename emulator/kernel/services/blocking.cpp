#include "emulator/kernel/services/blocking.h"

namespace emu::services {
namespace {

constexpr uint32_t kGateSize = 2;  // bytes of INT 0x2E
constexpr Duration kPatience{1'000'000};

}  // namespace

ServiceResult wait_and_call_again(ServiceCall& call, DispatcherObject& object) {
  (void)object;
  Cpu& cpu = call.machine.cpu();
  cpu.set(Register::Eip, cpu.get(Register::Eip) - kGateSize);
  call.machine.scheduler().block_until(call.thread, call.machine.clock().since_boot() + kPatience);
  ServiceResult again = ServiceResult::value(cpu.get(Register::Eax));  // the service's number
  again.next = ServiceResult::Next::Leave;
  return again;
}

}  // namespace emu::services
