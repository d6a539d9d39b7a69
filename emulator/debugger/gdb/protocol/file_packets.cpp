// Packet vFile, host I/O: the files that a client may read, which are those that the target names, and
// nothing else of the host (GDB manual, E.7 "Host I/O Packets", E.13 "File-I/O Remote Protocol Extension" for
// the structures).
#include <fmt/core.h>

#include <algorithm>
#include <string>
#include <utility>

#include "emulator/debugger/gdb/protocol/hex.h"
#include "emulator/debugger/gdb/protocol/packet.h"
#include "emulator/debugger/gdb/protocol/packets.h"

namespace emu::debugger::gdb {
namespace {

// The protocol's own numbers of errors.
enum class FileError : uint32_t { NoEntry = 2, BadDescriptor = 9, Invalid = 22, ReadOnly = 30, TooMany = 24 };
constexpr size_t kMostOpen = 16;
constexpr size_t kLargestPiece = kLargestPacket / 2 - 32;  // each byte may need an escape

Answer failed(FileError error) { return reply(fmt::format("F-1,{:x}", static_cast<uint32_t>(error))); }
Answer result(size_t value) { return reply(fmt::format("F{:x}", value)); }
Answer result(std::string_view bytes) {
  return reply(fmt::format("F{:x};", bytes.size()) + std::string(bytes));
}

const std::string* opened(const Conversation& conversation, std::optional<uint32_t> descriptor) {
  if (!descriptor) return nullptr;
  const auto found = conversation.open_files.find(*descriptor);
  return found == conversation.open_files.end() ? nullptr : &found->second;
}

// NAME,FLAGS,MODE
Answer open_file(Conversation& conversation, Scanner& scanner) {
  const auto name = text_from_hex(scanner.until(','));
  const auto flags = scanner.number();
  const auto process = conversation.selected_process();
  if (!name || !flags) return failed(FileError::Invalid);
  if (*flags != 0) return failed(FileError::ReadOnly);
  if (conversation.open_files.size() >= kMostOpen) return failed(FileError::TooMany);
  auto content = process ? conversation.target().file(*process, *name) : std::nullopt;
  if (!content) return failed(FileError::NoEntry);
  uint32_t descriptor = 3;
  while (conversation.open_files.contains(descriptor)) ++descriptor;
  conversation.open_files.emplace(descriptor, std::move(*content));
  return result(descriptor);
}

// DESCRIPTOR,COUNT,OFFSET
Answer read_file(Conversation& conversation, Scanner& scanner) {
  const auto descriptor = scanner.number();
  const bool first = scanner.skip(",");
  const auto count = scanner.number();
  const bool second = scanner.skip(",");
  const auto offset = scanner.number();
  if (!first || !second || !count || !offset) return failed(FileError::Invalid);
  const std::string* content = opened(conversation, descriptor);
  if (content == nullptr) return failed(FileError::BadDescriptor);
  const size_t from = std::min<size_t>(*offset, content->size());
  return result(std::string_view(*content).substr(from, std::min<size_t>(*count, kLargestPiece)));
}

// struct stat: seven words, three of twice that size, three words, the highest byte first.
Answer file_status(const Conversation& conversation, Scanner& scanner) {
  const std::string* content = opened(conversation, scanner.number());
  if (content == nullptr) return failed(FileError::BadDescriptor);
  constexpr uint64_t kRegularReadable = 0100444, kBlock = 512;
  std::string bytes;
  const auto add = [&](uint64_t value, int size) {
    for (int i = size - 1; i >= 0; --i) bytes += static_cast<char>(value >> (8 * i) & 0xFF);
  };
  for (const uint64_t word :
       {uint64_t{0}, uint64_t{0}, kRegularReadable, uint64_t{1}, uint64_t{0}, uint64_t{0}, uint64_t{0}})
    add(word, 4);
  add(content->size(), 8);
  add(kBlock, 8);
  add((content->size() + kBlock - 1) / kBlock, 8);
  for (int i = 0; i < 3; ++i) add(0, 4);  // nobody asks for the times
  return result(bytes);
}

Answer close_file(Conversation& conversation, Scanner& scanner) {
  const auto descriptor = scanner.number();
  const bool known = descriptor && conversation.open_files.erase(*descriptor) != 0;
  return known ? result(size_t{0}) : failed(FileError::BadDescriptor);
}

}  // namespace

Answer file_operation(Conversation& conversation, std::string_view arguments) {
  Scanner scanner(arguments);
  const std::string_view operation = scanner.until(':');
  if (operation == "setfs") return result(size_t{0});  // every process sees the same files
  if (operation == "open") return open_file(conversation, scanner);
  if (operation == "pread") return read_file(conversation, scanner);
  if (operation == "fstat") return file_status(conversation, scanner);
  if (operation == "close") return close_file(conversation, scanner);
  return unsupported();
}

}  // namespace emu::debugger::gdb
