// faults: the last page faults, without those that starting the program took.
#include <fmt/core.h>

#include <algorithm>

#include "emulator/debugger/commands/handlers.h"
#include "emulator/debugger/memory/why.h"
#include "emulator/debugger/session/arguments.h"
#include "emulator/debugger/session/session.h"
#include "emulator/debugger/text/memory_names.h"
#include "emulator/kernel/processes/process.h"

namespace emu::debugger::commands {
namespace {

struct Wanted {
  bool loader = false;                  // its faults, too
  std::optional<AddressRange> range{};  // of the addresses that faulted
  std::string module{};                 // whose instructions made them, or whose pages they were about
  uint64_t count = 16;
};

bool is_about(const LoadedImage& image, mm::VirtualAddress address) {
  return address.value - image.base.value < image.size;
}

const Process* process_of(const Session& session, const mm::FaultStory& story) {
  for (const Process* process : session.processes())
    if (process->id() == story.who.process) return process;
  return nullptr;
}

// Made to start the program; once it has begun, only what ntdll's loader does itself.
bool is_loaders(Session& session, const mm::FaultStory& story) {
  const auto begun = session.engine().first_fault_of_program(story.who.process);
  if (!begun || story.sequence < *begun) return true;
  const Process* process = process_of(session, story);
  if (process == nullptr) return false;
  const auto source = session.symbols_of(const_cast<Process*>(process)).source_at(story.who.instruction);
  return source && source->file.find("ntdll/loader/") != std::string::npos;
}

bool concerns_module(const Process* process, const mm::FaultStory& story, const std::string& module) {
  if (process == nullptr) return false;
  return std::any_of(process->images.begin(), process->images.end(), [&](const LoadedImage& image) {
    const ModuleLocation location{image.base, image.size, image.name, {}};
    const bool named =
        matches_wildcard(location.short_name(), module) || matches_wildcard(image.name, module);
    return named && (is_about(image, story.who.instruction) || is_about(image, story.who.fault.address));
  });
}

bool in_range(const AddressRange& range, mm::VirtualAddress address) {
  const uint64_t size = range.elements(1, mm::kPageSize);
  return address.page().address().value + uint64_t{mm::kPageSize} > range.begin.value &&
         address.page().address().value < range.begin.value + size;
}

Wanted take_wanted(Arguments& arguments) {
  Wanted wanted;
  wanted.loader = arguments.take("/a");
  if (arguments.take("m")) {
    wanted.module = arguments.word();
    if (wanted.module.empty()) throw CommandError("a module's name is missing");
  }
  if (!arguments.empty()) {
    const AddressRange first = arguments.range(1);
    const bool is_count = first.extent == AddressRange::Extent::Unsaid && arguments.empty() &&
                          first.begin < mm::kLowestUserAddress;
    if (is_count)
      wanted.count = first.begin.value;
    else
      wanted.range = first;
  }
  if (const auto count = arguments.optional_number()) wanted.count = *count;
  arguments.end();
  return wanted;
}

}  // namespace

// faults [/a] [m MODULE] [RANGE] [COUNT]
Answer fault_history(Session& session, std::string_view text) {
  Arguments arguments(text, session);
  const Wanted wanted = take_wanted(arguments);
  const mm::FaultRecorder& recorder = session.engine().faults();
  const SessionProcessNames names(session);
  std::vector<const mm::FaultStory*> found;
  uint64_t hidden = 0;
  const uint64_t last = recorder.count();
  for (uint64_t sequence = last > mm::FaultRecorder::kKept ? last - mm::FaultRecorder::kKept + 1 : 1;
       sequence <= last; ++sequence) {
    const mm::FaultStory* story = recorder.find(sequence);
    if (story == nullptr) continue;
    const bool loaders = is_loaders(session, *story);
    if (wanted.range && !in_range(*wanted.range, story->who.fault.address)) continue;
    if (!wanted.module.empty() && !concerns_module(process_of(session, *story), *story, wanted.module))
      continue;
    if (loaders && !wanted.loader)
      ++hidden;
    else
      found.push_back(story);
  }
  if (found.size() > wanted.count)
    found.erase(found.begin(), found.end() - static_cast<std::ptrdiff_t>(wanted.count));
  Answer answer;
  answer.data = nlohmann::ordered_json::array();
  for (const mm::FaultStory* story : found) {
    answer.text += fmt::format("{:6} {}\n", story->sequence, explain(*story, names).headline);
    answer.data.push_back(fault_json(*story, names));
  }
  if (hidden != 0) answer.text += fmt::format("{} of the loader are not shown (faults /a)\n", hidden);
  return answer;
}

}  // namespace emu::debugger::commands
