#include "emulator/kernel/services/service_call.h"

#include "emulator/kernel/processes/process.h"

namespace emu {

const std::shared_ptr<mm::PoolQuota>& ServiceCall::pool_quota() const { return process.pool_quota; }

}  // namespace emu
