// ~, |, .thread, .process, !process, !handle.
#include <fmt/core.h>

#include <algorithm>

#include "emulator/debugger/commands/handlers.h"
#include "emulator/debugger/memory/words.h"
#include "emulator/debugger/session/arguments.h"
#include "emulator/debugger/session/command.h"
#include "emulator/debugger/session/session.h"
#include "emulator/kernel/kernel.h"
#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/processes/thread.h"
#include "emulator/kernel/processes/threads.h"

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

// WHICH [ACTION]. WHICH: "3", "." the one looked at, "#" the halt's, "*" or nothing all (WinDbg's "Thread
// syntax"); ACTION: a letter, nothing lists.
struct Selection {
  enum class Which : uint8_t { All, LookedAt, Halted, Index };
  Which which = Which::All;
  uint32_t index = 0;
  char action = '\0';
  std::string_view command{};  // instead of an action
};

// What stands before the action; it is taken off `text`.
Selection take_selected(std::string_view& text) {
  using Which = Selection::Which;
  constexpr std::string_view kSigns = "*.#";
  constexpr Which kMeant[] = {Which::All, Which::LookedAt, Which::Halted};
  Selection selection;
  if (const size_t sign = text.empty() ? kSigns.npos : kSigns.find(text.front()); sign != kSigns.npos) {
    text.remove_prefix(1);
    selection.which = kMeant[sign];
    return selection;
  }
  size_t digits = 0;
  while (digits < text.size() && digits < 6 && text[digits] >= '0' && text[digits] <= '9')
    selection.index = selection.index * 10 + static_cast<uint32_t>(text[digits++] - '0');
  if (digits == 0) throw CommandError(fmt::format("\"{}\" is not understood", text));
  text.remove_prefix(digits);
  selection.which = Which::Index;
  return selection;
}

enum class Commands : uint8_t { No, Yes };

Selection parse_selection(std::string_view text, std::string_view actions, Commands commands) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  if (text.empty()) return {};
  std::string_view rest = text;
  Selection selection = take_selected(rest);
  while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
  if (rest.empty()) return selection;
  const bool acts = rest.size() == 1 && actions.find(rest.front()) != actions.npos;
  if (!acts && commands == Commands::Yes && find_command(rest)) {
    selection.command = rest;
    return selection;
  }
  if (!acts) throw CommandError(fmt::format("\"{}\" is not understood", text));
  selection.action = rest.front();
  return selection;
}

// Of the process that is looked at; never none.
std::vector<Thread*> selected_threads(Session& session, const Selection& selection) {
  auto threads = session.threads_of(session.process());
  switch (selection.which) {
    case Selection::Which::All: return threads;
    case Selection::Which::LookedAt: return {&session.thread()};
    case Selection::Which::Halted:
      if (session.halt().thread == nullptr) throw CommandError("no thread has halted");
      return {session.halt().thread};
    case Selection::Which::Index: return {&by_index(threads, selection.index, "thread")};
  }
  return threads;
}

Answer list_threads(Session& session, const std::vector<Thread*>& wanted) {
  Answer answer;
  answer.data = nlohmann::ordered_json::array();
  uint32_t index = 0;
  for (const Thread* thread : session.threads_of(session.process())) {
    const uint32_t number = index++;
    if (std::find(wanted.begin(), wanted.end(), thread) == wanted.end()) continue;
    const char mark = thread == session.looked_at_thread() ? '.' : ' ';
    const uint32_t process = thread->process().id();
    const uint32_t eip = session.engine().registers(*thread).eip;
    const bool frozen = session.engine().frozen(*thread);
    answer.text += fmt::format("{} {:2}  Id: {:x}.{:x} Suspend: {} Teb: {:08x} {} Priority: {} {} {}\n", mark,
                               number, process, thread->id(), thread->suspend_count(), thread->teb().value,
                               frozen ? "Frozen" : "Unfrozen", thread->current_priority(),
                               wait_word(thread->wait.kind), session.symbols().describe({eip}));
    answer.data.push_back({{"index", number},
                           {"process", process},
                           {"thread", thread->id()},
                           {"suspend_count", thread->suspend_count()},
                           {"frozen", frozen},
                           {"teb", address_words(thread->teb())},
                           {"priority", thread->current_priority()},
                           {"state", wait_word(thread->wait.kind)},
                           {"eip", address_words({eip})}});
  }
  return answer;
}

void act_on(Session& session, Thread& thread, char action) {
  Engine& engine = session.engine();
  if (action == 'f') return engine.freeze(thread);
  if (action == 'u') return engine.thaw(thread);
  session.require_outside();
  if (action == 'm') return void(engine.resume(thread));
  if (!engine.suspend(thread))
    throw CommandError(fmt::format("thread {:x} is suspended as often as can be", thread.id()));
}

// What runs the guest is about the whole process.
bool runs_on(const Command& command) {
  constexpr std::string_view kRun[] = {"g", "gh", "gn", "gu", "p", "t", "pt", "q"};
  return std::find(std::begin(kRun), std::end(kRun), command.name) != std::end(kRun);
}

