#include "emulator/debugger/console/completion.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "emulator/debugger/session/command.h"
#include "emulator/debugger/session/session.h"

namespace emu::debugger {
namespace {

using Words = std::vector<std::string>;

bool begins_with(std::string_view word, std::string_view beginning) {
  return lower_case(word.substr(0, beginning.size())) == lower_case(beginning);
}

void add(Words& found, std::string_view typed, std::string_view words) {
  for (size_t at = 0; at < words.size();) {
    const size_t end = std::min(words.find(' ', at), words.size());
    const std::string_view word = words.substr(at, end - at);
    if (!word.empty() && begins_with(word, typed)) found.emplace_back(word);
    at = end + 1;
  }
}

void add_commands(Words& found, std::string_view typed) {
  for (const Command& command : command_list()) add(found, typed, command.name);
}

void add_modules(Words& found, std::string_view typed, const Session& session) {
  for (const ModuleLocation* module : session.symbols().modules()) add(found, typed, module->short_name());
}

void add_symbols(Words& found, std::string_view typed, const Session& session) {
  if (typed.empty()) return;
  const bool with_module = typed.find('!') != std::string_view::npos;
  if (typed.front() == '!') return;  // no module is named so
  for (const SymbolMatch& match : session.symbols().match(std::string(typed) + "*"))
    found.push_back(with_module ? match.module + "!" + match.symbol.name : match.symbol.name);
  if (with_module) return;
  for (const ModuleLocation* module : session.symbols().modules())
    if (begins_with(module->short_name(), typed)) found.push_back(std::string(module->short_name()) + "!");
}

void add_types(Words& found, std::string_view typed, const Session& session) {
  const size_t mark = typed.find('!');
  const ModuleLocation* module =
      mark == std::string_view::npos ? nullptr : session.symbols().module_named(typed.substr(0, mark));
  const ModuleSymbols* symbols = module != nullptr ? session.symbols().symbols_of(*module) : nullptr;
  if (symbols == nullptr) return;
  for (const DebugType& type : symbols->types().all())
    if (!type.name.empty() && begins_with(type.name, typed.substr(mark + 1)))
      found.push_back(std::string(typed.substr(0, mark + 1)) + type.name);
}

void add_files(Words& found, std::string_view typed) {
  namespace fs = std::filesystem;
  const size_t slash = typed.rfind('/');
  const std::string folder(slash == std::string_view::npos ? "" : typed.substr(0, slash + 1));
  const std::string_view name = typed.substr(folder.size());
  std::error_code error;
  for (fs::directory_iterator at(folder.empty() ? "." : folder, error), end; !error && at != end;
       at.increment(error)) {
    const std::string file = at->path().filename().string();
    if (file.starts_with(name) && (!file.starts_with('.') || name.starts_with('.')))
      found.push_back(folder + file + (at->is_directory(error) ? "/" : ""));
  }
}

void add_services(Words& found, std::string_view typed, const Session& session) {
  if (typed.size() < 2) return;
  for (const SymbolMatch& match : session.symbols().match("ntdll!Nt*"))
    if (begins_with(match.symbol.name, typed)) found.push_back(match.symbol.name);
}

bool takes(const Command& command, std::string_view word) {
  return command.usage.find(word, command.name.size()) != std::string_view::npos;
}

// A word of the command's usage, and what stands for it.
void add_arguments(Words& found, std::string_view typed, const Command& command, const Session& session) {
  if (takes(command, "COMMAND]")) add_commands(found, typed);
  if (takes(command, "COMMAND|")) add_commands(found, typed);
  if (takes(command, "FILE")) add_files(found, typed);
  if (takes(command, "SERVICE")) add_services(found, typed, session);
  if (takes(command, "KIND"))
    add(found, typed, "any demand-zero transition pagefile guard av soft hard table vad");
  if (takes(command, "EVENT")) add(found, typed, "cpr epr ct et ld ud av gp gn bpe sse dz ii ip iov sov out");
  if (takes(command, "REGISTER"))
    add(found, typed, "eax ebx ecx edx esi edi eip esp ebp efl cs ds es fs gs ss");
  if (takes(command, "MODULE") || takes(command, "[m PATTERN]")) add_modules(found, typed, session);
  if (takes(command, "NAME")) add_types(found, typed, session);
  const bool address = takes(command, "ADDRESS") || takes(command, "RANGE") || takes(command, "EXPRESSION") ||
                       takes(command, "NAME") || takes(command, "]PATTERN");
  if (address) add_symbols(found, typed, session);
}

}  // namespace

std::vector<std::string> completions(const Session* session, std::string_view before,
                                     std::string_view typed) {
  const size_t semicolon = before.rfind(';');
  std::string_view command = semicolon == std::string_view::npos ? before : before.substr(semicolon + 1);
  command.remove_prefix(std::min(command.find_first_not_of(" \t"), command.size()));
  Words found;
  if (command.empty() && typed.starts_with("$<")) {
    add_files(found, typed.substr(2));
    for (std::string& file : found) file.insert(0, "$<");
  } else if (command.empty()) {
    add_commands(found, typed);
  } else if (const auto known = find_command(command); known && session != nullptr) {
    add_arguments(found, typed, *known->command, *session);
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

}  // namespace emu::debugger
