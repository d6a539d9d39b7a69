#include "emulator/kernel/services/blocking.h"

#include "emulator/cpu/cpu.h"
#include "emulator/kernel/waits/waits.h"

namespace emu::services {

ServiceResult wait_and_call_again(ServiceCall& call, DispatcherObject& object) {
  const uint32_t service = call.kernel.board().cpu().get(Register::Eax);
  call.kernel.waits().wait_and_call_again(call.thread, object, service);
  return {mm::NtStatus::Pending, ServiceResult::Next::Leave};
}

}  // namespace emu::services
