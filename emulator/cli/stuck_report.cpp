#include "emulator/cli/stuck_report.h"

#include <fmt/core.h>

#include <optional>
#include <string_view>

#include "emulator/kernel/files/utf8.h"
#include "emulator/kernel/kernel.h"
#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/processes/thread.h"
#include "emulator/kernel/processes/threads.h"
#include "emulator/kernel/waits/mutant.h"

namespace emu {
namespace {

constexpr size_t kMostLines = 20;
constexpr size_t kMostObjects = 4;  // a thread's, in its line

// By which the thread's process knows the object; none when it was closed meanwhile.
std::optional<Handle> handle_to(const Process& process, const KernelObject& object) {
  std::optional<Handle> found;
  process.handles.for_each([&](Handle handle, const HandleEntry& entry) {
    if (!found && entry.object() == &object) found = handle;
  });
  return found;
}

std::string thread_text(const Thread& thread) {
  return fmt::format("{} (process {}, thread {})", thread.process().name(), thread.process().id(),
                     thread.id());
}

std::string object_text(const Thread& waiting, KernelObject& object) {
  std::string text(object.type().name);
  if (!object.name().empty()) text += ' ' + to_utf8(object.name());
  if (const auto handle = handle_to(waiting.process(), object))
    text += fmt::format(" (handle {:#x})", handle->value);
  if (const auto* process = object_cast<Process>(&object))
    text += fmt::format(" {}, {}", process->id(), process->name());
  if (const auto* thread = object_cast<Thread>(&object)) text += fmt::format(" {}", thread->id());
  if (const auto* mutant = object_cast<Mutant>(&object); mutant != nullptr && mutant->owner() != nullptr)
    text += fmt::format(", which thread {} owns", mutant->owner()->id());
  return text;
}

std::string objects_text(const Thread& thread) {
  std::string text;
  const auto& objects = thread.wait.objects;
  for (size_t i = 0; i < objects.size() && i < kMostObjects; ++i)
    text += (i == 0 ? "" : "; ") + object_text(thread, *objects[i]);
  if (objects.size() > kMostObjects) text += fmt::format("; and {} more", objects.size() - kMostObjects);
  return text;
}

std::string wait_text(const Thread& thread) {
  const bool several = thread.wait.objects.size() > 1;
  switch (thread.wait.kind) {
    case ThreadWait::Kind::None: return "can run";
    case ThreadWait::Kind::Page: return "waits for a page";
    case ThreadWait::Kind::Delay: return "sleeps";
    case ThreadWait::Kind::Any: return (several ? "waits for any of " : "waits for ") + objects_text(thread);
    case ThreadWait::Kind::All: return (several ? "waits for all of " : "waits for ") + objects_text(thread);
    case ThreadWait::Kind::Retry: return "waits for a pipe";
    case ThreadWait::Kind::AlertById: return "waits for a lock, or for a change at an address";
  }
  return "";
}

std::string line_of(const Thread& thread) {
  const std::string suspended =
      thread.suspend_count() == 0 ? "" : fmt::format("is suspended ({})", thread.suspend_count());
  if (suspended.empty()) return thread_text(thread) + ' ' + wait_text(thread);
  if (!thread.wait.active()) return thread_text(thread) + ' ' + suspended;
  return fmt::format("{} {}, and {}", thread_text(thread), suspended, wait_text(thread));
}

}  // namespace

std::string stuck_report(Kernel& kernel) {
  std::string text = "every thread waits for something that will not happen\n";
  size_t lines = 0;
  for (const auto& [id, thread] : kernel.threads().all())
    if (++lines <= kMostLines) text += "  " + line_of(*thread) + '\n';
  if (lines > kMostLines) text += fmt::format("  and {} more\n", lines - kMostLines);
  return text;
}

}  // namespace emu
