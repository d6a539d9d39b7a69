#include "emulator/cli/gdb_driver.h"

#include <fmt/core.h>

#include <cstdio>
#include <utility>

#include "emulator/cli/patient_console.h"
#include "emulator/debugger/gdb/protocol/descriptor_transport.h"
#include "emulator/kernel/files/console.h"

namespace emu {
namespace {

namespace gdb = debugger::gdb;

class ClientConsole final : public PatientConsole {
 public:
  ClientConsole(debugger::GdbFrontEnd& front_end, MayWait may_wait)
      : PatientConsole(std::move(may_wait)), front_end_(front_end) {}

  mm::NtStatus write(Stream stream, std::span<const std::byte> bytes) override {
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return front_end_.print(text) ? mm::NtStatus::Success : PatientConsole::write(stream, bytes);
  }

 private:
  debugger::GdbFrontEnd& front_end_;
};

}  // namespace

GdbDriver::GdbDriver(std::string place)
    : place_(std::move(place)), front_end_([this] { return connect(); }) {}

std::unique_ptr<Console> GdbDriver::console() {
  return std::make_unique<ClientConsole>(front_end_, [this] { return engine_->may_wait(); });
}

tl::expected<void, std::string> GdbDriver::prepare(Machine& machine) {
  if (place_ == "-") {
    standard_ = gdb::standard_transport();
    if (standard_ == nullptr)
      return tl::unexpected(std::string("--gdb -: standard input and output cannot be used"));
  } else {
    const auto endpoint = gdb::parse_endpoint(place_);
    if (!endpoint) return tl::unexpected("--gdb: " + endpoint.error());
    auto listener = gdb::Listener::open(*endpoint);
    if (!listener) return tl::unexpected("--gdb: " + listener.error());
    listener_ = std::move(*listener);
  }
  engine_.emplace(machine.kernel(), front_end_);
  return {};
}

// At the guest's first halt, and whenever a client has gone. Standard input has one.
std::unique_ptr<gdb::Transport> GdbDriver::connect() {
  if (!listener_) return std::move(standard_);
  const char* why = std::exchange(had_client_, true) ? "the client has gone, the guest stands still: " : "";
  fmt::print(stderr, "{}listening on {}\n", why, gdb::to_text(listener_->endpoint()));
  auto client = listener_->accept();
  if (!client) fmt::print(stderr, "pagewalk: {}\n", client.error());
  return client ? std::move(*client) : nullptr;
}

Machine::RunEnd GdbDriver::run(Machine&) {
  const Machine::RunEnd end = engine_->run();
  let_go();
  return end;
}

}  // namespace emu
