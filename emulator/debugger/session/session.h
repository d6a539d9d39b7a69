// A session with the engine, of a person or of a client: what is looked at (process, thread, frame), the
// symbols of each process, and how a line is executed.
#pragma once

#include <array>
#include <cstdio>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/debugger/engine/engine.h"
#include "emulator/debugger/expression/expression_context.h"
#include "emulator/debugger/memory/process_memory.h"
#include "emulator/debugger/session/answer.h"
#include "emulator/debugger/stack/stack_walk.h"
#include "emulator/debugger/symbols/symbol_table.h"

namespace emu::debugger {

class Session final : public ExpressionContext {
 public:
  explicit Session(Engine& engine) : engine_(engine) {}
  ~Session() override;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // --- A halt begins: what it is about is looked at. `halt` stays until the next one.
  void halted(const Halt& halt);
  const Halt& halt() const { return halt_; }
  // The last exception that was seen.
  const std::optional<Exception>& last_exception() const { return last_exception_; }

  // --- Executing. Every command of a line, in order, up to one that resumes or fails; what stands behind one
  // that resumes is executed at the next halt, as in WinDbg.
  struct Executed {
    std::string command;  // as typed
    bool failed = false;
    Answer answer;  // of a failed one: the sentence
  };
  struct Outcome {
    std::vector<Executed> answers;
    std::optional<Resume> resume;
  };
  Outcome execute(std::string_view line);
  // A command calls this to have the guest go on when the command returns.
  void resume(const Resume& resume);
  // Does the same for a step that is to be made `count` times, with a halt behind each; another halt ends it.
  void resume_repeatedly(const Resume& step, uint32_t count);
  // Returns what a halt between two such steps is answered with; none when there is no step left.
  std::optional<Resume> next_step();

  // --- What is looked at. process() and thread() throw CommandError when there is none.
  Engine& engine() { return engine_; }
  Kernel& kernel() const { return engine_.kernel(); }
  Process& process() const;
  Thread& thread() const;
  Process* looked_at_process() const { return process_; }
  Thread* looked_at_thread() const { return thread_; }
  void look_at(Process& process);
  void look_at(Thread& thread);
  size_t frame_number() const { return frame_; }
  void look_at_frame(size_t number);
  // Shows registers from a CONTEXT instead of the thread's (.cxr); none shows the thread's own again.
  void look_at_registers(std::optional<Registers> registers);

  Registers registers() const;  // of the thread, or of .cxr
  std::vector<StackFrame> frames(size_t most = kMostFrames) const;
  const SymbolTable& symbols() const { return symbols_of(looked_at_process()); }
  const SymbolTable& symbols_of(Process* process) const;
  ProcessMemory process_memory() const { return ProcessMemory(kernel(), process_); }

  // Throw CommandError unless registers and memory may be changed now.
  void require_outside() const;
  void require_thread_at_rest() const;

  // The live processes and a process's threads, in the order of their ids.
  std::vector<Process*> processes() const;
  std::vector<Thread*> threads_of(const Process& process) const;

  // --- Lines that are to be executed before others are asked for ($<, a breakpoint's commands).
  // Returns false when too many lines are waiting.
  bool push_lines(std::vector<std::string> lines) { return push(std::move(lines), 0); }
  // Adds the lines of a script, which may name scripts itself. Throws CommandError when that goes too deep or
  // too many lines are waiting; then nothing is left of any script.
  void push_script(std::vector<std::string> lines);
  std::optional<std::string> next_line();

  // --- .logopen.
  std::string open_log(const std::string& path);  // empty, or what went wrong
  bool close_log();
  void log(std::string_view text);

  // Where d and u go on without an address.
  struct Next {
    mm::VirtualAddress dump{}, code{};
    char dump_format = 'b';
  } next;

  // --- Breakpoints whose module comes, or goes: they learn where they are, or wait for it again.
  void image_loaded(Process& process);
  void image_unloaded(Process& process, const LoadedImage& image);

  // $t0 ... $t19: the user's own.
  std::array<uint64_t, 20> variables{};

  // ExpressionContext.
  std::optional<uint64_t> read_register(std::string_view name) const override;
  const MemoryView& memory() const override;
  tl::expected<uint32_t, std::string> resolve_symbol(std::string_view text) const override;

 private:
  struct WaitingLine {
    std::string text;
    uint32_t depth;  // how many scripts it lies in
  };

  std::optional<uint64_t> pseudo_register(std::string_view name) const;
  std::optional<uint64_t> numbered_pseudo_register(std::string_view name) const;
  bool push(std::vector<std::string> lines, uint32_t depth);
  Executed run_one(std::string_view command);

  Engine& engine_;
  Halt halt_;
  std::optional<Exception> last_exception_;
  Process* process_ = nullptr;
  Thread* thread_ = nullptr;
  size_t frame_ = 0;
  std::optional<Registers> context_registers_;
  std::optional<Resume> resume_;
  Resume step_;
  uint32_t steps_left_ = 0;
  std::deque<WaitingLine> lines_;
  uint32_t depth_ = 0;  // of the line that is executed
  std::FILE* log_ = nullptr;
  mutable std::map<uint32_t, SymbolTable> symbols_;  // by process
  mutable std::unique_ptr<ProcessMemory> memory_;
};

// Splits `line` at the first semicolon outside quotes.
struct SplitLine {
  std::string_view first, rest;
};
SplitLine split_at_semicolon(std::string_view line);

}  // namespace emu::debugger
