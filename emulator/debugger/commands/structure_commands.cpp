// !teb, !peb, !gle.
#include <fmt/core.h>

#include "emulator/debugger/commands/handlers.h"
#include "emulator/debugger/memory/words.h"
#include "emulator/debugger/session/arguments.h"
#include "emulator/debugger/session/session.h"
#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/processes/thread.h"
#include "guest/abi/structures.h"

namespace emu::debugger::commands {
namespace {

template <class T>
T load(const Session& session, mm::VirtualAddress at, std::string_view what) {
  const auto value = session.memory().load<T>(at);
  if (!value) throw CommandError(fmt::format("the {} at {:08x} cannot be read", what, at.value));
  return *value;
}

enum class Is : uint8_t { Number, Address };

struct Row {
  std::string_view name, key;
  uint32_t value;
  Is is = Is::Number;
};

Answer table(std::string_view heading, mm::VirtualAddress at, std::initializer_list<Row> rows) {
  Answer answer(fmt::format("{} at {:08x}\n", heading, at.value), {{"address", address_words(at)}});
  for (const Row& row : rows) {
    answer.text += fmt::format("    {:<22} {:08x}\n", std::string(row.name) + ":", row.value);
    Json& value = answer.data[std::string(row.key)];
    if (row.is == Is::Address)
      value = address_words({row.value});
    else
      value = row.value;
  }
  return answer;
}

mm::VirtualAddress place(Session& session, std::string_view text, mm::VirtualAddress usual) {
  Arguments arguments(text, session);
  const auto at = arguments.optional_number();
  arguments.end();
  return at ? mm::VirtualAddress{*at} : usual;
}

}  // namespace

Answer teb(Session& session, std::string_view text) {
  const mm::VirtualAddress at = place(session, text, session.thread().teb());
  const auto teb = load<abi::Teb>(session, at, "TEB");
  return table("TEB", at,
               {{"ExceptionList", "exception_list", teb.ExceptionList, Is::Address},
                {"StackBase", "stack_base", teb.StackBase, Is::Address},
                {"StackLimit", "stack_limit", teb.StackLimit, Is::Address},
                {"DeallocationStack", "deallocation_stack", teb.DeallocationStack, Is::Address},
                {"Self", "self", teb.Self, Is::Address},
                {"ClientId.Process", "process", teb.ProcessId},
                {"ClientId.Thread", "thread", teb.ThreadId},
                {"Tls Storage", "tls_storage", teb.ThreadLocalStoragePointer, Is::Address},
                {"PEB Address", "peb", teb.Peb, Is::Address},
                {"LastErrorValue", "last_error", teb.LastErrorValue},
                {"LastStatusValue", "last_status", teb.LastStatusValue},
                {"GuaranteedStackBytes", "guaranteed_stack_bytes", teb.GuaranteedStackBytes}});
}

Answer peb(Session& session, std::string_view text) {
  const mm::VirtualAddress at = place(session, text, session.process().peb);
  const auto peb = load<abi::Peb>(session, at, "PEB");
  return table("PEB", at,
               {{"BeingDebugged", "being_debugged", peb.BeingDebugged},
                {"ImageBaseAddress", "image_base", peb.ImageBaseAddress, Is::Address},
                {"Ldr", "ldr", peb.Ldr, Is::Address},
                {"ProcessParameters", "process_parameters", peb.ProcessParameters, Is::Address},
                {"ProcessHeap", "process_heap", peb.ProcessHeap, Is::Address},
                {"NumberOfProcessors", "processors", peb.NumberOfProcessors},
                {"NtGlobalFlag", "nt_global_flag", peb.NtGlobalFlag},
                {"NumberOfHeaps", "heaps", peb.NumberOfHeaps},
                {"OSMajorVersion", "os_major_version", peb.OSMajorVersion},
                {"OSMinorVersion", "os_minor_version", peb.OSMinorVersion},
                {"OSBuildNumber", "os_build_number", peb.OSBuildNumber}});
}

Answer last_error(Session& session, std::string_view text) {
  Arguments(text, session).end();
  const auto teb = load<abi::Teb>(session, session.thread().teb(), "TEB");
  return {fmt::format("LastErrorValue: {:#x} ({})\nLastStatusValue: {:#x} {}\n", teb.LastErrorValue,
                      teb.LastErrorValue, teb.LastStatusValue,
                      mm::to_string(static_cast<mm::NtStatus>(teb.LastStatusValue))),
          {{"last_error", teb.LastErrorValue}, {"last_status", teb.LastStatusValue}}};
}

}  // namespace emu::debugger::commands
