#include "emulator/debugger/text/halt_text.h"

#include <fmt/core.h>

#include "emulator/debugger/disassembly/code_listing.h"
#include "emulator/debugger/memory/words.h"
#include "emulator/debugger/text/register_text.h"
#include "emulator/debugger/text/stage_text.h"
#include "emulator/kernel/kernel.h"
#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/processes/thread.h"
#include "emulator/kernel/processes/user_stack.h"
#include "guest/abi/structures.h"
#include "mm/x86/walk.h"

namespace emu::debugger {
namespace {

using Kind = Halt::Kind;

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::Start: return "start";
    case Kind::Break: return "break";
    case Kind::Step: return "step";
    case Kind::Breakpoint: return "breakpoint";
    case Kind::DataAccess: return "data_access";
    case Kind::Exception: return "exception";
    case Kind::ProcessBegin: return "process_begin";
    case Kind::ProcessEnd: return "process_end";
    case Kind::ThreadBegin: return "thread_begin";
    case Kind::ThreadEnd: return "thread_end";
    case Kind::ImageLoad: return "image_load";
    case Kind::ImageUnload: return "image_unload";
    case Kind::Service: return "service";
    case Kind::ServiceEnd: return "service_end";
    case Kind::Fault: return "fault";
    case Kind::FaultStage: return "fault_stage";
    case Kind::FaultEnd: return "fault_end";
    case Kind::Standstill: return "standstill";
    case Kind::GuestEnd: return "guest_end";
  }
  return "unknown";
}

std::string_view words_of(mm::Access access) {
  switch (access) {
    case mm::Access::Read: return "read";
    case mm::Access::Write: return "write";
    case mm::Access::Execute: return "execute";
  }
  return "access";
}

std::string access_words(const DataAccess& access) {
  return access.reads && access.writes ? "read and write" : access.writes ? "write" : "read";
}

std::string exception_text(const Session& session, const Exception& exception) {
  const std::string_view title = title_of_exception(exception.code);
  const bool first = exception.chance == Exception::Chance::First;
  std::string text = fmt::format("({:x}.{:x}): {} - code {:08x} ({})\n", session.process().id(),
                                 session.thread().id(), title.empty() ? "Unknown exception" : title,
                                 exception.code, first ? "first chance" : "!!! second chance !!!");
  if (is_memory_exception(exception)) {
    const FaultingAccess access = faulting_access(exception);
    text += fmt::format("Attempt to {} address {:08x}\n", words_of(access.access), access.address.value);
  }
  if (first)
    text +=
        "First chance exceptions are reported before any exception handling.\n"
        "This exception may be expected and handled.\n";
  return text;
}

std::string end_text(const Halt& halt) {
  switch (halt.end.kind) {
    case ProcessEnd::Kind::Exited: return fmt::format("exit code {:#x}", halt.end.exit_code);
    case ProcessEnd::Kind::UnhandledException:
      return fmt::format("unhandled exception {:08x}", halt.end.exit_code);
    case ProcessEnd::Kind::LoadFailed: return fmt::format("could not be loaded, {:08x}", halt.end.exit_code);
  }
  return "";
}

std::string data_access_text(const Session& session, const Halt& halt) {
  return fmt::format("Breakpoint {} hit: {} of {} bytes at {:08x} by {:08x} {}\n", halt.breakpoint,
                     access_words(halt.access), halt.access.size, halt.access.address.value,
                     halt.access.instruction.value, session.symbols().describe(halt.access.instruction));
}

// What the guard page that the fault touches does for the thread's stack.
GuardTouch guard_touch_of(const Session& session, const Halt& halt) {
  if (halt.forecast.fault != mm::FaultKind::Guard || halt.thread == nullptr) return GuardTouch::OtherMemory;
  const auto teb = session.memory().load<abi::Teb>(halt.thread->teb());
  if (!teb) return GuardTouch::OtherMemory;
  return guard_touch({teb->StackBase, teb->DeallocationStack, teb->GuaranteedStackBytes}, halt.fault.address);
}

