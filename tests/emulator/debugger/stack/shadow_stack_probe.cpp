// Runs a guest program instruction by instruction, keeps its calls in mind as a processor's shadow stack does
// (Intel SDM, volume 1, chapter 17.2), and at random stops compares them with the stack that the debugger
// shows.
//   shadow_stack_probe GUEST_FOLDER PROGRAM PERIOD SEED
// Stops about every PERIOD instructions. Prints what differs and "N stops, N differ".
#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/debugger/engine/engine.h"
#include "emulator/debugger/session/session.h"
#include "emulator/kernel/files/console.h"
#include "emulator/kernel/files/program_files.h"
#include "emulator/kernel/files/volume.h"
#include "emulator/kernel/kernel.h"
#include "emulator/kernel/machine.h"
#include "emulator/kernel/processes/process.h"
#include "emulator/loader/program_loader.h"
#include "mm/memory_manager.h"

namespace emu::debugger {
namespace {

// Where a call, or the kernel, left what is gone on with.
struct Entry {
  enum class Kind : uint8_t { Call, Interruption };

  uint32_t slot;            // on the stack: the entry is gone once ESP is above it
  uint32_t return_address;  // or the instruction that was interrupted
  Kind kind = Kind::Call;
};
using ShadowStack = std::vector<Entry>;  // the outermost first

class Shadow final : public FrontEnd {
 public:
  Shadow(uint32_t period, uint32_t seed) : random_(seed), stops_(1.0 / period) {}

  Resume on_halt(Engine& engine, const Halt& halt) override {
    if (!session_) session_ = std::make_unique<Session>(engine);
    session_->halted(halt);
    if (halt.kind == Halt::Kind::ProcessEnd || halt.kind == Halt::Kind::GuestEnd) return {};
    follow();
    if (halt.where == Halt::Where::Outside && stops_(random_)) compare();
    return {.kind = Resume::Kind::StepInto};
  }

  uint32_t stops() const { return compared_; }
  uint32_t different() const { return different_; }

 private:
  template <class T>
  T load(uint32_t at) const {
    return session_->memory().load<T>({at}).value_or(T{});
  }

  // What the instruction before has done to the calls.
  void follow() {
    const Registers now = session_->registers();
    if (now.eip == before_.eip && now.esp == before_.esp) return;
    while (!calls_.empty() && calls_.back().slot < now.esp) calls_.pop_back();
    if (was_call_ && now.esp == before_.esp - 4) calls_.push_back({now.esp, load<uint32_t>(now.esp)});
    if (const auto context = interrupted(now)) {
      const uint32_t esp = load<uint32_t>(*context + 0xC4);
      while (!calls_.empty() && calls_.back().slot < esp) calls_.pop_back();
      calls_.push_back({*context, load<uint32_t>(*context + 0xB8), Entry::Kind::Interruption});
    }
    before_ = now;
    was_call_ = is_call(now.eip);
  }

  // E8, and FF /2 (SDM volume 2, CALL), behind a prefix for a segment.
  bool is_call(uint32_t eip) const {
    uint8_t code = load<uint8_t>(eip);
    for (const int prefix : {0x2E, 0x36, 0x3E, 0x26, 0x64, 0x65})
      if (code == prefix) code = load<uint8_t>(++eip);
    return code == 0xE8 || (code == 0xFF && (load<uint8_t>(eip + 1) >> 3 & 7) == 2);
  }

  // The CONTEXT of what the kernel interrupted to enter the guest here (guest/abi/context.h). The step that
  // takes an exception ends behind the dispatcher's first instruction, CLD.
  std::optional<uint32_t> interrupted(const Registers& now) {
    const uint32_t dispatcher = address_of("ntdll!KiUserExceptionDispatcher");
    const bool enters = now.eip == dispatcher || (now.eip == dispatcher + 1 && before_.eip != dispatcher);
    if (enters) return load<uint32_t>(now.esp + 4);
    if (now.eip == address_of("ntdll!KiUserApcDispatcher")) return now.esp + 16;
    return std::nullopt;
  }

