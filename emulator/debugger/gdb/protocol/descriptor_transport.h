// A transport over file descriptors: a socket, or standard input and output.
#pragma once

#include <memory>

#include "emulator/debugger/gdb/protocol/transport.h"
#include "emulator/kernel/files/descriptor.h"

namespace emu::debugger::gdb {

class DescriptorTransport final : public Transport {
 public:
  // Both may name the same socket, then through descriptors of their own.
  DescriptorTransport(Descriptor input, Descriptor output);

  Received receive(std::span<char> to, Patience patience) override;
  bool has_news() const override;
  bool send(std::string_view bytes) override;

 private:
  Descriptor input_;
  Descriptor output_;
};

// Makes the transport for a client that started us (`target remote | pagewalk debug --gdb - PROGRAM`). From
// then on nothing else may use standard input or output: what is written to standard output lands in standard
// error. Null when the host has no descriptors left.
std::unique_ptr<Transport> standard_transport();

}  // namespace emu::debugger::gdb