// "bp3 main" of thread 8: "bp3 /t 8 main".
std::string with_thread(const FoundCommand& found, const Thread& thread) {
  const std::string_view arguments = found.arguments;
  if (found.command->name != "bp" && found.command->name != "bu" && found.command->name != "ba")
    return std::string(arguments);
  const size_t number = std::min(arguments.find(' '), arguments.size());
  return fmt::format("{} /t {:x}{}", arguments.substr(0, number), thread.id(), arguments.substr(number));
}

// The command, as if each of the threads were the one that is looked at.
Answer run_for(Session& session, const std::vector<Thread*>& wanted, std::string_view line) {
  const FoundCommand found = *find_command(line);
  if (runs_on(*found.command))
    throw CommandError(
        fmt::format("{} cannot be about some threads: ~f makes the others stand", found.command->name));
  Thread* const before = session.looked_at_thread();
  const auto look_back = [&] {
    if (before != nullptr) session.look_at(*before);
  };
  Answer all;
  all.data = nlohmann::ordered_json::array();
  try {
    for (Thread* thread : wanted) {
      session.look_at(*thread);
      Answer one = found.command->run(session, with_thread(found, *thread));
      if (wanted.size() > 1) all.text += list_threads(session, {thread}).text;
      all.text += one.text;
      all.data.push_back({{"thread", thread->id()}, {"data", std::move(one.data)}});
    }
  } catch (...) {
    look_back();
    throw;
  }
  look_back();
  return all;
}

nlohmann::ordered_json data_of(const Process& process) {
  return {{"process", process.id()},           {"name", process.name()},
          {"parent", process.parent_id},       {"directory", process.root().frame().value()},
          {"peb", address_words(process.peb)}, {"threads", process.thread_count},
          {"handles", process.handles.count()}};
}

}  // namespace

Answer threads(Session& session, std::string_view text) {
  const Selection selection = parse_selection(text, "sfunm", Commands::Yes);
  const auto selected = selected_threads(session, selection);
  if (!selection.command.empty()) return run_for(session, selected, selection.command);
  if (selection.action == '\0') return list_threads(session, selected);
  if (selection.action != 's') {
    for (Thread* thread : selected) act_on(session, *thread, selection.action);
    return {};
  }
  if (selection.which == Selection::Which::All) throw CommandError("one thread can be looked at, not all");
  session.look_at(*selected.front());
  return registers(session, "");
}

Answer processes(Session& session, std::string_view text) {
  using Which = Selection::Which;
  const Selection selection = parse_selection(text, "s", Commands::No);
  const auto running = session.processes();
  if (selection.action == 's' && selection.which == Which::Index) {
    session.look_at(by_index(running, selection.index, "process"));
    return {};
  }
  if (selection.action != '\0') throw CommandError(fmt::format("\"{}\" is not understood", text));
  const Process* one = nullptr;
  if (selection.which == Which::LookedAt) one = &session.process();
  if (selection.which == Which::Index) one = &by_index(running, selection.index, "process");
  if (selection.which == Which::Halted) one = session.halt().process;
  Answer answer;
  answer.data = nlohmann::ordered_json::array();
  for (size_t i = 0; i < running.size(); ++i) {
    if (selection.which != Which::All && running[i] != one) continue;
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
  Thread* thread = session.kernel().threads().find(id);
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

// !process, !process ID, !process ID FLAGS; 0 is all of them, -1 the one that is looked at.
Answer process_list(Session& session, std::string_view text) {
  Arguments arguments(text, session);
  const uint32_t id = arguments.optional_number().value_or(0);
  const bool short_form = !arguments.empty() && arguments.number("flags") == 0;
  arguments.end();
  const uint32_t wanted = id == ~0u ? session.process().id() : id;
  Answer answer;
  answer.data = nlohmann::ordered_json::array();
  for (const Process* process : session.processes()) {
    if (wanted != 0 && process->id() != wanted) continue;
    const mm::ProcessStatistics statistics = session.kernel().statistics(*process);
    answer.text += fmt::format(
        "PROCESS {:x}  Peb: {:08x}  ParentCid: {:x}\n    DirBase: {:05x}000  HandleCount: {}  Threads: {}\n"
        "    Image: {}\n",
        process->id(), process->peb.value, process->parent_id, process->root().frame().value(),
        process->handles.count(), process->thread_count, process->name());
    if (short_form) {
      answer.data.push_back(data_of(*process));
      continue;
    }
    answer.text += fmt::format(
        "    Working set {} pages (peak {}), private commit {} (peak {}), page tables {}\n"
        "    Page faults {}: {} soft, {} hard\n",
        statistics.working_set.value, statistics.working_set_peak.value, statistics.private_commit.value,
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
  if (wanted != 0 && answer.data.empty()) throw CommandError(fmt::format("there is no process {:x}", wanted));
  return answer;
}

Answer handles(Session& session, std::string_view text) {
  Arguments arguments(text, session);
  const auto wanted = arguments.optional_number();
  if (!arguments.empty()) arguments.number("flags");  // all that is known is shown whatever they are
  const std::string type = arguments.word();
  arguments.end();
  Answer answer;
  answer.data = nlohmann::ordered_json::array();
  session.process().handles.for_each([&](Handle handle, const HandleEntry& entry) {
    if (wanted && *wanted != 0 && *wanted != handle.value) return;
    const KernelObject& object = *entry.object();
    if (!type.empty() && lower_case(object.type().name) != lower_case(type)) return;
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
