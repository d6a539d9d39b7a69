#include "emulator/kernel/services/system_calls.h"

#include <spdlog/spdlog.h>

#include <span>

#include "emulator/kernel/services/handlers.h"

namespace emu {
namespace {

struct Service {
  ServiceResult (*handler)(ServiceCall&);
  uint32_t words;
  const char* name;
};

constexpr Service kServices[] = {
#define PAGEWALK_TABLE_ENTRY(number, name, words) {services::name, words, #name},
    PAGEWALK_SERVICES(PAGEWALK_TABLE_ENTRY)
#undef PAGEWALK_TABLE_ENTRY
};

// The list is in the order of the numbers, without gaps, and no service takes more words than are captured.
constexpr bool list_is_in_order() {
  uint32_t next = 0;
#define PAGEWALK_CHECK_ENTRY(number, name, words) \
  if (number != next++ || words > ServiceCall::kMaximumWords) return false;
  PAGEWALK_SERVICES(PAGEWALK_CHECK_ENTRY)
#undef PAGEWALK_CHECK_ENTRY
  return true;
}
static_assert(list_is_in_order());

bool tracing() { return spdlog::should_log(spdlog::level::trace); }

}  // namespace

InterruptHandler::Next SystemCalls::on_interrupt(uint8_t vector) {
  if (vector != kVector) return Next::Stop;
  Cpu& cpu = machine_.cpu();
  machine_.clock().charge(cost::kService);
  const ServiceResult result = serve(cpu.get(Register::Eax), {cpu.get(Register::Edx)});
  cpu.set(Register::Eax, result.eax);
  machine_.shared_user_data().update(machine_.clock());
  if (machine_.configuration().verification == Verification::On) machine_.memory().verify();
  return result.next == ServiceResult::Next::Return ? Next::Continue : Next::Stop;
}

ServiceResult SystemCalls::serve(uint32_t number, mm::VirtualAddress arguments) {
  if (number >= std::size(kServices)) return mm::NtStatus::InvalidSystemService;
  const Service& service = kServices[number];
  Thread& thread = *machine_.current_thread();
  ProcessPages pages(machine_.faults(), thread.process(), &thread);
  GuestMemory memory(machine_.ram(), thread.process().directory(), pages);
  ServiceCall call{machine_, thread, thread.process(), memory, {}};
  const auto words = std::span(call.words).first(service.words);
  const mm::NtStatus captured = memory.read(arguments, std::as_writable_bytes(words));
  if (captured != mm::NtStatus::Success) return captured;
  const ServiceResult result = service.handler(call);
  if (tracing()) spdlog::trace("thread {}: {} -> {:#010x}", thread.id(), service.name, result.eax);
  return result;
}

}  // namespace emu
