#include "emulator/debugger/session/session.h"

#include <fcntl.h>
#include <fmt/core.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

#include "emulator/debugger/expression/code_places.h"
#include "emulator/debugger/expression/expression.h"
#include "emulator/debugger/session/arguments.h"
#include "emulator/debugger/session/command.h"
#include "emulator/kernel/files/regular_file.h"
#include "emulator/kernel/kernel.h"
#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/processes/processes.h"
#include "emulator/kernel/processes/thread.h"
#include "emulator/kernel/processes/threads.h"

namespace emu::debugger {
namespace {

std::string_view trim(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

bool same(const ModuleLocation& module, const LoadedImage& image) {
  return module.base == image.base && module.size == image.size && module.name == image.name;
}

// Makes the table agree with the images.
void update(SymbolTable& table, const std::vector<LoadedImage>& images) {
  const auto modules = table.modules();
  for (const ModuleLocation* module : modules) {
    const bool there = std::any_of(images.begin(), images.end(),
                                   [&](const LoadedImage& image) { return same(*module, image); });
    if (!there) table.remove(module->base);
  }
  for (const LoadedImage& image : images) {
    const ModuleLocation* module = table.module_at(image.base);
    if (module == nullptr || !same(*module, image))
      table.add({image.base, image.size, image.name, image.host_path});
  }
}

// Another process than the one that is looked at, for expressions without registers.
class ProcessContext final : public ExpressionContext {
 public:
  ProcessContext(const Session& session, Process& process)
      : symbols_(session.symbols_of(&process)), memory_(session.kernel(), &process) {}
  std::optional<uint64_t> read_register(std::string_view) const override { return std::nullopt; }
  const MemoryView& memory() const override { return memory_; }
  const SymbolTable& symbols() const { return symbols_; }
  tl::expected<uint32_t, std::string> resolve_symbol(std::string_view text) const override {
    const auto address = symbols_.resolve(text);
    if (!address) return tl::unexpected(address.error());
    return address->value;
  }

 private:
  const SymbolTable& symbols_;
  ProcessMemory memory_;
};

}  // namespace

SplitLine split_at_semicolon(std::string_view line) {
  bool quoted = false;
  for (size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"') quoted = !quoted;
    if (line[i] == ';' && !quoted) return {line.substr(0, i), line.substr(i + 1)};
  }
  return {line, {}};
}

Session::~Session() { close_log(); }

void Session::halted(const Halt& halt) {
  halt_ = halt;
  if (halt.kind != Halt::Kind::Step && halt.kind != Halt::Kind::FaultStage) steps_left_ = 0;
  if (halt.kind == Halt::Kind::Exception) last_exception_ = halt.exception;
  process_ = halt.process;
  thread_ = halt.thread;
  frame_ = 0;
  context_registers_.reset();
  memory_.reset();
  if (halt.kind == Halt::Kind::GuestEnd || thread_ == nullptr) return;
  next.code = {registers().eip};
}

// ---- Executing.

void Session::resume(const Resume& resume) {
  if (halt_.kind == Halt::Kind::GuestEnd && resume.kind != Resume::Kind::Quit)
    throw CommandError("the guest has ended");
  resume_ = resume;
  steps_left_ = 0;
}

void Session::resume_repeatedly(const Resume& step, uint32_t count) {
  resume(step);
  step_ = step;
  steps_left_ = count - 1;
}

std::optional<Resume> Session::next_step() {
  if (steps_left_ == 0) return std::nullopt;
  --steps_left_;
  return step_;
}

Session::Executed Session::run_one(std::string_view text) {
  Executed executed{std::string(text), false, {}};
  try {
    const auto found = find_command(text);
    if (!found) throw CommandError(fmt::format("there is no command \"{}\" (see help)", text));
    executed.answer = found->command->run(*this, found->arguments);
  } catch (const CommandError& error) {
    executed.failed = true;
    executed.answer = Answer(error.what());
  }
  return executed;
}

Session::Outcome Session::execute(std::string_view line) {
  Outcome outcome;
  resume_.reset();
  std::string_view rest = trim(line);
  while (!rest.empty() && !resume_) {
    if (rest.front() == '*') break;  // a remark up to the end of the line; one behind $$ ends at a semicolon
    if (rest.starts_with("$$")) {
      rest = trim(split_at_semicolon(rest).rest);
      continue;
    }
    const auto found = find_command(rest);
    const bool whole = found && found->command->takes == Command::Takes::Line;
    const SplitLine split = whole ? SplitLine{rest, {}} : split_at_semicolon(rest);
    rest = trim(split.rest);
    const std::string_view command = trim(split.first);
    if (command.empty()) continue;
    outcome.answers.push_back(run_one(command));
    if (outcome.answers.back().failed) break;
  }
  outcome.resume = std::exchange(resume_, std::nullopt);
  if (outcome.resume && !rest.empty() && !push({std::string(rest)}, depth_))
    outcome.answers.push_back({std::string(rest), true, Answer("too many lines are waiting to be executed")});
  return outcome;
}

// ---- What is looked at.

Process& Session::process() const {
  if (process_ == nullptr) throw CommandError("there is no process to look at");
  return *process_;
}

Thread& Session::thread() const {
  if (thread_ == nullptr) throw CommandError("there is no thread to look at");
  return *thread_;
}

void Session::look_at(Process& process) {
  const auto threads = threads_of(process);
  process_ = &process;
  thread_ = threads.empty() ? nullptr : threads.front();
  frame_ = 0;
  context_registers_.reset();
  memory_.reset();
}

void Session::look_at(Thread& thread) {
  look_at(thread.process());
  thread_ = &thread;
  next.code = {registers().eip};
}

void Session::look_at_frame(size_t number) {
  if (number >= frames().size()) throw CommandError(fmt::format("there is no frame {}", number));
  frame_ = number;
}

void Session::look_at_registers(std::optional<Registers> registers) {
  context_registers_ = registers;
  frame_ = 0;
}

Registers Session::registers() const {
  return context_registers_ ? *context_registers_ : engine_.registers(thread());
}

std::vector<StackFrame> Session::frames(size_t most) const {
  return walk_stack(registers(), memory(), symbols(), most);
}

const SymbolTable& Session::symbols_of(Process* process) const {
  SymbolTable& table = symbols_[process != nullptr ? process->id() : 0];
  if (process != nullptr) update(table, process->images);
  return table;
}

void Session::require_outside() const {
  if (halt_.where == Halt::Where::Inside)
    throw CommandError("the guest is in the middle of an access: nothing can be changed (gu finishes it)");
  if (halt_.kind == Halt::Kind::GuestEnd) throw CommandError("the guest has ended");
}

void Session::require_thread_at_rest() const {
  require_outside();
  if (context_registers_) throw CommandError("these are registers of .cxr, which cannot be changed");
  if (frame_ != 0) throw CommandError("these are registers of a caller's frame, which cannot be changed");
}

std::vector<Process*> Session::processes() const {
  std::vector<Process*> running;
  for (const auto& process : kernel().processes().all())
    if (process->running()) running.push_back(process.get());
  return running;
}

std::vector<Thread*> Session::threads_of(const Process& process) const {
  std::vector<Thread*> threads;
  for (const auto& [id, thread] : kernel().threads().all())
    if (&thread->process() == &process) threads.push_back(thread.get());
  return threads;
}

// ---- Lines.

bool Session::push(std::vector<std::string> lines, uint32_t depth) {
  constexpr size_t kMost = 100'000;
  if (lines_.size() + lines.size() > kMost) return false;
  for (auto line = lines.rbegin(); line != lines.rend(); ++line) lines_.push_front({std::move(*line), depth});
  return true;
}

void Session::push_script(std::vector<std::string> lines) {
  constexpr uint32_t kDeepest = 16;  // a script that runs itself ends
  if (depth_ < kDeepest) {
    if (push(std::move(lines), depth_ + 1)) return;
    throw CommandError("too many lines are waiting to be executed");
  }
  lines_.clear();
  throw CommandError(
      fmt::format("more than {} scripts lie inside each other: all of them end here", kDeepest));
}

std::optional<std::string> Session::next_line() {
  depth_ = 0;
  if (lines_.empty()) return std::nullopt;
  std::string line = std::move(lines_.front().text);
  depth_ = lines_.front().depth;
  lines_.pop_front();
  return line;
}

// ---- Breakpoints that wait for a module.

void Session::image_loaded(Process& process) {
  const ProcessContext context(*this, process);
  std::map<uint32_t, std::vector<uint32_t>> found;
  for (const auto& [number, breakpoint] : engine_.breakpoints().all()) {
    if (breakpoint.place != Breakpoint::Place::Unresolved) continue;
    if (breakpoint.process != 0 && breakpoint.process != process.id()) continue;
    if (const auto places = code_places(breakpoint.text, context, context.symbols()))
      found[number] = places->addresses;
  }
  for (const auto& [number, places] : found) engine_.breakpoints().resolve(number, places);
}

void Session::image_unloaded(Process& process, const LoadedImage& image) {
  std::vector<uint32_t> gone;
  for (const auto& [number, breakpoint] : engine_.breakpoints().all()) {
    const bool concerned = breakpoint.process == 0 || breakpoint.process == process.id();
    const bool inside = breakpoint.address - image.base.value < image.size;
    if (breakpoint.place == Breakpoint::Place::ByName && concerned && inside) gone.push_back(number);
  }
  for (const uint32_t number : gone) engine_.breakpoints().forget_place(number);
}

// ---- The log.

std::string Session::open_log(const std::string& path) {
  close_log();
  const auto file = create_regular_file(path);
  if (!file) return fmt::format("{} {}", path, file.error());
  log_ = fdopen(fcntl(file->number(), F_DUPFD_CLOEXEC, 0), "w");
  return log_ != nullptr ? "" : fmt::format("{} cannot be written", path);
}

bool Session::close_log() {
  if (log_ == nullptr) return false;
  std::fclose(std::exchange(log_, nullptr));
  return true;
}

void Session::log(std::string_view text) {
  if (log_ == nullptr) return;
  std::fwrite(text.data(), 1, text.size(), log_);
  if (std::fflush(log_) == 0) return;
  fmt::print(stderr, "pagewalk: the log cannot be written, and is closed: {}\n", std::strerror(errno));
  close_log();
}

// ---- Expressions.

const MemoryView& Session::memory() const {
  if (!memory_) memory_ = std::make_unique<ProcessMemory>(kernel(), process_);
  return *memory_;
}

// $t3, $bp3: decimal numbers.
std::optional<uint64_t> Session::numbered_pseudo_register(std::string_view name) const {
  if (const auto number = number_behind("$t", name); number && *number < variables.size())
    return variables[*number];
  if (const auto number = number_behind("$bp", name)) {
    const Breakpoint* breakpoint = engine_.breakpoints().find(*number);
    return breakpoint != nullptr ? breakpoint->address : 0;
  }
  return std::nullopt;
}

// Microsoft, "Pseudo-Register Syntax". In user mode a process's and a thread's block are the PEB and the TEB.
std::optional<uint64_t> Session::pseudo_register(std::string_view name) const {
  if (name == "$peb" || name == "$proc") return process().peb.value;
  if (name == "$tpid") return process().id();
  if (name == "$teb" || name == "$thread") return thread().teb().value;
  if (name == "$tid") return thread().id();
  if (name == "$frame") return frame_;
  if (name == "$ptrsize") return sizeof(uint32_t);
  if (name == "$pagesize") return mm::kPageSize;
  if (name == "$retreg64") return uint64_t{registers().edx} << 32 | registers().eax;
  if (name == "$ra") {
    const auto walked = frames(frame_ + 1);
    return walked.size() > frame_ ? walked[frame_].return_address.value : 0;
  }
  if (name != "$exentry") return numbered_pseudo_register(name);
  const ModuleLocation* module = symbols().module_at(process().image_base);
  const ModuleSymbols* file = module != nullptr ? symbols().symbols_of(*module) : nullptr;
  if (file == nullptr) return std::nullopt;
  return module->base.value + file->image().entry_point;
}

std::optional<uint64_t> Session::read_register(std::string_view name) const {
  if (!name.empty() && name.front() == '$') return pseudo_register(name);
  if (thread_ == nullptr) return std::nullopt;
  const Registers values = registers();
  if (frame_ != 0) {
    const auto walked = frames(frame_ + 1);
    static constexpr std::string_view kByDwarf[] = {"eax", "ecx", "edx", "ebx", "esp",
                                                    "ebp", "esi", "edi", "eip"};
    for (size_t i = 0; i < std::size(kByDwarf) && frame_ < walked.size(); ++i)
      if (name == kByDwarf[i]) return walked[frame_].registers[i];
  }
  const std::pair<std::string_view, uint32_t> named[] = {
      {"eax", values.eax}, {"ecx", values.ecx},    {"edx", values.edx}, {"ebx", values.ebx},
      {"esp", values.esp}, {"ebp", values.ebp},    {"esi", values.esi}, {"edi", values.edi},
      {"eip", values.eip}, {"efl", values.eflags}, {"cs", values.cs},   {"ss", values.ss},
      {"ds", values.ds},   {"es", values.es},      {"fs", values.fs},   {"gs", values.gs}};
  for (const auto& [known, value] : named)
    if (name == known) return value;
  return std::nullopt;
}

tl::expected<uint32_t, std::string> Session::resolve_symbol(std::string_view text) const {
  const auto address = symbols().resolve(text);
  if (!address) return tl::unexpected(address.error());
  return address->value;
}

}  // namespace emu::debugger
