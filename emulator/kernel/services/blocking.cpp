#include "emulator/kernel/services/blocking.h"

#include "emulator/kernel/waits/waits.h"

namespace emu::services {

ServiceResult wait_and_call_again(ServiceCall& call, Waits& waits, DispatcherObject& object) {
  waits.wait_and_call_again(call.thread, object, call.number);
  return {mm::NtStatus::Pending, ServiceResult::Next::Leave};
}

}  // namespace emu::services