std::string_view cost_words(mm::FaultKind kind, GuardTouch touch) {
  if (touch == GuardTouch::GrowsStack) return "the stack grows";
  if (touch == GuardTouch::OverflowsStack) return "the stack overflows";
  if (kind == mm::FaultKind::PagingFile) return "hard";
  return raises(kind) ? "raised" : "soft";
}

std::string fault_text(const Session& session, const Halt& halt) {
  return fmt::format(
      "Page fault: {} at {:08x}, before the memory manager acts. It is going to be: {} ({}){}\n",
      access_noun(halt.fault.access), halt.fault.address.value, mm::to_string(halt.forecast.fault),
      cost_words(halt.forecast.fault, guard_touch_of(session, halt)),
      halt.forecast.page_table == mm::PageTableNeed::WouldBeMade ? ", with a new page table" : "");
}

// What the memory manager raises over a stack's guard page goes to the kernel, not to the guest.
std::string raised_stage_text(const Session& session, const Halt& halt) {
  if (halt.stage.kind != mm::Event::Kind::FaultRaised) return stage_text(halt.stage);
  switch (guard_touch_of(session, halt)) {
    case GuardTouch::GrowsStack:
      return "stack        grows: the kernel makes the next page below the guard page";
    case GuardTouch::OverflowsStack: return "stack        overflows: no page below may become the guard page";
    case GuardTouch::OtherMemory: break;
  }
  return stage_text(halt.stage);
}

std::string refused_text(const Session& session, const Halt& halt) {
  switch (guard_touch_of(session, halt)) {
    case GuardTouch::GrowsStack:
      return fmt::format("The fault at {:08x} grows the stack: the access is made again\n",
                         halt.fault.address.value);
    case GuardTouch::OverflowsStack:
      return fmt::format("The fault at {:08x} overflows the stack: {}\n", halt.fault.address.value,
                         mm::to_string(mm::NtStatus::StackOverflow));
    case GuardTouch::OtherMemory: break;
  }
  return fmt::format("The fault at {:08x} is refused: {}\n", halt.fault.address.value,
                     mm::to_string(halt.outcome.status));
}

// What the processor's next walk makes of it (emulator/mmu): a clean page is entered without the right to
// write, so that its first write misses again and sets Dirty.
std::string tlb_text(mm::PhysicalMemory ram, const Halt& halt) {
  const mm::Fault& fault = halt.fault;
  const auto walk = mm::x86::walk(ram, halt.process->root(), fault.address);
  if (halt.actor != mm::FaultActor::Instruction) return "";
  if (!mm::x86::permits(walk, fault.access, fault.mode, mm::x86::WriteProtect::On)) return "";
  const bool writes = fault.access == mm::Access::Write || (walk.dirty() && walk.writable());
  return fmt::format("TLB          page {:05x} -> frame {:05x}, to {}{}\n", fault.address.page().value(),
                     walk.physical().frame().value(), writes ? "read and write" : "read",
                     fault.access == mm::Access::Execute ? " and execute" : "");
}

std::string fault_end_text(const Session& session, const Halt& halt) {
  switch (halt.outcome.kind) {
    case mm::FaultOutcome::Kind::Retry:
      return fmt::format("The fault at {:08x} is resolved: the access is made again\n{}",
                         halt.fault.address.value, tlb_text(session.kernel().ram(), halt));
    case mm::FaultOutcome::Kind::Raise: return refused_text(session, halt);
    case mm::FaultOutcome::Kind::Wait:
      return fmt::format("The fault at {:08x} waits: its page is on its way\n", halt.fault.address.value);
  }
  return "";
}

