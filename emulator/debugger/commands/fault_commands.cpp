// bf: halting at page faults; .pagein.
#include <fmt/core.h>

#include "emulator/debugger/commands/handlers.h"
#include "emulator/debugger/memory/words.h"
#include "emulator/debugger/session/arguments.h"
#include "emulator/debugger/session/session.h"
#include "emulator/kernel/kernel.h"
#include "emulator/kernel/memory/fault_path.h"
#include "emulator/kernel/memory/guest_memory.h"
#include "emulator/kernel/processes/process.h"
#include "mm/memory_manager.h"

namespace emu::debugger::commands {
namespace {

using mm::FaultKind;

constexpr uint32_t bit(FaultKind kind) { return FaultKinds::of(kind).bits; }

struct KindName {
  std::string_view name;
  uint32_t bits;
};
constexpr KindName kKinds[] = {
    {"any", FaultKinds::all().bits},
    {"demand-zero", bit(FaultKind::DemandZero)},
    {"transition", bit(FaultKind::Transition)},
    {"pagefile", bit(FaultKind::PagingFile)},
    {"guard", bit(FaultKind::Guard)},
    {"av", bit(FaultKind::AccessViolation)},
    {"soft", bit(FaultKind::DemandZero) | bit(FaultKind::Transition)},
    {"hard", bit(FaultKind::PagingFile)},
};

// The kinds that stand first; any when there are none.
FaultKinds take_kinds(Arguments& arguments) {
  FaultKinds kinds{0, false};
  for (bool found = true; found;) {
    found = arguments.take("table");
    if (found) kinds.page_tables = true;
    for (const KindName& kind : kKinds) {
      if (!arguments.take(kind.name)) continue;
      kinds.bits |= kind.bits;
      found = true;
    }
  }
  if (kinds.bits == 0) kinds.bits = FaultKinds::all().bits;
  return kinds;
}

void take_vad(const Session& session, Arguments& arguments, Breakpoint& breakpoint) {
  const mm::VirtualAddress inside{arguments.number("an address")};
  const auto region = session.kernel().memory().query_virtual_memory(session.process().space(), inside);
  if (!region || region->allocation_base.value == 0)
    throw CommandError(fmt::format("no VAD holds {:08x}", inside.value));
  breakpoint.address = region->allocation_base.value;
  uint64_t end = breakpoint.address;
  for (;;) {
    const auto part = session.kernel().memory().query_virtual_memory(session.process().space(),
                                                                     {static_cast<uint32_t>(end)});
    if (!part || part->allocation_base != region->allocation_base) break;
    end = uint64_t{part->base.value} + part->size;
  }
  breakpoint.size = end - breakpoint.address;
}

}  // namespace

// bf [/1] [/a] [KIND...] [ADDRESS RANGE | vad ADDRESS] ["COMMANDS"]
Answer break_on_fault(Session& session, std::string_view text) {
  Arguments arguments(text, session);
  Breakpoint breakpoint{.kind = Breakpoint::Kind::Fault, .size = 0};
  breakpoint.process = session.looked_at_process() != nullptr ? session.looked_at_process()->id() : 0;
  for (bool option = true; option;) {
    option = false;
    if (arguments.take("/1")) option = true, breakpoint.lasts = Breakpoint::Lasts::Once;
    if (arguments.take("/a")) option = true, breakpoint.process = 0;
  }
  breakpoint.faults = take_kinds(arguments);
  if (arguments.take("vad")) {
    take_vad(session, arguments, breakpoint);
  } else if (!arguments.empty() && arguments.rest().front() != '"') {
    const AddressRange range = arguments.range(1);
    breakpoint.address = range.begin.value;
    breakpoint.size = range.elements(1, mm::kPageSize);
  }
  if (!arguments.empty()) breakpoint.commands = arguments.word();
  arguments.end();
  const uint32_t number = session.engine().breakpoints().add(breakpoint);
  return {"", {{"breakpoint", number}}};
}

// As if the process had read there.
Answer page_in(Session& session, std::string_view text) {
  Arguments arguments(text, session);
  const mm::VirtualAddress address{arguments.number("an address")};
  arguments.end();
  session.require_outside();
  Process& process = session.process();
  ProcessPages pages(session.kernel().faults(), process, nullptr, mm::FaultActor::Debugger);
  GuestMemory memory(session.kernel().ram(), process.root(), pages);
  const auto byte = memory.load<uint8_t>(address);
  if (!byte)
    throw CommandError(fmt::format("{:08x} cannot be read: {}", address.value, mm::to_string(byte.error())));
  const auto walk = mm::x86::walk(session.kernel().ram(), process.root(), address);
  return {fmt::format("{:08x} is in frame {:05x}\n", address.value, walk.physical().frame().value()),
          {{"address", address_words(address)}, {"frame", walk.physical().frame().value()}}};
}

}  // namespace emu::debugger::commands
