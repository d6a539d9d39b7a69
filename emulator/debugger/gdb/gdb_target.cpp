#include "emulator/debugger/gdb/gdb_target.h"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "emulator/debugger/session/command.h"
#include "emulator/debugger/symbols/debug_link.h"
#include "emulator/debugger/text/halt_text.h"
#include "emulator/kernel/kernel.h"
#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/processes/processes.h"
#include "emulator/kernel/processes/thread.h"
#include "emulator/kernel/processes/threads.h"
#include "emulator/kernel/registers/context.h"
#include "guest/abi/structures.h"
#include "mm/memory_manager.h"
#include "mm/x86/protection.h"

namespace emu::debugger {
namespace {

using mm::NtStatus;

constexpr uint32_t kUsualText = 0x1000;  // where linkers put the first section

std::string state_of(const Thread& thread) {
  if (thread.suspend_count() != 0) return fmt::format("suspended {} times", thread.suspend_count());
  return thread.state() == Thread::State::Waiting ? "waits" : "ready";
}

Breakpoint engine_breakpoint(uint32_t process, const gdb::Breakpoint& wanted) {
  using Kind = gdb::BreakpointKind;
  Breakpoint breakpoint{.process = process, .address = wanted.address.value, .size = wanted.length};
  breakpoint.text = fmt::format("{:#010x} (gdb)", wanted.address.value);
  if (wanted.kind == Kind::Software || wanted.kind == Kind::Hardware) return breakpoint;
  breakpoint.kind = Breakpoint::Kind::Data;
  breakpoint.on_read = wanted.kind != Kind::Write;
  breakpoint.on_write = wanted.kind != Kind::Read;
  return breakpoint;
}

// What the guest could have loaded itself: a selector or flag that ring 3 cannot have stays as it is there.
gdb::ThreadRegisters allowed(const gdb::ThreadRegisters& wanted) {
  const FloatingState none;
  const FloatingState& floating = wanted.floating ? *wanted.floating : none;
  abi::Context context{};
  context.ContextFlags = PAGEWALK_CONTEXT_CONTROL | PAGEWALK_CONTEXT_INTEGER | PAGEWALK_CONTEXT_SEGMENTS |
                         PAGEWALK_CONTEXT_EXTENDED_REGISTERS;
  DebugRegisters none_enabled;
  capture_context(context, wanted.integer, floating, none_enabled);
  gdb::ThreadRegisters result;
  apply_context(context, result.integer, *result.floating, none_enabled);
  if (!wanted.floating) result.floating.reset();
  return result;
}

void set_rights(gdb::MemoryRegion& region, uint32_t protect) {
  namespace page = mm::x86::page;
  if ((protect & page::kGuard) != 0) return;
  constexpr uint32_t kExecutes =
      page::kExecute | page::kExecuteRead | page::kExecuteReadWrite | page::kExecuteWriteCopy;
  constexpr uint32_t kWrites =
      page::kReadWrite | page::kWriteCopy | page::kExecuteReadWrite | page::kExecuteWriteCopy;
  region.executable = (protect & kExecutes) != 0;
  region.writable = (protect & kWrites) != 0;
  region.readable = (protect & ~(page::kNoAccess | page::kNoCache | page::kWriteCombine)) != 0;
}

uint32_t protect_of(gdb::MemoryRights rights) {
  namespace page = mm::x86::page;
  if (rights.execute) return rights.write ? page::kExecuteReadWrite : page::kExecuteRead;
  return rights.write ? page::kReadWrite : page::kReadOnly;
}

// As the host finds it, whatever folder the client runs in.
std::string path_of(const LoadedImage& image) {
  if (image.host_path.empty()) return image.name;
  std::error_code error;
  const auto path = std::filesystem::absolute(image.host_path, error);
  return error ? image.host_path : path.lexically_normal().string();
}

}  // namespace

// ---- Processes and threads.

void GdbTarget::halted(const Halt& halt) {
  halt_ = halt;
  session_.halted(halt);
}

bool GdbTarget::shows(const Process& process) const {
  return process.running() && !gone_.contains(process.id());
}

Process* GdbTarget::find(gdb::ProcessId process) const {
  for (const auto& candidate : engine_.kernel().processes().all())
    if (candidate->id() == process.value && shows(*candidate)) return candidate.get();
  return nullptr;
}

Thread* GdbTarget::find(gdb::ThreadKey key) const {
  Thread* thread = engine_.kernel().threads().find(key.thread.value);
  const bool fits = thread != nullptr && thread->process().id() == key.process.value;
  return fits && shows(thread->process()) ? thread : nullptr;
}

std::vector<gdb::ThreadInfo> GdbTarget::threads() const {
  std::vector<gdb::ThreadInfo> infos;
  for (const auto& [id, thread] : engine_.kernel().threads().all()) {
    const Process& process = thread->process();
    if (!shows(process)) continue;
    infos.push_back({{{process.id()}, {id}}, process.name(), state_of(*thread), thread->teb()});
  }
  return infos;
}

std::vector<gdb::Image> GdbTarget::images(gdb::ProcessId id) const {
  std::vector<gdb::Image> images;
  const Process* process = find(id);
  if (process == nullptr) return images;
  for (const LoadedImage& image : process->images) {
    const bool program = image.base == process->image_base;
    images.insert(program ? images.begin() : images.end(),
                  {path_of(image), image.base, text_of(*process, image)});
  }
  return images;
}

// The first entry of the section table (Microsoft, "PE Format").
mm::VirtualAddress GdbTarget::text_of(const Process& process, const LoadedImage& image) const {
  const ProcessMemory memory = memory_of({process.id()});
  const auto header = memory.load<uint32_t>(image.base + 0x3C);
  if (!header || *header > image.size) return image.base + kUsualText;
  const auto optional_size = memory.load<uint16_t>(image.base + *header + 20);
  if (!optional_size) return image.base + kUsualText;
  const auto text = memory.load<uint32_t>(image.base + *header + 24 + *optional_size + 12);
  return image.base + text.value_or(kUsualText);
}

// ---- Registers.

mm::Result<gdb::ThreadRegisters> GdbTarget::read_registers(gdb::ThreadKey key) const {
  const Thread* thread = find(key);
  if (thread == nullptr) return mm::fail(NtStatus::InvalidCid);
  gdb::ThreadRegisters registers{engine_.registers(*thread), std::nullopt};
  if (halt_.where == Halt::Where::Outside) registers.floating = engine_.floating_state(*thread);
  return registers;
}

mm::Result<void> GdbTarget::write_registers(gdb::ThreadKey key, const gdb::ThreadRegisters& registers) {
  Thread* thread = find(key);
  if (thread == nullptr) return mm::fail(NtStatus::InvalidCid);
  if (halt_.where == Halt::Where::Inside) return mm::fail(NtStatus::AccessDenied);
  const gdb::ThreadRegisters written = allowed(registers);
  engine_.set_registers(*thread, written.integer);
  if (written.floating) engine_.set_floating_state(*thread, *written.floating);
  return {};
}

// ---- Memory.

size_t GdbTarget::read_memory(gdb::ProcessId process, mm::VirtualAddress from,
                              std::span<std::byte> to) const {
  return memory_of(process).read(from, to);
}

mm::Result<void> GdbTarget::write_memory(gdb::ProcessId process, mm::VirtualAddress to,
                                         std::span<const std::byte> from) {
  if (halt_.where == Halt::Where::Inside) return mm::fail(NtStatus::AccessDenied);
  const NtStatus status = memory_of(process).write(to, from);
  if (status != NtStatus::Success) return mm::fail(status);
  return {};
}

gdb::MemoryRegion GdbTarget::region_at(gdb::ProcessId id, mm::VirtualAddress address) const {
  constexpr uint64_t kEndOfUser = uint64_t{mm::kHighestUserAddress.value} + 1;
  gdb::MemoryRegion region{.begin = mm::kHighestUserAddress + 1, .size = (uint64_t{1} << 32) - kEndOfUser};
  const Process* process = find(id);
  if (process == nullptr) return region;
  const auto information = engine_.kernel().memory().query_virtual_memory(process->space(), address);
  if (!information) return region;
  region.begin = information->base;
  region.size = information->size;
  if (information->state != mm::allocation::kCommit) return region;
  region.kind = gdb::MemoryRegion::Kind::Mapped;
  set_rights(region, information->protect);
  for (const LoadedImage& image : process->images)
    if (address.value - image.base.value < image.size) region.name = path_of(image);
  return region;
}

mm::Result<mm::VirtualAddress> GdbTarget::allocate(gdb::ProcessId id, uint32_t size,
                                                   gdb::MemoryRights rights) {
  Process* process = find(id);
  if (process == nullptr) return mm::fail(NtStatus::InvalidCid);
  if (halt_.where == Halt::Where::Inside) return mm::fail(NtStatus::AccessDenied);
  const auto region = engine_.kernel().memory().allocate_virtual_memory(
      process->space(), {.size = size,
                         .type = mm::allocation::kReserve | mm::allocation::kCommit,
                         .protect = protect_of(rights)});
  if (!region) return mm::fail(region.error());
  allocated_.emplace(id, region->base);
  return region->base;
}

mm::Result<void> GdbTarget::free(gdb::ProcessId id, mm::VirtualAddress address) {
  Process* process = find(id);
  if (process == nullptr || allocated_.erase({id, address}) == 0) return mm::fail(NtStatus::InvalidParameter);
  const auto freed =
      engine_.kernel().memory().free_virtual_memory(process->space(), {address, 0}, mm::allocation::kRelease);
  if (!freed) return mm::fail(freed.error());
  return {};
}

std::vector<gdb::AddressRange> GdbTarget::address_space() const { return {{{0}, uint64_t{1} << 32}}; }

// ---- Breakpoints.

const gdb::Breakpoint* GdbTarget::breakpoint(uint32_t number) const {
  const auto found = set_.find(number);
  return found != set_.end() ? &found->second.breakpoint : nullptr;
}

mm::Result<void> GdbTarget::insert_breakpoint(gdb::ProcessId process, const gdb::Breakpoint& wanted) {
  if (find(process) == nullptr) return mm::fail(NtStatus::InvalidCid);
  const Set entry{process, wanted};
  for (const auto& [number, known] : set_)
    if (known == entry && engine_.breakpoints().find(number) != nullptr) return {};
  set_[engine_.breakpoints().add(engine_breakpoint(process.value, wanted))] = entry;
  return {};
}

mm::Result<void> GdbTarget::remove_breakpoint(gdb::ProcessId process, const gdb::Breakpoint& unwanted) {
  const Set entry{process, unwanted};
  for (auto& [number, known] : set_) {
    if (known != entry) continue;
    engine_.breakpoints().remove(number);
    set_.erase(number);
    break;
  }
  return {};
}

void GdbTarget::remove_breakpoints_of(gdb::ProcessId process) {
  std::erase_if(set_, [&](const auto& entry) {
    if (entry.second.process != process) return false;
    engine_.breakpoints().remove(entry.first);
    return true;
  });
}

void GdbTarget::remove_all_breakpoints() {
  engine_.breakpoints().clear();
  set_.clear();
}

// ---- One process of several.

mm::Result<void> GdbTarget::kill(gdb::ProcessId id) {
  constexpr uint32_t kKilled = 1;
  Process* process = find(id);
  if (process == nullptr) return mm::fail(NtStatus::InvalidCid);
  remove_breakpoints_of(id);
  engine_.end_process(*process, kKilled);
  forget(id.value);
  return {};
}

mm::Result<void> GdbTarget::detach(gdb::ProcessId id) {
  if (find(id) == nullptr) return mm::fail(NtStatus::InvalidCid);
  remove_breakpoints_of(id);
  forget(id.value);
  released_.insert(id.value);
  return {};
}

bool GdbTarget::has_released() const {
  const auto& processes = engine_.kernel().processes().all();
  return std::any_of(processes.begin(), processes.end(), [this](const auto& process) {
    return process->running() && released_.contains(process->id());
  });
}

void GdbTarget::kill_all() {
  std::set<gdb::ProcessId> shown;
  for (const auto& process : engine_.kernel().processes().all())
    if (shows(*process)) shown.insert({process->id()});
  for (const gdb::ProcessId id : shown) (void)kill(id);
}

// ---- Files.

std::string GdbTarget::memory_map_of(gdb::ProcessId id) const {
  std::string text;
  for (uint64_t at = 0; at <= mm::kHighestUserAddress.value;) {
    const gdb::MemoryRegion region = region_at(id, {static_cast<uint32_t>(at)});
    const uint64_t end = uint64_t{region.begin.value} + region.size;
    if (region.kind == gdb::MemoryRegion::Kind::Mapped)
      text +=
          fmt::format("{:08x}-{:08x} {}{}{}p 00000000 00:00 0 {}{}\n", region.begin.value, end,
                      region.readable ? 'r' : '-', region.writable ? 'w' : '-', region.executable ? 'x' : '-',
                      region.name.empty() ? "" : "                  ", region.name);
    if (end <= at) break;
    at = end;
  }
  return text;
}

std::optional<std::string> GdbTarget::file(gdb::ProcessId id, std::string_view path) const {
  const Process* process = find(id);
  if (process == nullptr) return std::nullopt;
  if (path == fmt::format("/proc/{}/maps", id.value)) return memory_map_of(id);
  for (const LoadedImage& image : process->images) {
    const auto bytes = read_debugged_file(image.host_path);
    if (!bytes) continue;
    const auto text = [](const std::vector<std::byte>& file) {
      return std::string(reinterpret_cast<const char*>(file.data()), file.size());
    };
    if (path == path_of(image)) return text(*bytes);
    const std::filesystem::path folder = std::filesystem::path(path_of(image)).parent_path();
    const auto link = debug_link(CoffFile(*bytes));
    if (!link || path != (folder / link->file_name).string()) continue;
    if (const auto companion = read_linked_file(*link, image.host_path)) return text(*companion);
  }
  return std::nullopt;
}

// guest/abi/structures.h has its layout.
std::optional<std::string> GdbTarget::exception_record(gdb::ThreadKey key) const {
  const Thread* thread = find(key);
  if (thread == nullptr || halt_.kind != Halt::Kind::Exception || halt_.thread != thread) return std::nullopt;
  const Exception& exception = halt_.exception;
  abi::ExceptionRecord record{};
  record.ExceptionCode = exception.code;
  record.ExceptionFlags = exception.flags;
  record.ExceptionAddress = exception.address.value;
  record.NumberParameters = exception.parameter_count;
  std::copy_n(exception.parameters.begin(), exception.parameter_count,
              std::begin(record.ExceptionInformation));
  return std::string(reinterpret_cast<const char*>(&record), sizeof record);
}

// ---- Our own commands.

GdbTarget::Executed GdbTarget::execute(std::string_view line) {
  Executed result;
  for (std::optional<std::string> next{line}; next;
       next = result.resume ? std::nullopt : session_.next_line()) {
    const Session::Outcome outcome = session_.execute(*next);
    for (const auto& executed : outcome.answers)
      result.text += executed.failed ? fmt::format("^ {}\n", executed.answer.text) : executed.answer.text;
    result.resume = outcome.resume;
  }
  session_.log(result.text);
  return result;
}

gdb::Target::Monitored GdbTarget::monitor(std::string_view command) { return monitored(execute(command)); }

bool GdbTarget::further_leaves_fault() const {
  return further_.kind != Resume::Kind::NextStage && further_.kind != Resume::Kind::Finish;
}

// A step would begin anew.
bool GdbTarget::passes_by_libraries(const Halt& halt) const {
  const bool about_libraries = halt.kind == Halt::Kind::ImageLoad || halt.kind == Halt::Kind::ImageUnload;
  return about_libraries && (further_.kind == Resume::Kind::Go || further_.kind == Resume::Kind::RunTo);
}

// What the halt prints, and then what stood behind the command that went further.
gdb::Target::Monitored GdbTarget::go_on_monitoring() {
  std::string reason = halt_reason(session_).text;
  if (further_leaves_fault()) reason += place_text(session_).text;
  session_.log(reason);
  if (const auto step = session_.next_step()) {
    further_ = *step;
    return {std::move(reason), true};
  }
  if (!halt_.commands.empty()) session_.push_lines({halt_.commands});
  Monitored rest = monitored(execute(""));
  rest.text.insert(0, reason);
  return rest;
}

// What the client has to be told in answer to its own command is left to that.
gdb::Target::Monitored GdbTarget::monitored(Executed executed) {
  if (executed.resume && executed.resume->kind == Resume::Kind::Quit)
    executed.text += "^ the client ends the session: its own kill does this\n";
  else if (executed.resume && halt_.kind == Halt::Kind::ProcessEnd)
    executed.text += "^ the process ends: the client's own continue tells it so\n";
  else if (executed.resume) {
    further_ = *executed.resume;
    return {std::move(executed.text), true};
  }
  drop_lines();
  return {std::move(executed.text)};
}

GdbTarget::Executed GdbTarget::run(std::string_view commands) {
  Executed executed = execute(commands);
  drop_lines();
  return executed;
}

// Nothing of a script is left for the next command.
void GdbTarget::drop_lines() {
  while (session_.next_line()) {
  }
}

}  // namespace emu::debugger
