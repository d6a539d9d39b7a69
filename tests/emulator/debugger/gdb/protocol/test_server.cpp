// A server for real clients to be tried on: `server PORT` listens there and says so, `server -` talks through
// standard input and output. It says on standard error how the session ended, and what the client changed.
#include <cstdio>
#include <memory>
#include <string>

#include "emulator/debugger/gdb/protocol/descriptor_transport.h"
#include "emulator/debugger/gdb/protocol/listener.h"
#include "emulator/debugger/gdb/protocol/session.h"
#include "tests/emulator/debugger/gdb/protocol/fake_run.h"

namespace emu::debugger::gdb::test {
namespace {

std::unique_ptr<Transport> client_at(const std::string& place) {
  if (place == "-") return standard_transport();
  const auto endpoint = parse_endpoint(place);
  if (!endpoint) return nullptr;
  const auto listener = Listener::open(*endpoint);
  if (!listener) return nullptr;
  std::printf("listening on %s\n", to_text(listener->endpoint()).c_str());
  std::fflush(stdout);
  auto client = listener->accept();
  return client ? std::move(*client) : nullptr;
}

const char* name_of(const Request& request) {
  if (std::holds_alternative<KillAll>(request)) return "killed";
  return std::holds_alternative<DetachAll>(request) ? "detached" : "disconnected";
}

Request serve(FakeTarget& target, Transport& transport) {
  Session session(target, transport);
  FakeRun guest(target, session);
  StopReply stop = ThreadStopped{kMain, Signal::Trap, reason::Plain{}, ""};
  while (true) {
    Request request = session.serve_until_resume(stop);
    const auto* resume = std::get_if<Resume>(&request);
    if (resume == nullptr) return request;
    const auto next = guest.run(*resume);
    if (!next) return Disconnected{};
    stop = *next;
  }
}

int main(const std::string& place, const std::string& processes) {
  const auto transport = client_at(place);
  if (!transport) return 2;
  FakeTarget target;
  if (processes != "two") target.end(kSecond);
  const Request end = serve(target, *transport);
  for (const std::string& change : target.changes) std::fprintf(stderr, "change: %s\n", change.c_str());
  std::fprintf(stderr, "end: %s\n", name_of(end));
  return 0;
}

}  // namespace
}  // namespace emu::debugger::gdb::test

int main(int count, char** arguments) {
  if (count != 2 && count != 3) return 2;
  return emu::debugger::gdb::test::main(arguments[1], count == 3 ? arguments[2] : "one");
}
