// One client's session. The engine calls serve_until_resume() at every stop and does what it returns; while
// the guest runs it calls poll() now and then, and print() for what the guest writes to its console.
//
//   Connecting  the guest stands still, nobody has asked yet
//               serve_until_resume() waits for the client's `?`
//   Stopped     packets are answered
//               serve_until_resume(), which from its second call on tells the stop first
//   Running     from its return to the next call
//               poll(), print()
//   Monitoring  the same, when it returned GoFurther
//               poll(), print(), then answer_monitor()
//
// When the client goes without a word, in the middle of a packet or not, serve_until_resume() returns
// Disconnected and poll() says Disconnected, from then on at once; no part of a packet that did not arrive
// whole is done. `pagewalk debug` then holds the guest for the next client, who gets a session of its own.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "emulator/debugger/gdb/protocol/connection.h"
#include "emulator/debugger/gdb/protocol/conversation.h"
#include "emulator/debugger/gdb/protocol/request.h"
#include "emulator/debugger/gdb/protocol/stop.h"
#include "emulator/debugger/gdb/protocol/target.h"
#include "emulator/debugger/gdb/protocol/transport.h"

namespace emu::debugger::gdb {

class Session {
 public:
  enum class Event : uint8_t {
    None,
    Interrupt,  // the client wants the guest to stop: with Signal::Interrupt
    Disconnected,
  };

  // Both must outlive the session. Bytes of clients are untrusted: whatever arrives, memory stays bounded and
  // the target is called only for packets that are whole and well-formed.
  Session(Target& target, Transport& transport) : conversation_(target), connection_(transport) {}

  // Answers packets until one resumes the guest, or ends the session.
  Request serve_until_resume(const StopReply& stop);

  // To be called after GoFurther, when the monitor command, whose text has been printed, is done. Answers it
  // and goes on as above, at the same stop.
  Request answer_monitor();

  // Asks for news while the guest runs. Cheap enough to be called every millisecond; never waits.
  Event poll() { return news(Transport::Patience::Poll); }
  // Waits for the client to say something, while nothing of the guest can run. Never returns None.
  Event wait();

  // Shows text at the client (`O` packets). What comes while the guest stands still is shown when it runs on.
  void print(std::string_view text);

  // Tells whether the client goes on by itself at a stop whose reason is Libraries. LLDB does not: it would
  // show its user a trap. GDB alone says no-resumed, by which it is known.
  bool hears_of_libraries() const { return conversation_.features.no_resumed; }

 private:
  enum class Phase : uint8_t { Connecting, Stopped, Running, Monitoring };

  Event news(Transport::Patience patience);
  Request answer_packets();
  void send_text(std::string_view text);
  void send_pending_text() { send_text(std::exchange(pending_text_, {})); }

  Conversation conversation_;
  Connection connection_;
  Phase phase_ = Phase::Connecting;
  std::string pending_text_;
};

}  // namespace emu::debugger::gdb
