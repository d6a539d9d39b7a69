// d*, e*, s.
#include <fmt/format.h>

#include <cstring>

#include "emulator/debugger/arguments.h"
#include "emulator/debugger/commands/handlers.h"
#include "emulator/debugger/memory/dump.h"
#include "emulator/debugger/memory/search.h"
#include "emulator/debugger/memory/words.h"
#include "emulator/debugger/session.h"

namespace emu::debugger::commands {
namespace {

// The letter glued to the command, when there is one.
char take_letter(std::string_view& text, std::string_view letters) {
  if (text.empty() || letters.find(text.front()) == std::string_view::npos) return '\0';
  if (text.size() > 1 && text[1] != ' ') return '\0';
  const char letter = text.front();
  text.remove_prefix(1);
  return letter;
}

std::vector<std::byte> bytes_of(uint64_t value, size_t size) {
  std::vector<std::byte> bytes(size);
  std::memcpy(bytes.data(), &value, size);
  return bytes;
}

uint64_t take_value(Arguments& arguments, char letter) {
  return letter == 'q' ? arguments.wide_number("a value") : arguments.number("a value");
}

size_t size_of_letter(char letter) {
  switch (letter) {
    case 'b': return 1;
    case 'w': return 2;
    case 'q': return 8;
    default: return 4;
  }
}

std::vector<uint8_t> take_pattern(Session&, Arguments& arguments, char kind) {
  if (kind == 'a') return ascii_pattern(arguments.word());
  if (kind == 'u') return unicode_pattern(arguments.word());
  std::vector<uint8_t> pattern;
  while (!arguments.empty()) {
    if (arguments.rest().front() == '"') {
      const auto text = ascii_pattern(arguments.word());
      pattern.insert(pattern.end(), text.begin(), text.end());
      continue;
    }
    for (const std::byte byte : bytes_of(take_value(arguments, kind), size_of_letter(kind)))
      pattern.push_back(static_cast<uint8_t>(byte));
  }
  return pattern;
}

}  // namespace

Answer dump(Session& session, std::string_view text) {
  if (const char letter = take_letter(text, "abdquw"); letter != '\0') session.next.dump_format = letter;
  const DumpFormat format = *dump_format(session.next.dump_format);
  Arguments arguments(text, session);
  mm::VirtualAddress from = session.next.dump;
  uint64_t count = usual_count(format);
  if (!arguments.empty()) {
    const AddressRange range = arguments.range(unit_size(format), session.next.dump);
    from = range.begin;
    count = range.elements(unit_size(format), count);
  }
  arguments.end();
  if (count * unit_size(format) > kMostDumped) throw CommandError("that is too much: a megabyte is the most");
  Dump dumped = emu::debugger::dump(session.memory(), from, format, static_cast<uint32_t>(count));
  session.next.dump = dumped.next;
  return {std::move(dumped.text), std::move(dumped.data)};
}

Answer enter(Session& session, std::string_view text) {
  char letter = take_letter(text, "abdqw");
  if (letter == '\0') letter = 'd';
  session.require_outside();
  Arguments arguments(text, session);
  const mm::VirtualAddress to{arguments.number("an address")};
  if (arguments.empty()) throw CommandError("a value is missing");
  std::vector<std::byte> bytes;
  while (!arguments.empty()) {
    if (letter == 'a') {
      for (const char c : arguments.word()) bytes.push_back(static_cast<std::byte>(c));
      continue;
    }
    const auto value = bytes_of(take_value(arguments, letter), size_of_letter(letter));
    bytes.insert(bytes.end(), value.begin(), value.end());
  }
  ProcessMemory memory = session.process_memory();
  const mm::NtStatus status = memory.write(to, bytes);
  if (status != mm::NtStatus::Success)
    throw CommandError(fmt::format("{:08x} cannot be written: {}", to.value, mm::to_string(status)));
  return {"", {{"address", address_words(to)}, {"bytes", bytes.size()}}};
}

Answer search(Session& session, std::string_view text) {
  Arguments arguments(text, session);
  char kind = 'b';
  for (const char letter : {'b', 'w', 'd', 'q', 'a', 'u'})
    if (arguments.take(fmt::format("-{}", letter))) kind = letter;
  const AddressRange range = arguments.range(1);
  const auto pattern = take_pattern(session, arguments, kind);
  arguments.end();
  if (pattern.empty() || pattern.size() > kLongestPattern)
    throw CommandError(fmt::format("a pattern of 1 to {} bytes is needed", kLongestPattern));
  const auto found = emu::debugger::search(session.memory(), range.begin, range.elements(1, 128), pattern);
  return {search_text(session.memory(), found), search_json(found)};
}

}  // namespace emu::debugger::commands
