// Packet qXfer: documents and names, read piece by piece: `OBJECT:read:ANNEX:OFFSET,LENGTH`.
#include <algorithm>
#include <array>
#include <span>
#include <string>

#include "emulator/debugger/gdb/protocol/documents.h"
#include "emulator/debugger/gdb/protocol/hex.h"
#include "emulator/debugger/gdb/protocol/packet.h"
#include "emulator/debugger/gdb/protocol/packets.h"
#include "emulator/debugger/gdb/protocol/target_description.h"

namespace emu::debugger::gdb {
namespace {

// Half of the largest packet: each character may need an escape.
constexpr size_t kLargestPiece = kLargestPacket / 2 - 1;

// The whole object; nothing when there is none of that annex.
using ObjectFunction = std::optional<std::string>(Conversation&, std::string_view annex);

std::optional<std::string> features(Conversation&, std::string_view annex) {
  return annex == "target.xml" ? std::optional(target_description()) : std::nullopt;
}

std::optional<std::string> threads(Conversation& conversation, std::string_view annex) {
  if (!annex.empty()) return std::nullopt;
  return thread_list(conversation.target().threads(), conversation.naming());
}

// Without the program: GDB has it from exec-file; LLDB, told here, would forget where it lies.
std::optional<std::string> libraries(Conversation& conversation, std::string_view annex) {
  const auto process = conversation.selected_process();
  if (!annex.empty() || !process) return std::nullopt;
  conversation.told_images = conversation.target().images(*process);
  const std::span<const Image> images(conversation.told_images);
  return library_list(images.subspan(std::min(images.size(), size_t{1})),
                      conversation.with_lldb ? LibraryPlace::BaseSection : LibraryPlace::TextSegment);
}

// The annex is the process; without one, it is the selected thread's.
std::optional<std::string> executable(Conversation& conversation, std::string_view annex) {
  auto process = conversation.selected_process();
  if (!annex.empty()) {
    const auto number = number_from_hex(annex);
    process = number ? std::optional(ProcessId{*number}) : std::nullopt;
  }
  if (!process) return std::nullopt;
  const auto images = conversation.target().images(*process);
  return images.empty() ? std::nullopt : std::optional(images.front().path);
}

std::optional<std::string> memory(Conversation& conversation, std::string_view annex) {
  if (!annex.empty()) return std::nullopt;
  return memory_map(conversation.target().address_space());
}

// As GDB for Windows has it: an EXCEPTION_RECORD.
std::optional<std::string> signal_information(Conversation& conversation, std::string_view annex) {
  const auto thread = conversation.selected();
  if (!annex.empty() || !thread) return std::nullopt;
  return conversation.target().exception_record(*thread);
}

struct Object {
  std::string_view name;
  ObjectFunction* whole;
};
constexpr std::array kObjects = std::to_array<Object>({{"features", features},
                                                       {"threads", threads},
                                                       {"libraries", libraries},
                                                       {"exec-file", executable},
                                                       {"memory-map", memory},
                                                       {"siginfo", signal_information}});

// 'm': there is more behind this piece; 'l': there is not.
std::string piece_of(std::string_view whole, size_t offset, size_t length) {
  const std::string_view rest = whole.substr(std::min(offset, whole.size()));
  const std::string_view piece = rest.substr(0, std::min(length, kLargestPiece));
  return (piece.size() < rest.size() ? "m" : "l") + std::string(piece);
}

Answer read(Conversation& conversation, const Object& object, Scanner& scanner) {
  const std::string_view annex = scanner.until(':');
  const auto offset = scanner.number();
  if (!offset || !scanner.skip(",")) return error(ErrorCode::Malformed);
  const auto length = scanner.number();
  if (!length || !scanner.at_end()) return error(ErrorCode::Malformed);
  const auto whole = object.whole(conversation, annex);
  return whole ? reply(piece_of(*whole, *offset, *length)) : reply("E00");
}

}  // namespace

Answer transfer(Conversation& conversation, std::string_view arguments) {
  Scanner scanner(arguments);
  const std::string_view name = scanner.until(':');
  const bool reads = scanner.until(':') == "read";
  for (const Object& object : kObjects)
    if (reads && object.name == name) return read(conversation, object, scanner);
  return unsupported();
}

}  // namespace emu::debugger::gdb
