// Every service's handler, by its NT name; the list is guest/abi/services.h. A handler without a definition
// does not link.
#pragma once

#include "emulator/kernel/services/service_call.h"
#include "guest/abi/services.h"

namespace emu::services {

#define PAGEWALK_DECLARE_HANDLER(number, name, words) ServiceResult name(ServiceCall& call);
PAGEWALK_SERVICES(PAGEWALK_DECLARE_HANDLER)
#undef PAGEWALK_DECLARE_HANDLER

}  // namespace emu::services
