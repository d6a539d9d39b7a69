// d*, e*, s.
#include <fmt/core.h>

#include <cstring>

#include "emulator/debugger/commands/handlers.h"
#include "emulator/debugger/memory/dump.h"
#include "emulator/debugger/memory/search.h"
#include "emulator/debugger/memory/words.h"
#include "emulator/debugger/session/arguments.h"
#include "emulator/debugger/session/session.h"

namespace emu::debugger::commands {
namespace {

// The letters glued to the command, when there are any.
std::string_view take_letters(std::string_view& text) {
  const std::string_view letters = text.substr(0, std::min(text.find_first_of(" \t"), text.size()));
  text.remove_prefix(letters.size());
  return letters;
}

// dds and dps: a line for each word, with the name of what it may point to.
Answer dump_with_symbols(Session& session, std::string_view text) {
  constexpr uint32_t kWord = sizeof(uint32_t), kUsual = 32;
  Arguments arguments(text, session);
  AddressRange range;
  range.begin = session.next.dump;
  if (!arguments.empty()) range = arguments.range(kWord, session.next.dump);
  arguments.end();
  const uint64_t count = range.elements(kWord, kUsual);
  if (count * kWord > kMostDumped) throw CommandError("that is too much: a megabyte is the most");
  Answer answer;
  answer.data = nlohmann::ordered_json::array();
  mm::VirtualAddress at = range.begin;
  for (uint64_t i = 0; i < count; ++i, at = at + kWord) {
    const auto word = session.memory().load<uint32_t>(at);
    const std::string name = word ? session.symbols().describe({*word}) : "";
    answer.text += fmt::format("{:08x}  {}{}{}\n", at.value, word ? fmt::format("{:08x}", *word) : "????????",
                               name.empty() ? "" : " ", name);
    answer.data.push_back(
        {{"address", address_words(at)}, {"value", word ? Json(*word) : Json(nullptr)}, {"symbol", name}});
  }
  session.next.dump = at;
  return answer;
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
  const std::string_view letters = take_letters(text);
  if (letters.size() == 2) return dump_with_symbols(session, text);
  if (!letters.empty()) session.next.dump_format = letters.front();
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
  std::string_view letters = take_letters(text);
  const bool with_zero = letters.starts_with('z');
  if (with_zero) letters.remove_prefix(1);
  const char letter = letters.empty() ? 'd' : letters.front();
  session.require_outside();
  Arguments arguments(text, session);
  const mm::VirtualAddress to{arguments.number("an address")};
  if (arguments.empty()) throw CommandError("a value is missing");
  std::vector<std::byte> bytes;
  while (!arguments.empty()) {
    if (letter == 'a' || letter == 'u') {
      const std::string word = arguments.word();
      for (const uint8_t byte : letter == 'a' ? ascii_pattern(word) : unicode_pattern(word))
        bytes.push_back(static_cast<std::byte>(byte));
      continue;
    }
    const auto value = bytes_of(take_value(arguments, letter), size_of_letter(letter));
    bytes.insert(bytes.end(), value.begin(), value.end());
  }
  if (with_zero) bytes.resize(bytes.size() + (letter == 'a' ? 1 : sizeof(char16_t)));
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
  const DumpFormat format = kind == 'a' || kind == 'u' ? DumpFormat::Bytes : *dump_format(kind);
  return {search_text(session.memory(), found, format), search_json(found)};
}

}  // namespace emu::debugger::commands
