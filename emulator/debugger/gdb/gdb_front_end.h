// The debugger in the hands of a gdb client: every halt that the client is to know of becomes a stop of the
// protocol, and what the client answers decides how the guest goes on.
//
//   Waiting    there is no client yet, or none any more: the next halt waits for one   connect
//   Attached   halts are told, the guest's console is shown at the client              serve
//   Released   the client has let go of every process: the guest runs on alone         serve
//   Closed     the client has killed the guest, or no other can come: the guest ends   serve, connect
//
// - A client that goes without a word, in the middle of a packet or of the guest's run, leaves the
//   guest where it is. The next one finds it standing there, without the breakpoints and filters of its
//   predecessor.
// - Halts that are about no thread of the client's (a process's end) are told at the next instruction of the
//   guest, so that the client may change everything at every stop; those it made itself (monitor bf, sxe) can
//   be in the middle of a fault, where registers may be read only and a step finishes the fault.
// - A monitor command that runs the guest is answered where the guest halts. What the client must still
//   hear of (processes' ends, libraries) it is told when it runs the guest itself.
// - Threads that the client does not resume stand still (vCont), those too that begin meanwhile. A process of
//   which it says nothing at all while it resumes another as a whole runs on: gdb names none but its current
//   one, and a parent would wait for its child for ever. When every thread that was resumed waits for one
//   that stands still, the client's interrupt is waited for.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "emulator/debugger/gdb/gdb_target.h"
#include "emulator/debugger/gdb/protocol/session.h"
#include "emulator/debugger/gdb/pulse.h"

namespace emu::debugger {

class GdbFrontEnd final : public FrontEnd {
 public:
  // Waits for the next client; null when none can come.
  using Connect = std::function<std::unique_ptr<gdb::Transport>()>;
  explicit GdbFrontEnd(Connect connect) : connect_(std::move(connect)) {}

  Resume on_halt(Engine& engine, const Halt& halt) override;
  void on_image_load(Engine&, Process& process) override {
    if (target_) target_->session().image_loaded(process);
  }
  void on_image_unload(Engine&, Process& process, const LoadedImage& image) override {
    if (target_) target_->session().image_unloaded(process, image);
  }
  void on_debug_output(Engine&, const Thread&, std::string_view text) override { print(text); }
  bool wants_break() override;
  bool stands_still(const Thread& thread) override;

  // Shows text of the guest's console at the client; false when there is no client.
  bool print(std::string_view text);

 private:
  enum class State : uint8_t { Waiting, Attached, Released, Closed };

  bool connect(Engine& engine);
  void lose_client();
  Resume decide(const Halt& halt);
  Resume guest_end(const Halt& halt);
  Resume standstill(const Halt& halt);
  std::optional<Resume> tell_news(const Halt& halt);
  Resume process_ends(const Halt& halt);
  std::optional<Resume> monitor_halted(const Halt& halt);
  Resume tell(const Halt& halt);
  Resume answer(const Halt& halt, const gdb::StopReply& stop);
  std::optional<Resume> run_commands(const Halt& halt);
  bool is_there(const Thread& thread) const;
  bool is_told(const Halt& halt) const;
  std::optional<gdb::StopReply> stop_at(const Halt& halt);
  gdb::StopReply standing(const gdb::StopReply& stop) const;
  std::optional<gdb::Resume> serve(const gdb::StopReply& stop);
  void begin_to_run();
  Resume end();
  Resume resume_as(const Halt& halt, const gdb::Resume& wanted);
  Thread* stepper(const Halt& halt, const gdb::Resume& wanted) const;
  void look_for_news() { take(session_->poll()); }
  void take(gdb::Session::Event event);

  Connect connect_;
  State state_ = State::Waiting;
  Engine* engine_ = nullptr;
  std::unique_ptr<gdb::Transport> transport_;
  std::optional<GdbTarget> target_;
  std::optional<gdb::Session> session_;
  Pulse pulse_;
  std::deque<gdb::StopReply> ends_;  // of processes: not told yet
  bool libraries_untold_ = false;    // a monitor command has passed by DLLs that came or went
  gdb::Resume wanted_;               // what the client last asked for
  bool monitoring_ = false;          // the guest runs for a monitor command
  bool newly_attached_ = true;       // the client has not resumed anything yet
  bool interrupted_ = false;         // the client asked for a stop
  bool finishing_ = false;           // a step that the client does not know as one is under way
};

}  // namespace emu::debugger
