// Packets about memory of the selected thread's process.
#include <fmt/core.h>

#include <algorithm>
#include <string>
#include <vector>

#include "emulator/debugger/gdb/protocol/hex.h"
#include "emulator/debugger/gdb/protocol/packet.h"
#include "emulator/debugger/gdb/protocol/packets.h"
#include "emulator/debugger/gdb/protocol/refusal.h"

namespace emu::debugger::gdb {
namespace {

constexpr uint64_t kEndOfSpace = uint64_t{1} << 32;

struct Piece {
  mm::VirtualAddress address;
  uint32_t length = 0;
};

// ADDRESS,LENGTH
std::optional<Piece> take_piece(Scanner& scanner) {
  const auto address = scanner.number();
  if (!address || !scanner.skip(",")) return std::nullopt;
  const auto length = scanner.number();
  if (!length) return std::nullopt;
  return Piece{{*address}, *length};
}

// ADDRESS,LENGTH:DATA, where `decode` makes bytes of the data.
template <class Decode>
Answer write_memory(Conversation& conversation, std::string_view arguments, Decode decode) {
  Scanner scanner(arguments);
  const auto piece = take_piece(scanner);
  if (!piece || !scanner.skip(":")) return error(ErrorCode::Malformed);
  const std::optional<std::vector<std::byte>> bytes = decode(scanner.rest());
  if (!bytes || bytes->size() != piece->length) return error(ErrorCode::Malformed);
  if (piece->address.value + uint64_t{piece->length} > kEndOfSpace) return error(ErrorCode::BadAddress);
  const auto process = conversation.selected_process();
  if (!process) return error(ErrorCode::NoSuchThread);
  if (bytes->empty()) return ok();  // how a client asks whether we know packet X
  const auto written = conversation.target().write_memory(*process, piece->address, *bytes);
  return written ? ok() : refusal(conversation, written.error(), ErrorCode::BadAddress);
}

std::vector<std::byte> bytes_of(std::string_view data) {
  const auto bytes = std::as_bytes(std::span(data));
  return {bytes.begin(), bytes.end()};
}

std::string permissions(const MemoryRegion& region) {
  std::string text;
  if (region.readable) text += 'r';
  if (region.writable) text += 'w';
  if (region.executable) text += 'x';
  return text;
}

}  // namespace

Answer read_memory(Conversation& conversation, std::string_view arguments) {
  Scanner scanner(arguments);
  const auto piece = take_piece(scanner);
  if (!piece || !scanner.at_end() || piece->length == 0) return error(ErrorCode::Malformed);
  const auto process = conversation.selected_process();
  if (!process) return error(ErrorCode::NoSuchThread);
  const uint64_t to_end = kEndOfSpace - piece->address.value;
  const uint64_t length = std::min({uint64_t{piece->length}, uint64_t{kLargestPacket / 2}, to_end});
  std::vector<std::byte> bytes(static_cast<size_t>(length));
  bytes.resize(std::min(bytes.size(), conversation.target().read_memory(*process, piece->address, bytes)));
  return bytes.empty() ? error(ErrorCode::BadAddress) : reply(to_hex(bytes));
}

Answer write_memory_as_digits(Conversation& conversation, std::string_view arguments) {
  return write_memory(conversation, arguments, bytes_from_hex);
}

Answer write_memory_as_bytes(Conversation& conversation, std::string_view arguments) {
  return write_memory(conversation, arguments,
                      [](std::string_view data) { return std::optional(bytes_of(data)); });
}

Answer tell_region(Conversation& conversation, std::string_view arguments) {
  const auto address = number_from_hex(arguments);
  if (!address) return error(ErrorCode::Malformed);
  const auto process = conversation.selected_process();
  if (!process) return error(ErrorCode::NoSuchThread);
  const MemoryRegion region = conversation.target().region_at(*process, {*address});
  std::string text = fmt::format("start:{:x};size:{:x};", region.begin.value, region.size);
  if (region.kind == MemoryRegion::Kind::Mapped) text += "permissions:" + permissions(region) + ";";
  if (!region.name.empty()) text += "name:" + to_hex(region.name) + ";";
  return reply(text);
}

}  // namespace emu::debugger::gdb
