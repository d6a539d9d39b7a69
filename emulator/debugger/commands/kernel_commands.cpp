// !pte, !vad, !vm, !pfn, !address, !memusage, !wsle, !vtop, !ptov, why, .digest.
#include <fmt/core.h>

#include "emulator/debugger/commands/handlers.h"
#include "emulator/debugger/memory/frame_report.h"
#include "emulator/debugger/memory/memory_report.h"
#include "emulator/debugger/memory/page_report.h"
#include "emulator/debugger/memory/region_report.h"
#include "emulator/debugger/memory/state_digest.h"
#include "emulator/debugger/memory/translation_report.h"
#include "emulator/debugger/memory/vad_report.h"
#include "emulator/debugger/memory/why.h"
#include "emulator/debugger/memory/working_set_report.h"
#include "emulator/debugger/session/arguments.h"
#include "emulator/debugger/text/memory_names.h"
#include "emulator/kernel/kernel.h"
#include "emulator/kernel/processes/process.h"
#include "mm/memory_manager.h"

namespace emu::debugger::commands {
namespace {

const mm::MachineState& state_of(const Session& session) { return session.kernel().memory().state(); }

mm::VirtualAddress take_address(Session& session, std::string_view text) {
  Arguments arguments(text, session);
  const mm::VirtualAddress address{arguments.number("an address")};
  arguments.end();
  return address;
}

std::optional<mm::VirtualAddress> take_optional_address(Session& session, std::string_view text) {
  Arguments arguments(text, session);
  const auto value = arguments.optional_number();
  arguments.end();
  if (!value) return std::nullopt;
  return mm::VirtualAddress{*value};
}

mm::PageFrameNumber take_frame(Session& session, std::string_view text) {
  Arguments arguments(text, session);
  const uint32_t frame = arguments.number("a frame's number");
  arguments.end();
  const mm::PageFrameNumber number(frame);
  if (!session.kernel().ram().contains(number))
    throw CommandError(
        fmt::format("there is no frame {:x}: RAM has {:x}", frame, session.kernel().ram().frames().value));
  return number;
}

mm::PageStory story_of(Session& session, std::string_view text) {
  return mm::page_story(state_of(session), session.process().space(), take_address(session, text));
}

const Process& process_of_directory(Session& session, uint32_t directory) {
  if (directory == 0) return session.process();
  for (const Process* process : session.processes()) {
    const uint32_t frame = process->root().frame().value();
    if (directory == frame || directory == frame << mm::kPageShift) return *process;
  }
  throw CommandError(fmt::format("no process has its page directory in frame {:x}", directory));
}

}  // namespace

Answer page_table_entry(Session& session, std::string_view text) {
  const mm::PageStory story = story_of(session, text);
  return {page_text(story, SessionProcessNames(session)), page_json(story)};
}

// Of the process with that page directory: its frame, or its physical address; 0 is the one that is looked
// at.
Answer virtual_to_physical(Session& session, std::string_view text) {
  Arguments arguments(text, session);
  uint32_t address = arguments.number("an address");
  const Process* process = &session.process();
  if (!arguments.empty()) {
    process = &process_of_directory(session, address);
    address = arguments.number("an address");
  }
  arguments.end();
  const mm::PageStory story =
      mm::page_story(state_of(session), process->space(), mm::VirtualAddress{address});
  return {translation_report_text(story), translation_report_json(story)};
}

Answer vads(Session& session, std::string_view text) {
  const auto address = take_optional_address(session, text);
  const mm::AddressSpace& space = session.process().space();
  if (!address) {
    const mm::VadTreeView tree = mm::vads_of(state_of(session), space);
    return {vads_text(tree), vads_json(tree)};
  }
  const auto vad = mm::vad_at(state_of(session), space, *address);
  if (!vad) throw CommandError(fmt::format("no VAD holds {:08x}", address->value));
  return {vad_text(*vad), vad_json(*vad)};
}

Answer virtual_memory(Session& session, std::string_view text) {
  Arguments(text, session).end();
  std::vector<ProcessUsage> processes;
  for (const Process* process : session.processes())
    processes.push_back({fmt::format("{:x} ({})", process->id(), process->name()),
                         session.kernel().memory().statistics(process->space())});
  const mm::MemoryStatistics statistics = session.kernel().memory().statistics();
  return {machine_memory_text(statistics, processes), machine_memory_json(statistics, processes)};
}

Answer memory_use(Session& session, std::string_view text) {
  Arguments(text, session).end();
  const mm::FrameOwners owners = mm::frame_owners(state_of(session));
  const mm::PhysicalStatistics lists = session.kernel().memory().statistics().physical;
  return {memory_usage_text(lists, owners, SessionProcessNames(session)), memory_usage_json(lists, owners)};
}

Answer page_frame(Session& session, std::string_view text) {
  const mm::FrameView frame = mm::frame_view(state_of(session), take_frame(session, text));
  return {frame_text(frame, SessionProcessNames(session)), frame_json(frame)};
}

Answer physical_to_virtual(Session& session, std::string_view text) {
  const mm::PageFrameNumber frame = take_frame(session, text);
  const auto mappings = mm::mappings_of(state_of(session), frame);
  return {mappings_text(frame, mappings, SessionProcessNames(session)), mappings_json(frame, mappings)};
}

Answer address(Session& session, std::string_view text) {
  const auto at = take_optional_address(session, text);
  const mm::AddressSpace& space = session.process().space();
  const SessionRegionNames names(session);
  Answer answer;
  if (at) {
    const auto region = region_at(session.kernel().memory(), space, *at, names);
    if (!region) throw CommandError(fmt::format("{:08x} is in the system half", at->value));
    answer = {region_text(*region), region_json(*region)};
  } else {
    const auto regions = regions_of(session.kernel().memory(), space, names);
    answer = {regions_text(regions), regions_json(regions)};
  }
  for (const std::string& sentence : names.damage()) answer.text += sentence + "\n";
  answer.data["unread"] = names.damage();
  return answer;
}

Answer working_set(Session& session, std::string_view text) {
  const auto at = take_optional_address(session, text);
  const mm::AddressSpace& space = session.process().space();
  std::vector<mm::WorkingSetPage> entries;
  if (at) {
    const auto entry = mm::working_set_entry(state_of(session), space, *at);
    if (!entry) throw CommandError(fmt::format("{:08x} is not in the working set", at->value));
    entries.push_back(*entry);
  } else {
    entries = mm::working_set_of(state_of(session), space);
  }
  return {working_set_text(entries), working_set_json(entries)};
}

// Without an address: the fault that the guest stands in, else the last one.
Answer why(Session& session, std::string_view text) {
  const auto at = take_optional_address(session, text);
  const mm::FaultRecorder& recorder = session.engine().faults();
  const SessionProcessNames names(session);
  if (at) {
    const AddressAccount account = account_of(state_of(session), session.process().space(), *at, &recorder);
    return {text_of(explain(account, names)), account_json(account, names)};
  }
  const mm::FaultStory* story = recorder.latest();
  if (story == nullptr) throw CommandError("there was no fault yet");
  return {text_of(explain(*story, names)), fault_json(*story, names)};
}

Answer state_digest(Session& session, std::string_view text) {
  Arguments(text, session).end();
  const uint64_t digest = emu::debugger::state_digest(session.kernel());
  return {fmt::format("State digest: {:016x}\n", digest), {{"digest", fmt::format("{:016x}", digest)}}};
}

}  // namespace emu::debugger::commands
