// What a packet is answered with, and what happens then.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "emulator/debugger/gdb/protocol/request.h"

namespace emu::debugger::gdb {

// The protocol leaves the meaning of `E NN` open; these are the numbers of <errno.h>.
enum class ErrorCode : uint8_t {
  NotPermitted = 1,  // the target refuses
  NoSuchThread = 3,  // or process
  BadAddress = 14,   // memory that is not there, or may not be written
  Malformed = 22,    // the packet is not of the documented form
};

struct Answer {
  std::vector<std::string> packets;  // to send, in this order; none for a packet that has no reply
  std::optional<Request> request;    // then the session comes back with it
};

Answer reply(std::string packet);
Answer ok();
Answer error(ErrorCode code);
Answer unsupported();  // the empty packet

}  // namespace emu::debugger::gdb