  uint32_t address_of(const std::string& name) {
    const auto known = addresses_.find(name);
    if (known != addresses_.end()) return known->second;
    return addresses_[name] = session_->symbols().resolve(name).value_or(mm::VirtualAddress{}).value;
  }

  // Whether the program has written over what its calls left: then the calls are not what returns. libgcc's
  // unwinder does so in the last function that it calls, with the registers that it wants to go on with, and
  // longjmp in its last instructions, with where setjmp returned to.
  bool rewritten() const {
    const auto is_rewritten = [this](const Entry& entry) {
      const uint32_t at = entry.kind == Entry::Kind::Call ? entry.slot : entry.slot + 0xB8;
      return load<uint32_t>(at) != entry.return_address;
    };
    const bool unwinds =
        !calls_.empty() &&
        session_->symbols().describe({calls_.back().return_address}).find("!_Unwind_") != std::string::npos;
    const bool jumps = session_->symbols().describe({before_.eip}).starts_with("msvcrt!longjmp");
    return unwinds || jumps || std::any_of(calls_.begin(), calls_.end(), is_rewritten);
  }

  void compare() {
    if (rewritten()) return;
    ++compared_;
    const auto frames = session_->frames();
    std::vector<uint32_t> ours, theirs;
    for (const StackFrame& frame : frames)
      if (frame.return_address.value != 0) ours.push_back(frame.return_address.value);
    for (auto call = calls_.rbegin(); call != calls_.rend(); ++call) theirs.push_back(call->return_address);
    theirs.resize(std::min(theirs.size(), kMostFrames));
    if (ours == theirs) return;
    constexpr uint32_t kMostShown = 10;
    if (++different_ > kMostShown) return;
    fmt::print("at {:08x}, ESP {:08x}, the stack is\n", before_.eip, before_.esp);
    for (const std::string& line : stack_lines(frames, session_->symbols())) fmt::print("  {}\n", line);
    fmt::print("and the calls that have not returned are\n");
    for (const uint32_t address : theirs)
      fmt::print("           {:08x} {}\n", address, session_->symbols().describe({address}));
  }

  std::unique_ptr<Session> session_;
  std::mt19937 random_;
  std::bernoulli_distribution stops_;
  ShadowStack calls_;
  Registers before_{};
  bool was_call_ = false;
  std::map<std::string, uint32_t> addresses_;
  uint32_t compared_ = 0, different_ = 0;
};

class NoConsole final : public Console {
 public:
  mm::NtStatus write(Stream, std::span<const std::byte>) override { return mm::NtStatus::Success; }
  mm::Result<uint32_t> read(std::span<std::byte>) override { return 0u; }
};

int run(const std::string& guest, const std::string& program, uint32_t period, uint32_t seed) {
  MachineConfiguration configuration;
  configuration.ram = mm::pages_for(64 << 20);
  auto machine = Machine::create(configuration, std::make_unique<NoConsole>());
  if (!machine) return 1;
  (*machine)->kernel().volume().mount(program_files(std::vector{program}, guest));
  ProgramLoader loader((*machine)->kernel(), guest);
  Shadow shadow(period, seed);
  Engine engine((*machine)->kernel(), shadow);
  if (const auto process = loader.start(program, {}); !process) {
    fmt::print("{}\n", process.error());
    return 1;
  }
  engine.run();
  fmt::print("{} stops, {} differ\n", shadow.stops(), shadow.different());
  return shadow.stops() != 0 && shadow.different() == 0 ? 0 : 1;
}

uint32_t number(std::string_view text) {
  uint32_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace
}  // namespace emu::debugger

int main(int count, char** arguments) {
  if (count != 5) return 2;
  const uint32_t period = emu::debugger::number(arguments[3]);
  return period == 0
             ? 2
             : emu::debugger::run(arguments[1], arguments[2], period, emu::debugger::number(arguments[4]));
}
