// Packets of LLDB's without which it takes the guest for a program of the host's, does not know where its
// program lies, and cannot call functions (LLDB, "GDB Remote Protocol Extensions").
#include <fmt/core.h>

#include "emulator/debugger/gdb/protocol/hex.h"
#include "emulator/debugger/gdb/protocol/packets.h"

namespace emu::debugger::gdb {
namespace {

// Without an environment: LLDB takes every PE file for one of "msvc", and drops the user's when it is to be
// another's.
constexpr std::string_view kTriple = "i386-pc-windows";

std::string file_name(std::string_view path) {
  return std::string(path.substr(path.find_last_of("/\\") + 1));
}

}  // namespace

Answer tell_host(Conversation&, std::string_view) {
  return reply(fmt::format("triple:{};ptrsize:4;endian:little;", to_hex(kTriple)));
}

Answer tell_process(Conversation& conversation, std::string_view) {
  const auto process = conversation.selected_process();
  if (!process) return error(ErrorCode::NoSuchThread);
  return reply(fmt::format("pid:{:x};triple:{};ostype:windows;ptrsize:4;endian:little;", process->value,
                           to_hex(kTriple)));
}

// PATH: where LLDB's file lies in the process. It may be a copy of the one that was started.
Answer tell_load_address(Conversation& conversation, std::string_view arguments) {
  const auto path = text_from_hex(arguments);
  if (!path) return error(ErrorCode::Malformed);
  const auto process = conversation.selected_process();
  if (!process) return error(ErrorCode::NoSuchThread);
  for (const Image& image : conversation.target().images(*process))
    if (file_name(image.path) == file_name(*path)) return reply(fmt::format("{:x}", image.base.value));
  return error(ErrorCode::BadAddress);
}

// Then register packets name their thread at their end, which we understand from anyone.
Answer accept_thread_suffix(Conversation& conversation, std::string_view) {
  conversation.with_lldb = true;
  return ok();
}

// SIZE,RIGHTS: for the code of an expression that calls functions, and for its values. RIGHTS are letters of
// "rwx".
Answer allocate_memory(Conversation& conversation, std::string_view arguments) {
  Scanner scanner(arguments);
  const auto size = scanner.number();
  if (!size || !scanner.skip(",")) return error(ErrorCode::Malformed);
  const std::string_view letters = scanner.rest();
  if (letters.find_first_not_of("rwx") != std::string_view::npos) return error(ErrorCode::Malformed);
  const auto has = [&](char letter) { return letters.find(letter) != std::string_view::npos; };
  const auto process = conversation.selected_process();
  if (!process) return error(ErrorCode::NoSuchThread);
  const auto address = conversation.target().allocate(*process, *size, {has('w'), has('x')});
  return address ? reply(fmt::format("{:x}", address->value)) : error(ErrorCode::NotPermitted);
}

Answer free_memory(Conversation& conversation, std::string_view arguments) {
  const auto address = number_from_hex(arguments);
  if (!address) return error(ErrorCode::Malformed);
  const auto process = conversation.selected_process();
  if (!process) return error(ErrorCode::NoSuchThread);
  return conversation.target().free(*process, {*address}) ? ok() : error(ErrorCode::BadAddress);
}

}  // namespace emu::debugger::gdb
