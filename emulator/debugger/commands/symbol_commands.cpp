// lm, ln, x, !dlls.
#include <fmt/format.h>

#include "emulator/debugger/arguments.h"
#include "emulator/debugger/commands/handlers.h"
#include "emulator/debugger/memory/words.h"
#include "emulator/debugger/session.h"

namespace emu::debugger::commands {
namespace {

constexpr size_t kMostMatches = 10'000;

nlohmann::ordered_json data_of(const ModuleLocation& module) {
  return {{"base", address_words(module.base)},
          {"end", address_words(module.base + module.size)},
          {"name", module.name}};
}

std::string_view symbols_word(const Session& session, const ModuleLocation& module) {
  const ModuleSymbols* file = session.symbols().symbols_of(module);
  if (file == nullptr) return "(no symbols)";
  return file->symbols().symbols().empty() ? "(no names)" : "(symbols)";
}

}  // namespace

Answer modules(Session& session, std::string_view text) {
  Arguments arguments(text, session);
  const std::string pattern = arguments.take("m") ? arguments.word() : "*";
  arguments.end();
  Answer answer("start    end        module name\n");
  answer.data = nlohmann::ordered_json::array();
  for (const ModuleLocation* module : session.symbols().modules()) {
    if (!matches_wildcard(module->short_name(), pattern)) continue;
    answer.text +=
        fmt::format("{:08x} {:08x}   {:<16} {}\n", module->base.value, module->base.value + module->size,
                    module->short_name(), symbols_word(session, *module));
    answer.data.push_back(data_of(*module));
  }
  return answer;
}

Answer nearest(Session& session, std::string_view text) {
  Arguments arguments(text, session);
  const mm::VirtualAddress at = arguments.empty() ? mm::VirtualAddress{session.registers().eip}
                                                  : mm::VirtualAddress{arguments.number("an address")};
  arguments.end();
  const auto symbol = session.symbols().nearest(at);
  if (!symbol) throw CommandError(fmt::format("no symbol is near {:08x}", at.value));
  Answer answer(
      fmt::format("({:08x})   {}", at.value, symbol->text()),
      {{"address", address_words(at)}, {"symbol", symbol->text()}, {"displacement", symbol->displacement}});
  if (const auto source = session.symbols().source_at(at)) {
    answer.text += fmt::format("   [{} @ {}]", source->file, source->line);
    answer.data["file"] = source->file;
    answer.data["line"] = source->line;
  }
  answer.text += "\n";
  return answer;
}

Answer match_symbols(Session& session, std::string_view text) {
  Arguments arguments(text, session);
  const std::string pattern = arguments.word();
  if (pattern.empty()) throw CommandError("a pattern is missing: module!name*");
  arguments.end();
  Answer answer;
  answer.data = nlohmann::ordered_json::array();
  const auto matches = session.symbols().match(pattern);
  for (size_t i = 0; i < std::min(matches.size(), kMostMatches); ++i) {
    const SymbolMatch& match = matches[i];
    const Symbol& symbol = match.symbol;
    answer.text += fmt::format("{:08x}          {}!{}\n", match.address.value, match.module,
                               symbol.signature.empty() ? symbol.name : symbol.signature);
    answer.data.push_back(
        {{"address", address_words(match.address)}, {"symbol", match.module + "!" + symbol.name}});
    if (!symbol.signature.empty()) answer.data.back()["signature"] = symbol.signature;
  }
  if (matches.size() > kMostMatches) answer.text += fmt::format("... {} in all\n", matches.size());
  return answer;
}

Answer module_list(Session& session, std::string_view text) {
  Arguments(text, session).end();
  Answer answer;
  answer.data = nlohmann::ordered_json::array();
  for (const LoadedImage& image : session.process().images) {
    answer.text += fmt::format("{:08x}  size {:08x}  {}\n", image.base.value, image.size, image.name);
    answer.data.push_back({{"base", address_words(image.base)}, {"size", image.size}, {"name", image.name}});
  }
  return answer;
}

}  // namespace emu::debugger::commands
