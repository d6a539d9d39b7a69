// ~, |, .thread, .process, !process, !handle.
#include <fmt/format.h>

#include "emulator/debugger/arguments.h"
#include "emulator/debugger/commands/handlers.h"
#include "emulator/debugger/session.h"

namespace emu::debugger::commands {
namespace {

std::string_view wait_word(ThreadWait::Kind kind) {
  switch (kind) {
    case ThreadWait::Kind::None: return "ready";
    case ThreadWait::Kind::Page: return "waits for a page";
    case ThreadWait::Kind::Delay: return "sleeps";
    case ThreadWait::Kind::Any: return "waits for an object";
    case ThreadWait::Kind::All: return "waits for all objects";
    case ThreadWait::Kind::Retry: return "waits for a pipe";
    case ThreadWait::Kind::AlertById: return "waits on an address";
  }
  return "";
}

// The thread or process with this place in the list, as ~ and | number them.
template <class T>
T& by_index(const std::vector<T*>& list, uint32_t index, std::string_view what) {
  if (index >= list.size()) throw CommandError(fmt::format("there is no {} {}", what, index));
  return *list[index];
}

// "3s" selects, "" and "*" list; "." is the one looked at.
struct Selection {
  bool lists = true;
  std::optional<uint32_t> index;
};
Selection parse_selection(std::string_view text) {
  if (text.empty() || text == "*") return {};
  Selection selection{false, {}};
  size_t digits = 0;
  uint32_t index = 0;
  while (digits < text.size() && digits < 6 && text[digits] >= '0' && text[digits] <= '9')
    index = index * 10 + static_cast<uint32_t>(text[digits++] - '0');
  std::string_view rest = text.substr(digits);
  while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
  if (digits == 0 || rest != "s") throw CommandError(fmt::format("\"{}\" is not understood", text));
  selection.index = index;
  return selection;
}

Answer list_threads(Session& session) {
  Answer answer;
  answer.data = nlohmann::ordered_json::array();
  const Process& process = session.process();
  uint32_t index = 0;
  for (const Thread* thread : session.threads_of(process)) {
    const char mark = thread == session.looked_at_thread() ? '.' : ' ';
    const uint32_t eip = session.engine().registers(*thread).eip;
    answer.text += fmt::format("{} {:2}  Id: {:x}.{:x} Suspend: {} Teb: {:08x} Priority: {} {} {}\n", mark,
                               index, process.id(), thread->id(), thread->suspend_count(),
                               thread->teb().value, thread->current_priority(), wait_word(thread->wait.kind),
                               session.symbols().describe({eip}));
    answer.data.push_back({{"index", index++},
                           {"process", process.id()},
                           {"thread", thread->id()},
                           {"suspend_count", thread->suspend_count()},
                           {"teb", thread->teb().value},
                           {"priority", thread->current_priority()},
                           {"state", wait_word(thread->wait.kind)},
                           {"eip", eip}});
  }
  return answer;
}

nlohmann::ordered_json data_of(const Process& process) {
  return {{"process", process.id()},           {"name", process.name()},
          {"parent", process.parent_id},       {"directory", process.directory().value()},
          {"peb", process.peb.value},          {"threads", process.thread_count},
          {"handles", process.handles.count()}};
}

}  // namespace

Answer threads(Session& session, std::string_view text) {
  const Selection selection = parse_selection(text);
  if (selection.lists) return list_threads(session);
  session.look_at(by_index(session.threads_of(session.process()), *selection.index, "thread"));
  return registers(session, "");
}

Answer processes(Session& session, std::string_view text) {
  const Selection selection = parse_selection(text);
  const auto running = session.processes();
  if (!selection.lists) {
    session.look_at(by_index(running, *selection.index, "process"));
    return {};
  }
  Answer answer;
  answer.data = nlohmann::ordered_json::array();
  for (size_t i = 0; i < running.size(); ++i) {
    const char mark = running[i] == session.looked_at_process() ? '.' : ' ';
    answer.text +=
        fmt::format("{} {:2}  id: {:x}  name: {}\n", mark, i, running[i]->id(), running[i]->name());
    answer.data.push_back(data_of(*running[i]));
  }
  return answer;
}

// By id.
Answer set_thread(Session& session, std::string_view text) {
  Arguments arguments(text, session);
  if (arguments.empty())
    return {fmt::format("Thread {:x}\n", session.thread().id()), {{"thread", session.thread().id()}}};
  const uint32_t id = arguments.number("a thread's id");
  arguments.end();
  Thread* thread = session.machine().threads().find(id);
  if (thread == nullptr) throw CommandError(fmt::format("there is no thread {:x}", id));
  session.look_at(*thread);
  return {};
}

Answer set_process(Session& session, std::string_view text) {
  Arguments arguments(text, session);
  if (arguments.empty())
    return {fmt::format("Process {:x}\n", session.process().id()), {{"process", session.process().id()}}};
  const uint32_t id = arguments.number("a process's id");
  arguments.end();
  for (Process* process : session.processes())
    if (process->id() == id) return session.look_at(*process), Answer();
  throw CommandError(fmt::format("there is no process {:x}", id));
}

Answer process_list(Session& session, std::string_view text) {
  Arguments(text, session).end();
  Answer answer;
  answer.data = nlohmann::ordered_json::array();
  for (const Process* process : session.processes()) {
    const mm::ProcessStatistics statistics = session.machine().statistics(*process);
    answer.text += fmt::format(
        "PROCESS {:x}  Peb: {:08x}  ParentCid: {:x}\n    DirBase: {:05x}000  HandleCount: {}  Threads: {}\n"
        "    Image: {}\n    Working set {} pages (peak {}), private commit {} (peak {}), page tables {}\n"
        "    Page faults {}: {} soft, {} hard\n",
        process->id(), process->peb.value, process->parent_id, process->directory().value(),
        process->handles.count(), process->thread_count, process->name(), statistics.working_set.value,
        statistics.working_set_peak.value, statistics.private_commit.value,
        statistics.private_commit_peak.value, statistics.page_tables.value, statistics.faults.total,
        statistics.faults.soft, statistics.faults.hard);
    nlohmann::ordered_json data = data_of(*process);
    data["working_set_pages"] = statistics.working_set.value;
    data["working_set_peak_pages"] = statistics.working_set_peak.value;
    data["private_commit_pages"] = statistics.private_commit.value;
    data["page_table_pages"] = statistics.page_tables.value;
    data["faults"] = {{"total", statistics.faults.total},
                      {"soft", statistics.faults.soft},
                      {"hard", statistics.faults.hard}};
    answer.data.push_back(std::move(data));
  }
  return answer;
}

Answer handles(Session& session, std::string_view text) {
  Arguments arguments(text, session);
  const auto wanted = arguments.optional_number();
  arguments.end();
  Answer answer;
  answer.data = nlohmann::ordered_json::array();
  session.process().handles.for_each([&](Handle handle, const HandleEntry& entry) {
    if (wanted && *wanted != 0 && *wanted != handle.value) return;
    const KernelObject& object = *entry.object();
    answer.text += fmt::format("Handle {:04x}  {:<12} access {:08x}{}{}\n", handle.value, object.type().name,
                               entry.granted, entry.attributes.inherit == Inherit::Yes ? " inherit" : "",
                               entry.attributes.protect == ProtectFromClose::Yes ? " protected" : "");
    answer.data.push_back(
        {{"handle", handle.value}, {"type", object.type().name}, {"access", entry.granted}});
  });
  if (wanted && *wanted != 0 && answer.data.empty())
    throw CommandError(fmt::format("there is no handle {:x}", *wanted));
  return answer;
}

}  // namespace emu::debugger::commands
