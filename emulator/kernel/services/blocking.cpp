#include "emulator/kernel/services/blocking.h"

namespace emu::services {

ServiceResult wait_and_call_again(ServiceCall& call, DispatcherObject& object) {
  const uint32_t service = call.machine.cpu().get(Register::Eax);
  call.machine.waits().wait_and_call_again(call.thread, object, service);
  return {mm::NtStatus::Pending, ServiceResult::Next::Leave};
}

}  // namespace emu::services
