// Why the guest stands still, and how it goes on.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "emulator/kernel/exceptions/exception.h"
#include "emulator/kernel/processes/loaded_image.h"
#include "emulator/kernel/processes/process_end.h"
#include "mm/base/events.h"
#include "mm/base/fault.h"
#include "mm/inspect/access_forecast.h"
#include "mm/inspect/fault_story.h"

namespace emu {
class Process;
class Thread;
}  // namespace emu

namespace emu::debugger {

// What a data breakpoint saw.
struct DataAccess {
  mm::VirtualAddress address;
  uint32_t size = 0;
  bool reads = false, writes = false;
  mm::VirtualAddress instruction;
};

struct Halt {
  enum class Kind : uint8_t {
    Start,       // the first process is about to execute its first instruction
    Break,       // somebody asked for it
    Step,        // a step, or the way to an address, is done
    Breakpoint,  // `breakpoint`, a code breakpoint; EIP is on its address
    DataAccess,  // `breakpoint` saw `access`; EIP is behind the instruction
    Exception,   // `exception`, first or second chance
    ProcessBegin,
    ProcessEnd,  // `end`; everything is still there
    ThreadBegin,
    ThreadEnd,  // `exit_code`; everything is still there
    ImageLoad,  // `image`
    ImageUnload,
    Service,     // `service` is about to begin; its arguments lie at `arguments`
    ServiceEnd,  // `service` leaves `result` in EAX
    Fault,       // `fault`: the memory manager has not acted; `forecast` says what it is going to be
    FaultStage,  // `stage` of it has just been reached
    FaultEnd,    // `outcome`
    Standstill,  // only threads could run, `thread` first, that the debugger makes stand still
    GuestEnd,    // nothing will ever run again
  };
  // Inside means that the processor is in the middle of an access or a service: general registers and memory
  // may be read, and nothing may be changed.
  enum class Where : uint8_t { Outside, Inside };

  Kind kind = Kind::Break;
  Where where = Where::Outside;
  Process* process = nullptr;
  Thread* thread = nullptr;  // null: on nobody's behalf
  uint32_t breakpoint = 0;
  std::string commands{};  // of that breakpoint: to be executed now
  DataAccess access{};
  Exception exception{};
  ProcessEnd end{};
  uint32_t exit_code = 0;
  LoadedImage image{};
  uint32_t service = 0;
  uint32_t result = 0;
  mm::VirtualAddress arguments{};
  mm::Fault fault{};
  mm::FaultActor actor = mm::FaultActor::Instruction;  // with FaultEnd
  mm::AccessForecast forecast{};
  mm::Event stage{};
  mm::FaultOutcome outcome{};
};

struct Resume {
  enum class Kind : uint8_t {
    Go,
    StepInto,      // `count` instructions of the thread
    StepOver,      // the same, calls and repetitions as one
    StepToReturn,  // over, until the next instruction is a RET
    RunTo,         // until that thread is at `address` with ESP at or above `stack`
    NextStage,     // of the fault that is being resolved
    Finish,        // the fault or the service, to its end
    Quit,
  };
  enum class ExceptionIs : uint8_t { NotHandled, Handled };

  Kind kind = Kind::Go;
  uint32_t count = 1;
  mm::VirtualAddress address{};
  uint32_t stack = 0;
  Thread* thread = nullptr;  // whose step it is; null: the halt's
  ExceptionIs exception_is = ExceptionIs::NotHandled;
};

class Engine;

// Who decides at a halt: a command line, a gdb, a script.
class FrontEnd {
 public:
  virtual ~FrontEnd() = default;
  virtual Resume on_halt(Engine& engine, const Halt& halt) = 0;
  // Are called when a process has got an image, or is about to lose one; breakpoints may be changed.
  virtual void on_image_load(Engine&, Process&) {}
  virtual void on_image_unload(Engine&, Process&, const LoadedImage&) {}
  // Is called when a thread has told its debugger something (OutputDebugString); the bytes are in the ANSI
  // code page.
  virtual void on_debug_output(Engine&, const Thread&, std::string_view) {}
  // Is asked, whenever the processor has come back (Engine::wake), whether the guest is to halt there.
  virtual bool wants_break() { return false; }
  // Is asked, after every halt and for every thread that begins, whether the thread is to stand still until
  // the next halt. Threads that the engine has frozen stand still in any case.
  virtual bool stands_still(const Thread&) { return false; }
};

}  // namespace emu::debugger
