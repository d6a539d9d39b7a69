#include "emulator/kernel/services/system_calls.h"

#include <spdlog/spdlog.h>

#include <array>
#include <span>
#include <string_view>

#include "emulator/kernel/kernel.h"
#include "emulator/kernel/listeners.h"
#include "emulator/kernel/memory/fault_path.h"
#include "emulator/kernel/memory/guest_memory.h"
#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/processes/thread.h"
#include "emulator/kernel/services/handlers.h"
#include "emulator/kernel/time/code_time.h"
#include "emulator/kernel/time/cost.h"
#include "emulator/kernel/time/shared_user_data.h"

namespace emu {
namespace {

struct Service {
  ServiceEntry entry;
  uint32_t words;
  std::string_view name;
};

constexpr size_t kServiceNumbers = 0x80;

// By number; a number that no service has keeps a null entry.
constexpr auto kServices = [] {
  std::array<Service, kServiceNumbers> table{};
#define PAGEWALK_TABLE_ENTRY(number, name, words) \
  table[number] = {kServiceEntry<services::name>, words, #name};
  PAGEWALK_SERVICES(PAGEWALK_TABLE_ENTRY)
#undef PAGEWALK_TABLE_ENTRY
  return table;
}();

// Every number stands once, and no service takes more words than are captured.
constexpr bool list_is_sound() {
  size_t listed = 0, filled = 0;
#define PAGEWALK_CHECK_ENTRY(number, name, words) \
  ++listed;                                       \
  if (words > ServiceCall::kMaximumWords) return false;
  PAGEWALK_SERVICES(PAGEWALK_CHECK_ENTRY)
#undef PAGEWALK_CHECK_ENTRY
  // By name: compilers that check for null do not take a function's address for a constant.
  for (const Service& service : kServices) filled += !service.name.empty();
  return listed == filled;
}
static_assert(list_is_sound());

bool tracing() { return spdlog::should_log(spdlog::level::trace); }

}  // namespace

SystemCalls::SystemCalls(Kernel& kernel)
    : kernel_(kernel),
      cpu_(kernel.board().cpu()),
      clock_(kernel.clock()),
      code_time_(kernel.code_time()),
      shared_user_data_(kernel.shared_user_data()),
      listeners_(kernel.listeners().services),
      parts_(service_parts(kernel)) {}

void SystemCalls::on_pause() { code_time_.paused(); }

InterruptHandler::Next SystemCalls::on_interrupt(uint8_t vector) {
  if (vector != kVector) return Next::Stop;
  code_time_.charge();
  clock_.charge(cost::kService);
  const uint32_t number = cpu_.get(Register::Eax);
  const mm::VirtualAddress arguments{cpu_.get(Register::Edx)};
  listeners_.tell(&ServiceListener::on_service, *kernel_.current_thread(), number, arguments);
  const ServiceResult result = serve(number, arguments);
  cpu_.set(Register::Eax, result.eax);
  shared_user_data_.update(clock_);
  verify_step(kernel_.configuration().verification, kernel_.memory());
  listeners_.tell(&ServiceListener::on_service_end, *kernel_.current_thread(), number, result.eax);
  if (result.next == ServiceResult::Next::Leave) return Next::Stop;
  return code_time_.service_ends() == CodeTime::After::RunOn ? Next::Continue : Next::Stop;
}

ServiceResult SystemCalls::serve(uint32_t number, mm::VirtualAddress arguments) {
  if (number >= kServices.size() || kServices[number].entry == nullptr)
    return mm::NtStatus::InvalidSystemService;
  const Service& service = kServices[number];
  Thread& thread = *kernel_.current_thread();
  ProcessPages pages(kernel_.faults(), thread.process(), &thread);
  GuestMemory memory(kernel_.ram(), thread.process().root(), pages);
  ServiceCall call{number, thread, thread.process(), thread.process().handles, memory};
  const auto words = std::span(call.words).first(service.words);
  const mm::NtStatus captured = memory.read(arguments, std::as_writable_bytes(words));
  if (captured != mm::NtStatus::Success) return captured;
  const ServiceResult result = service.entry(call, parts_);
  if (tracing()) spdlog::trace("thread {}: {} -> {:#010x}", thread.id(), service.name, result.eax);
  return result;
}

}  // namespace emu
