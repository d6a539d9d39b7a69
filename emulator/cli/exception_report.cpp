#include "emulator/cli/exception_report.h"

#include <fmt/core.h>

#include <array>
#include <span>
#include <string_view>

#include "emulator/debugger/disassembly/disassembler.h"
#include "emulator/kernel/exceptions/instruction.h"
#include "emulator/kernel/kernel.h"
#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/processes/thread.h"
#include "mm/inspect/entry_words.h"
#include "mm/memory_manager.h"
#include "mm/x86/protection.h"
#include "mm/x86/walk.h"

namespace emu {
namespace {

using mm::NtStatus;

std::string line(std::string_view label, const std::string& text) {
  return fmt::format("  {:<10}{}\n", label, text);
}

std::string name_of(const Exception& exception) {
  constexpr uint32_t kMicrosoftCxx = 0xE06D7363;
  constexpr uint32_t kGnuCxx = 0x20474343;
  if (exception.code == kMicrosoftCxx || exception.code == kGnuCxx)
    return "a C++ exception that nobody caught";
  return std::string(mm::to_string(exception.status()));
}

std::string place_of(const Process& process, mm::VirtualAddress address) {
  for (const LoadedImage& image : process.images) {
    const uint32_t offset = address.value - image.base.value;
    if (offset < image.size) return fmt::format("{}+{:#x}", image.name, offset);
  }
  return "no image";
}

std::string_view verb_of(mm::Access access) {
  switch (access) {
    case mm::Access::Read: return "reading";
    case mm::Access::Write: return "writing";
    case mm::Access::Execute: return "executing";
  }
  return "touching";
}

// --- The instruction and the registers.

std::string instruction_text(const Kernel& kernel, const Process& process, mm::VirtualAddress at) {
  std::array<uint8_t, kLongestInstruction> code{};
  const size_t read = kernel.peek(process, at, std::as_writable_bytes(std::span(code)));
  if (read == 0) return line("code", fmt::format("{:#010x} cannot be read", at.value));
  const debugger::Disassembler disassembler(debugger::AssemblySyntax::Intel);
  const auto instruction = disassembler.decode(std::span(code).first(read), at);
  const std::string text = instruction ? instruction->text() : "(no instruction)";
  std::string bytes;
  for (size_t i = 0; i < (instruction ? instruction->size : 1); ++i) bytes += fmt::format("{:02x} ", code[i]);
  return line("code", fmt::format("{:#010x}  {} {}  ({})", at.value, bytes, text, place_of(process, at)));
}

std::string flags_text(uint32_t eflags) {
  constexpr std::pair<uint32_t, const char*> kFlags[] = {{1u << 0, "CF"}, {1u << 2, "PF"},  {1u << 4, "AF"},
                                                         {1u << 6, "ZF"}, {1u << 7, "SF"},  {1u << 8, "TF"},
                                                         {1u << 9, "IF"}, {1u << 10, "DF"}, {1u << 11, "OF"}};
  std::string text;
  for (const auto& [bit, name] : kFlags)
    if ((eflags & bit) != 0) text += fmt::format(" {}", name);
  return text;
}

std::string registers_text(const Registers& r) {
  return line("registers",
              fmt::format("eax={:08x} ebx={:08x} ecx={:08x} edx={:08x}", r.eax, r.ebx, r.ecx, r.edx)) +
         line("", fmt::format("esi={:08x} edi={:08x} ebp={:08x} esp={:08x}", r.esi, r.edi, r.ebp, r.esp)) +
         line("", fmt::format("eip={:08x} eflags={:08x}{}", r.eip, r.eflags, flags_text(r.eflags))) +
         line("", fmt::format("cs={:04x} ss={:04x} ds={:04x} es={:04x} fs={:04x} gs={:04x}", r.cs, r.ss, r.ds,
                              r.es, r.fs, r.gs));
}

// --- The address.

std::string state_text(const mm::RegionInformation& region) {
  switch (region.state) {
    case mm::allocation::kFree: return "free";
    case mm::allocation::kReserve: return "reserved";
    default: return "committed";
  }
}

std::string page_protection_text(uint32_t constants) {
  const auto protection = mm::x86::protection_from_page_constants(constants);
  return protection ? mm::protection_words(*protection) : fmt::format("{:#x}", constants);
}

// The first byte after the allocation that begins at `base`.
uint64_t end_of_allocation(const Kernel& kernel, const Process& process, mm::VirtualAddress base) {
  uint64_t at = base.value;
  while (at < mm::kSystemBase.value) {
    const auto region = kernel.memory().query_virtual_memory(process.space(), {static_cast<uint32_t>(at)});
    if (!region || region->allocation_base != base || region->size == 0) break;
    at += region->size;
  }
  return at;
}

std::string vad_text(const Kernel& kernel, const Process& process, const mm::RegionInformation& region) {
  if (region.state == mm::allocation::kFree) return line("VAD", "none: the address is free");
  const uint64_t end = end_of_allocation(kernel, process, region.allocation_base);
  std::string text = fmt::format("{:#010x}-{:#010x}, allocated {}", region.allocation_base.value, end - 1,
                                 page_protection_text(region.allocation_protect));
  text += fmt::format("; here {}", state_text(region));
  if (region.state == mm::allocation::kCommit) text += ", " + page_protection_text(region.protect);
  return line("VAD", text);
}

std::string entries_text(const mm::x86::Walk& walk) {
  std::string text;
  for (const mm::x86::WalkStep& step : walk.steps()) {
    text += line(mm::entry_name(walk.level(step)),
                 fmt::format("{:#05x} at {:#010x}: {:08x}, {}", mm::x86::entry_index(walk.mode(), step.at),
                             step.at.value, step.entry.raw, mm::level_words(walk.level(step), step.entry)));
  }
  return text;
}

// Of an access violation.
std::string why_refused(mm::Access access, mm::VirtualAddress address, const mm::RegionInformation* region) {
  if (address >= mm::kSystemBase) return "the address is the system's; a user program may not touch it";
  if (address < mm::kLowestUserAddress)
    return "the first 64 KB are never given out: a null pointer, or nearly";
  if (region == nullptr) return "the last 64 KB below 2 GB are never given out";
  if (region->state == mm::allocation::kFree) return "nothing is allocated at this address";
  if (region->state == mm::allocation::kReserve) return "the page is reserved but not committed";
  if ((region->protect & mm::x86::page::kNoAccess) != 0) return "the page is committed with no access";
  if (access == mm::Access::Write) return "the page may not be written";
  return "the page's protection does not allow it";
}

// A page of the paging file was not to be read; any other needs a frame, and found none.
std::string why_not_in_memory(mm::NtStatus status, mm::x86::Pte pte) {
  if (mm::x86::decode(pte) == mm::x86::PteKind::PagingFile)
    return fmt::format("the page could not be read from the paging file ({})", mm::to_string(status));
  return fmt::format("no frame could be freed for the page: the paging file cannot be written ({})",
                     mm::to_string(status));
}

std::string why(const Exception& exception, const FaultingAccess& faulting,
                const mm::RegionInformation* region, mm::x86::Pte pte) {
  switch (exception.status()) {
    case NtStatus::StackOverflow:
      return "the stack is used up: below it only the page that is never given is left";
    case NtStatus::GuardPageViolation: return "the page was a guard page; it is an ordinary page from now on";
    case NtStatus::InPageError: return why_not_in_memory(static_cast<NtStatus>(exception.parameters[2]), pte);
    default: return why_refused(faulting.access, faulting.address, region);
  }
}

std::string address_text(const Kernel& kernel, const Process& process, const Exception& exception) {
  const FaultingAccess faulting = faulting_access(exception);
  const auto region = kernel.memory().query_virtual_memory(process.space(), faulting.address);
  const auto walk = mm::x86::walk(kernel.ram(), process.root(), faulting.address);
  std::string text =
      line("address", fmt::format("{:#010x}, {}", faulting.address.value, verb_of(faulting.access)));
  if (region) text += vad_text(kernel, process, *region);
  text += entries_text(walk);
  return text + line("refused", why(exception, faulting, region ? &*region : nullptr, walk.pte()));
}

std::string details(const Kernel& kernel, const Process& process, const Exception& exception) {
  if (is_memory_exception(exception)) return address_text(kernel, process, exception);
  if (exception.protection)
    return line("refused",
                "the processor gives no address: a selector, a limit, or an interrupt it may not call");
  std::string parameters;
  for (uint32_t i = 0; i < exception.parameter_count; ++i)
    parameters += fmt::format("{}{:#x}", i == 0 ? "" : ", ", exception.parameters[i]);
  return parameters.empty() ? "" : line("with", parameters);
}

// Of an exception that not all of the guest's handlers were asked about.
std::string handlers_text(const Thread& thread, const Exception& exception) {
  if ((exception.flags & Exception::kStackInvalid) != 0)
    return line("handlers",
                "the chain of exception frames is not sound (fs:[0], or a frame that it leads to)");
  if (thread.stack_status == NtStatus::Success) return "";
  return line("stack", fmt::format("esp={:08x} is unusable ({}): no handler could be asked",
                                   thread.registers.esp, mm::to_string(thread.stack_status)));
}

}  // namespace

std::string exception_report(const Kernel& kernel, const Thread& thread, const Exception& exception) {
  const Process& process = thread.process();
  return fmt::format("pagewalk: {}: unhandled exception {:#010x}, {}\n", process.name(), exception.code,
                     name_of(exception)) +
         instruction_text(kernel, process, exception.address) + registers_text(thread.registers) +
         details(kernel, process, exception) + handlers_text(thread, exception);
}

}  // namespace emu
