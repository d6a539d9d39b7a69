// Packets about registers: of the selected thread, or with LLDB's suffix `;thread:ID;` of another one.
#include <string>

#include "emulator/debugger/gdb/protocol/hex.h"
#include "emulator/debugger/gdb/protocol/packets.h"
#include "emulator/debugger/gdb/protocol/refusal.h"
#include "emulator/debugger/gdb/protocol/register_map.h"

namespace emu::debugger::gdb {
namespace {

struct Subject {
  std::optional<ThreadKey> thread;
  std::string_view arguments;  // without the suffix
};

Subject subject_of(const Conversation& conversation, std::string_view arguments) {
  constexpr std::string_view kSuffix = ";thread:";
  const size_t at = arguments.find(kSuffix);
  if (at == std::string_view::npos) return {conversation.selected(), arguments};
  std::string_view id = arguments.substr(at + kSuffix.size());
  if (id.ends_with(';')) id.remove_suffix(1);
  return {conversation.find(id), arguments.substr(0, at)};
}

// Answers with what `use` makes of the registers and the arguments.
template <class Use>
Answer with_registers(Conversation& conversation, std::string_view arguments, Use use) {
  const Subject subject = subject_of(conversation, arguments);
  if (!subject.thread) return error(ErrorCode::NoSuchThread);
  const auto registers = conversation.target().read_registers(*subject.thread);
  if (!registers) return error(ErrorCode::NoSuchThread);
  return use(*subject.thread, *registers, subject.arguments);
}

Answer write_back(Conversation& conversation, ThreadKey thread, const ThreadRegisters& registers) {
  const auto written = conversation.target().write_registers(thread, registers);
  return written ? ok() : refusal(conversation, written.error(), ErrorCode::NotPermitted);
}

}  // namespace

Answer read_registers(Conversation& conversation, std::string_view arguments) {
  return with_registers(
      conversation, arguments, [](ThreadKey, const ThreadRegisters& registers, std::string_view rest) {
        return rest.empty() ? reply(all_registers_text(registers)) : error(ErrorCode::Malformed);
      });
}

Answer write_registers(Conversation& conversation, std::string_view arguments) {
  return with_registers(conversation, arguments,
                        [&](ThreadKey thread, ThreadRegisters registers, std::string_view values) {
                          if (!set_all_registers(registers, values)) return error(ErrorCode::Malformed);
                          return write_back(conversation, thread, registers);
                        });
}

Answer read_register(Conversation& conversation, std::string_view arguments) {
  return with_registers(conversation, arguments,
                        [](ThreadKey, const ThreadRegisters& registers, std::string_view digits) {
                          const auto number = number_from_hex(digits);
                          const auto text = number ? register_text(registers, *number) : std::nullopt;
                          return text ? reply(*text) : error(ErrorCode::Malformed);
                        });
}

Answer write_register(Conversation& conversation, std::string_view arguments) {
  return with_registers(
      conversation, arguments, [&](ThreadKey thread, ThreadRegisters registers, std::string_view rest) {
        Scanner scanner(rest);
        const auto number = scanner.number();
        if (!number || !scanner.skip("=") || !set_register(registers, *number, scanner.rest()))
          return error(ErrorCode::Malformed);
        return write_back(conversation, thread, registers);
      });
}

}  // namespace emu::debugger::gdb