std::string reason_text(const Session& session) {
  const Halt& halt = session.halt();
  const uint32_t process = halt.process != nullptr ? halt.process->id() : 0;
  switch (halt.kind) {
    case Kind::Start:
    case Kind::ProcessBegin: return fmt::format("Process {:x} begins: {}\n", process, halt.process->name());
    case Kind::Break: return "Break\n";
    case Kind::Step: return "";
    case Kind::Breakpoint: return fmt::format("Breakpoint {} hit\n", halt.breakpoint);
    case Kind::DataAccess: return data_access_text(session, halt);
    case Kind::Exception: return exception_text(session, halt.exception);
    case Kind::ProcessEnd:
      return fmt::format("Process {:x} is about to end: {}, {}\n", process, halt.process->name(),
                         end_text(halt));
    case Kind::ThreadBegin: return fmt::format("Thread {:x}.{:x} begins\n", process, halt.thread->id());
    case Kind::ThreadEnd:
      return fmt::format("Thread {:x}.{:x} is about to end: exit code {:#x}\n", process, halt.thread->id(),
                         halt.exit_code);
    case Kind::ImageLoad:
      return fmt::format("ModLoad: {:08x} {:08x}   {}\n", halt.image.base.value,
                         halt.image.base.value + halt.image.size, halt.image.name);
    case Kind::ImageUnload:
      return fmt::format("Unload module {} at {:08x}\n", halt.image.name, halt.image.base.value);
    case Kind::Service:
      return fmt::format("Breakpoint {} hit: {} begins\n", halt.breakpoint, service_name(halt.service));
    case Kind::ServiceEnd: return fmt::format("{} ends: {:08x}\n", service_name(halt.service), halt.result);
    case Kind::Fault: return fault_text(session, halt);
    case Kind::FaultStage: return raised_stage_text(session, halt) + "\n";
    case Kind::FaultEnd: return fault_end_text(session, halt);
    case Kind::Standstill:
      return "Nothing runs: every thread that could is frozen or suspended (~* u and ~N m let them go on)\n";
    case Kind::GuestEnd: return "The guest has ended\n";
  }
  return "";
}

}  // namespace

Answer halt_reason(const Session& session) {
  const Halt& halt = session.halt();
  Answer answer(reason_text(session), {{"halt", name_of(halt.kind)}});
  if (halt.process != nullptr) answer.data["process"] = halt.process->id();
  if (halt.thread != nullptr) answer.data["thread"] = halt.thread->id();
  if (halt.kind == Kind::Breakpoint || halt.kind == Kind::DataAccess)
    answer.data["breakpoint"] = halt.breakpoint;
  if (halt.kind == Kind::DataAccess) answer.data["address"] = address_words(halt.access.address);
  if (halt.kind == Kind::Exception) {
    answer.data["code"] = halt.exception.code;
    answer.data["first_chance"] = halt.exception.chance == Exception::Chance::First;
  }
  if (halt.kind == Kind::Service || halt.kind == Kind::ServiceEnd)
    answer.data["service"] = service_name(halt.service);
  if (halt.kind == Kind::Fault || halt.kind == Kind::FaultStage || halt.kind == Kind::FaultEnd) {
    answer.data["address"] = address_words(halt.fault.address);
    answer.data["access"] = words_of(halt.fault.access);
    answer.data["fault"] = mm::to_string(halt.forecast.fault);
  }
  if (halt.kind == Kind::FaultStage) answer.data["stage"] = raised_stage_text(session, halt);
  return answer;
}

std::string fault_progress(const Halt& halt) {
  using Stage = mm::Event::Kind;
  if (halt.kind == Kind::Fault) return fmt::format("next: {}", stage_name(Stage::FaultTaken));
  if (halt.kind != Kind::FaultStage) return "";
  return fmt::format("done: {}, next: {}", stage_name(halt.stage.kind),
                     next_stage_name(halt.stage.kind, halt.forecast));
}

// With what the instruction is about to touch behind it.
std::string instruction_text(const Session& session) {
  const Registers registers = session.registers();
  const CodeListing listing(session.memory(), session.symbols());
  std::string text;
  for (const std::string& line : listing.forward({registers.eip}, 1).lines)
    text += (text.empty() ? "" : "\n") + line;
  return text + listing.operand_text({registers.eip}, session) + "\n";
}

Answer place_text(const Session& session) {
  if (session.looked_at_thread() == nullptr || session.halt().kind == Kind::GuestEnd) return {};
  const Registers registers = session.registers();
  std::string text;
  if (session.halt().where == Halt::Where::Outside) text = register_lines(registers);
  text += instruction_text(session);
  return {text,
          {{"eip", address_words({registers.eip})}, {"symbol", session.symbols().describe({registers.eip})}}};
}

}  // namespace emu::debugger
