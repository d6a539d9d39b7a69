// lm, ln, x, !dlls.
#include <fmt/core.h>

#include "emulator/debugger/commands/handlers.h"
#include "emulator/debugger/memory/words.h"
#include "emulator/debugger/session/arguments.h"
#include "emulator/debugger/session/session.h"
#include "emulator/kernel/processes/process.h"

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

struct ModuleChoice {
  bool verbose = false;
  std::string pattern = "*";
  std::optional<mm::VirtualAddress> inside;

  bool holds(const ModuleLocation& module) const {
    return matches_wildcard(module.short_name(), pattern) && (!inside || module.contains(*inside));
  }
};

ModuleChoice take_choice(Arguments& arguments) {
  ModuleChoice choice;
  while (!arguments.empty()) {
    const std::string letters = arguments.word();
    if (letters.find_first_not_of("vma") != std::string::npos)
      throw CommandError(fmt::format("\"{}\" is not understood", letters));
    if (letters.find('v') != std::string::npos) choice.verbose = true;
    if (letters.find('m') != std::string::npos) choice.pattern = arguments.word();
    if (letters.find('a') != std::string::npos)
      choice.inside = mm::VirtualAddress{arguments.number("an address")};
    if (choice.pattern.empty()) throw CommandError("a pattern is missing");
  }
  return choice;
}

std::string details_of(const Session& session, const ModuleLocation& module) {
  std::string text = fmt::format("    Image path: {}\n    Image name: {}\n    ImageSize:  {:08x}\n",
                                 module.path.string(), module.name, module.size);
  if (const ModuleSymbols* file = session.symbols().symbols_of(module))
    text += fmt::format("    Preferred:  {:08x}\n    Entry:      {:08x}\n    Symbols:    {}\n",
                        file->image().preferred_base,
                        file->image().entry_point == 0 ? 0 : module.base.value + file->image().entry_point,
                        file->symbols().symbols().size());
  return text;
}

// The name above `at`; none in the last function of an image.
std::optional<mm::VirtualAddress> next_symbol(const Session& session, mm::VirtualAddress at) {
  const ModuleLocation* module = session.symbols().module_at(at);
  const ModuleSymbols* file = module != nullptr ? session.symbols().symbols_of(*module) : nullptr;
  const uint32_t next = file != nullptr ? file->symbols().next_above(at.value - module->base.value) : 0;
  if (next == 0) return std::nullopt;
  return module->base + next;
}

// Of data, what DWARF says; "" when it says nothing.
std::string type_of(const Session& session, const SymbolMatch& match) {
  const ModuleLocation* module = session.symbols().module_at(match.address);
  const ModuleSymbols* file = module != nullptr ? session.symbols().symbols_of(*module) : nullptr;
  const DebugVariable* variable = file != nullptr ? file->global(match.symbol.name) : nullptr;
  return variable != nullptr ? variable->type.name : "";
}

}  // namespace

// lm, lmv, lm v m PATTERN, lmvm PATTERN, lm a ADDRESS.
Answer modules(Session& session, std::string_view text) {
  Arguments arguments(text, session);
  const ModuleChoice choice = take_choice(arguments);
  Answer answer("start    end        module name\n");
  answer.data = nlohmann::ordered_json::array();
  for (const ModuleLocation* module : session.symbols().modules()) {
    if (!choice.holds(*module)) continue;
    answer.text +=
        fmt::format("{:08x} {:08x}   {:<16} {}\n", module->base.value, module->base.value + module->size,
                    module->short_name(), symbols_word(session, *module));
    answer.data.push_back(data_of(*module));
    if (!choice.verbose) continue;
    answer.text += details_of(session, *module);
    answer.data.back()["path"] = module->path.string();
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
  if (const auto next = next_symbol(session, at)) {
    answer.text += fmt::format("   |  ({:08x})   {}", next->value, session.symbols().describe(*next));
    answer.data["next_address"] = address_words(*next);
    answer.data["next_symbol"] = session.symbols().describe(*next);
  }
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
  const bool types = arguments.take("/t");
  const std::string pattern = arguments.word();
  if (pattern.empty()) throw CommandError("a pattern is missing: module!name*");
  arguments.end();
  Answer answer;
  answer.data = nlohmann::ordered_json::array();
  const auto matches = session.symbols().match(pattern);
  for (size_t i = 0; i < std::min(matches.size(), kMostMatches); ++i) {
    const SymbolMatch& match = matches[i];
    const Symbol& symbol = match.symbol;
    const std::string type = types ? type_of(session, match) : "";
    answer.text +=
        fmt::format("{:08x}          {}{}{}!{}{}\n", match.address.value, type, type.empty() ? "" : " ",
                    match.module, symbol.signature.empty() ? symbol.name : symbol.signature,
                    symbol.kind == SymbolKind::Inlined ? " (inlined)" : "");
    answer.data.push_back(
        {{"address", address_words(match.address)}, {"symbol", match.module + "!" + symbol.name}});
    if (symbol.kind == SymbolKind::Inlined) answer.data.back()["inlined"] = true;
    if (!type.empty()) answer.data.back()["type"] = type;
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
