#include "emulator/debugger/gdb/protocol/answer.h"

#include <fmt/core.h>

#include <utility>

namespace emu::debugger::gdb {

Answer reply(std::string packet) {
  Answer answer;
  answer.packets.push_back(std::move(packet));
  return answer;
}

Answer ok() { return reply("OK"); }
Answer error(ErrorCode code) { return reply(fmt::format("E{:02x}", static_cast<unsigned>(code))); }
Answer unsupported() { return reply(""); }

}  // namespace emu::debugger::gdb
