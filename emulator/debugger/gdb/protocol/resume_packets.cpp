// Packets after which the guest runs, or nobody watches it any more.
#include <algorithm>
#include <utility>

#include "emulator/debugger/gdb/protocol/hex.h"
#include "emulator/debugger/gdb/protocol/packets.h"

namespace emu::debugger::gdb {
namespace {

using Kind = ThreadAction::Kind;

Answer request(Request wanted) {
  Answer answer;
  answer.request = std::move(wanted);
  return answer;
}

// Refuses a resumption of nobody: its stop would never come.
Answer request_resume(const Conversation& conversation, Resume wanted) {
  const auto threads = conversation.target().threads();
  const bool moves = std::any_of(threads.begin(), threads.end(), [&](const ThreadInfo& info) {
    return wanted.action_for(info.key).kind != Kind::Stay;
  });
  return moves ? request(std::move(wanted)) : error(ErrorCode::NoSuchThread);
}

// Two digits.
std::optional<Signal> take_signal(Scanner& scanner) {
  const auto number = scanner.number();
  return number && *number <= UINT8_MAX ? std::optional(static_cast<Signal>(*number)) : std::nullopt;
}

std::optional<ThreadAction> take_signalled(Scanner& scanner, Kind kind) {
  const auto signal = take_signal(scanner);
  return signal ? std::optional(ThreadAction{kind, *signal}) : std::nullopt;
}

std::optional<ThreadAction> take_range(Scanner& scanner) {
  const auto begin = scanner.number();
  if (!begin || !scanner.skip(",")) return std::nullopt;
  const auto end = scanner.number();
  if (!end) return std::nullopt;
  return ThreadAction{Kind::StepRange, Signal::None, {*begin}, {*end}};
}

std::optional<ThreadAction> take_action(Scanner& scanner) {
  if (scanner.skip("c")) return ThreadAction{Kind::Continue};
  if (scanner.skip("s")) return ThreadAction{Kind::Step};
  if (scanner.skip("t")) return ThreadAction{Kind::Stay};
  if (scanner.skip("C")) return take_signalled(scanner, Kind::Continue);
  if (scanner.skip("S")) return take_signalled(scanner, Kind::Step);
  if (scanner.skip("r")) return take_range(scanner);
  return std::nullopt;
}

// ACTION[:THREAD-ID]
std::optional<Resume::Rule> rule(std::string_view text) {
  Scanner scanner(text);
  const auto action = take_action(scanner);
  if (!action) return std::nullopt;
  if (scanner.at_end()) return Resume::Rule{{}, *action};
  if (!scanner.skip(":")) return std::nullopt;
  const auto threads = thread_pattern(scanner.rest());
  return threads ? std::optional(Resume::Rule{*threads, *action}) : std::nullopt;
}

// [ADDRESS]: where the selected thread goes on. False when that cannot be.
bool move_to(Conversation& conversation, std::string_view text) {
  if (text.empty()) return true;
  const auto address = number_from_hex(text);
  const auto thread = conversation.selected();
  if (!address || !thread) return false;
  auto registers = conversation.target().read_registers(*thread);
  if (!registers) return false;
  registers->integer.eip = *address;
  return conversation.target().write_registers(*thread, *registers).has_value();
}

// Packet Hc has said which thread goes on. When it said all or any, a step is one of the selected thread
// while the others run.
Resume old_style(const Conversation& conversation, ThreadAction action) {
  const bool one = conversation.resumed.thread.has_value();
  if (one || action == ThreadAction{}) return {{{conversation.resumed, action}}};
  const auto stepped = conversation.selected();
  if (!stepped) return {};
  return {{{{stepped->process, stepped->thread}, action}, {{}, ThreadAction{}}}};
}

Answer resume_old_style(Conversation& conversation, ThreadAction action, std::string_view address) {
  if (!move_to(conversation, address)) return error(ErrorCode::Malformed);
  return request_resume(conversation, old_style(conversation, action));
}

// SIGNAL[;ADDRESS]
Answer resume_signalled(Conversation& conversation, Kind kind, std::string_view arguments) {
  Scanner scanner(arguments);
  const auto action = take_signalled(scanner, kind);
  if (!action || (!scanner.at_end() && !scanner.skip(";"))) return error(ErrorCode::Malformed);
  return resume_old_style(conversation, *action, scanner.rest());
}

bool nothing_left(const Conversation& conversation) { return conversation.target().threads().empty(); }

}  // namespace

Answer tell_resume_actions(Conversation&, std::string_view) { return reply("vCont;c;C;s;S;t;r"); }

Answer resume_by_rules(Conversation& conversation, std::string_view arguments) {
  Resume wanted;
  Scanner scanner(arguments);
  while (!scanner.at_end()) {
    const auto next = rule(scanner.until(';'));
    if (!next) return error(ErrorCode::Malformed);
    wanted.rules.push_back(*next);
  }
  return request_resume(conversation, std::move(wanted));
}

Answer resume(Conversation& conversation, std::string_view arguments) {
  return resume_old_style(conversation, {Kind::Continue}, arguments);
}
Answer step(Conversation& conversation, std::string_view arguments) {
  return resume_old_style(conversation, {Kind::Step}, arguments);
}
Answer resume_with_signal(Conversation& conversation, std::string_view arguments) {
  return resume_signalled(conversation, Kind::Continue, arguments);
}
Answer step_with_signal(Conversation& conversation, std::string_view arguments) {
  return resume_signalled(conversation, Kind::Step, arguments);
}

Answer kill_all(Conversation&, std::string_view) { return request(KillAll{}); }

Answer kill_process(Conversation& conversation, std::string_view arguments) {
  const auto process = number_from_hex(arguments);
  if (!process) return error(ErrorCode::Malformed);
  if (!conversation.target().kill({*process})) return error(ErrorCode::NoSuchThread);
  Answer answer = ok();
  if (nothing_left(conversation)) answer.request = KillAll{};
  return answer;
}

// D: all; D;PROCESS: one.
Answer detach(Conversation& conversation, std::string_view arguments) {
  Scanner scanner(arguments);
  Answer answer = ok();
  if (scanner.at_end()) {
    answer.request = DetachAll{};
    return answer;
  }
  if (!scanner.skip(";")) return error(ErrorCode::Malformed);
  const auto process = number_from_hex(scanner.rest());
  if (!process) return error(ErrorCode::Malformed);
  if (!conversation.target().detach({*process})) return error(ErrorCode::NoSuchThread);
  if (nothing_left(conversation)) answer.request = DetachAll{};
  return answer;
}

}  // namespace emu::debugger::gdb
