// A service whose thread has to wait in the middle of it: the thread blocks, and calls the service again with
// the same arguments when what it waits for has happened. Nothing of the host's stack stays behind.
#pragma once

#include "emulator/kernel/objects/dispatcher_object.h"
#include "emulator/kernel/services/service_call.h"

namespace emu {
class Waits;
}

namespace emu::services {

ServiceResult wait_and_call_again(ServiceCall& call, Waits& waits, DispatcherObject& object);

}  // namespace emu::services
