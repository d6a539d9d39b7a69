// The host's console for a guest that somebody holds: it does not wait for input longer than it may.
#pragma once

#include <functional>
#include <memory>

#include "emulator/kernel/files/console.h"

namespace emu {

class PatientConsole : public Console {
 public:
  // Is asked a few times a second, and at every signal, while the guest waits for input. False ends the wait,
  // and the guest finds the input at its end.
  using MayWait = std::function<bool()>;
  explicit PatientConsole(MayWait may_wait) : may_wait_(std::move(may_wait)), host_(host_console()) {}

  mm::NtStatus write(Stream stream, std::span<const std::byte> bytes) override {
    return host_->write(stream, bytes);
  }
  mm::Result<uint32_t> read(std::span<std::byte> bytes) override;

 private:
  MayWait may_wait_;
  std::unique_ptr<Console> host_;
};

}  // namespace emu
