#include "emulator/debugger/symbols/symbol_table.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace emu::debugger {
namespace {

using Failure = tl::unexpected<std::string>;

struct QualifiedName {
  std::optional<std::string_view> module;  // none: any
  std::string_view name;
};

QualifiedName split(std::string_view text) {
  const size_t mark = text.find('!');
  if (mark == std::string_view::npos) return {std::nullopt, text};
  if (mark == 0) return {std::nullopt, text.substr(1)};
  return {text.substr(0, mark), text.substr(mark + 1)};
}

struct FileLine {
  std::string_view file;
  uint32_t line = 0;
};

// "file.c:123"; the line is decimal.
std::optional<FileLine> as_file_line(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == text.size()) return std::nullopt;
  FileLine result{text.substr(0, colon), 0};
  const auto [end, error] = std::from_chars(text.data() + colon + 1, text.data() + text.size(), result.line);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return result;
}

}  // namespace

std::string_view ModuleLocation::short_name() const {
  const std::string_view all(name);
  const size_t dot = all.rfind('.');
  return dot == std::string_view::npos || dot == 0 ? all : all.substr(0, dot);
}

std::string SymbolAt::text() const {
  const std::string start = module + "!" + name;
  return displacement == 0 ? start : fmt::format("{}+{:#x}", start, displacement);
}

const ModuleSymbols* SymbolTable::Module::load() const {
  if (std::exchange(tried, true)) return symbols.get();
  if (location.path.empty()) {
    error = "has no file on the host";
    return nullptr;
  }
  auto opened = ModuleSymbols::open(location.path);
  if (opened)
    symbols = std::move(*opened);
  else
    error = opened.error();
  return symbols.get();
}

void SymbolTable::add(ModuleLocation module) {
  const mm::VirtualAddress base = module.base;
  modules_.erase(base);
  modules_[base].location = std::move(module);
}

void SymbolTable::remove(mm::VirtualAddress base) { modules_.erase(base); }

std::vector<const ModuleLocation*> SymbolTable::modules() const {
  std::vector<const ModuleLocation*> result;
  for (const auto& [base, module] : modules_) result.push_back(&module.location);
  return result;
}

const SymbolTable::Module* SymbolTable::find_module(mm::VirtualAddress address) const {
  const auto above = modules_.upper_bound(address);
  if (above == modules_.begin()) return nullptr;
  const Module& module = std::prev(above)->second;
  return module.location.contains(address) ? &module : nullptr;
}

const SymbolTable::Module* SymbolTable::find_module(std::string_view name) const {
  const std::string wanted = lower_case(name);
  for (const auto& [base, module] : modules_) {
    const ModuleLocation& location = module.location;
    if (lower_case(location.short_name()) == wanted || lower_case(location.name) == wanted) return &module;
  }
  return nullptr;
}

const ModuleLocation* SymbolTable::module_at(mm::VirtualAddress address) const {
  const Module* module = find_module(address);
  return module == nullptr ? nullptr : &module->location;
}

const ModuleLocation* SymbolTable::module_named(std::string_view name) const {
  const Module* module = find_module(name);
  return module == nullptr ? nullptr : &module->location;
}

const ModuleSymbols* SymbolTable::symbols_of(const ModuleLocation& module) const {
  const Module* found = find_module(module.base);
  return found == nullptr ? nullptr : found->load();
}

std::string SymbolTable::symbol_error(const ModuleLocation& module) const {
  const Module* found = find_module(module.base);
  if (found == nullptr) return "is not loaded";
  const ModuleSymbols* symbols = found->load();
  return symbols == nullptr ? found->error : symbols->debug_error();
}

std::optional<SymbolTable::Place> SymbolTable::place_of(mm::VirtualAddress address) const {
  const Module* module = find_module(address);
  const ModuleSymbols* symbols = module == nullptr ? nullptr : module->load();
  if (symbols == nullptr) return std::nullopt;
  return Place{module, symbols, address.value - module->location.base.value};
}

std::vector<const SymbolTable::Module*> SymbolTable::modules_named(std::string_view pattern) const {
  std::vector<const Module*> result;
  for (const auto& [base, module] : modules_) {
    const bool named = matches_wildcard(module.location.short_name(), pattern) ||
                       matches_wildcard(module.location.name, pattern);
    if (named) result.push_back(&module);
  }
  return result;
}

// By address, each once.
std::vector<SymbolTable::Candidate> SymbolTable::candidates(const std::vector<const Module*>& modules,
                                                            std::string_view name) const {
  std::map<mm::VirtualAddress, std::string> found;
  const auto line = as_file_line(name);
  for (const Module* module : modules) {
    const ModuleSymbols* symbols = module->load();
    if (symbols == nullptr) continue;
    if (line) {
      // A line may have code in several places; the lowest is where it begins.
      const auto addresses = symbols->addresses_of_line(line->file, line->line);
      if (!addresses.empty()) found.emplace(module->address(addresses.front()), name);
      continue;
    }
    for (const Symbol& symbol : symbols->find(name)) {
      const std::string& words = symbol.signature.empty() ? symbol.name : symbol.signature;
      found.emplace(module->address(symbol.address),
                    fmt::format("{}!{}", module->location.short_name(), words));
    }
    if (!found.empty()) break;  // the first module that has the name, as in the order of a process's modules
  }
  std::vector<Candidate> candidates;
  candidates.reserve(found.size());
  for (const auto& [address, text] : found) candidates.push_back({address, text});
  return candidates;
}

std::string SymbolTable::ambiguous(std::string_view text, const std::vector<Candidate>& found) {
  constexpr size_t kMostNamed = 8;
  std::string words = fmt::format("ambiguous symbol error at '{}'", text);
  for (size_t i = 0; i < std::min(found.size(), kMostNamed); ++i)
    words += fmt::format("{} {:08x} {}", i == 0 ? ":" : ",", found[i].address.value, found[i].text);
  return found.size() > kMostNamed ? fmt::format("{} and {} more", words, found.size() - kMostNamed) : words;
}

tl::expected<mm::VirtualAddress, std::string> SymbolTable::resolve(std::string_view text) const {
  const QualifiedName wanted = split(text);
  const Module* module = wanted.module ? find_module(*wanted.module) : nullptr;
  if (wanted.module && module == nullptr)
    return Failure(fmt::format("no module is named {}", *wanted.module));
  if (module != nullptr && module->load() == nullptr)
    return Failure(fmt::format("{} has no symbols: it {}", *wanted.module, module->error));
  const auto found = candidates(module != nullptr ? std::vector{module} : modules_named("*"), wanted.name);
  if (found.size() > 1 && !as_file_line(wanted.name)) return Failure(ambiguous(text, found));
  if (!found.empty()) return found.front().address;
  if (!wanted.module)
    if (const ModuleLocation* named = module_named(wanted.name)) return named->base;
  if (inlined(text))
    return Failure(fmt::format("{} was inlined and has no address of its own; x tells its places", text));
  return Failure(fmt::format("there is no symbol named {}", text));
}

std::optional<std::vector<mm::VirtualAddress>> SymbolTable::inlined(std::string_view text) const {
  const QualifiedName wanted = split(text);
  const Module* named = wanted.module ? find_module(*wanted.module) : nullptr;
  if (wanted.module && named == nullptr) return std::nullopt;
  for (const Module* module : named != nullptr ? std::vector{named} : modules_named("*")) {
    const ModuleSymbols* symbols = module->load();
    const auto places = symbols != nullptr ? symbols->find_inlined(wanted.name) : std::nullopt;
    if (places) {
      std::vector<mm::VirtualAddress> addresses;
      for (const Symbol& place : *places) addresses.push_back(module->address(place.address));
      addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
      return addresses;
    }
    if (symbols != nullptr && !symbols->find(wanted.name).empty()) return std::nullopt;
  }
  return std::nullopt;
}

std::vector<SymbolMatch> SymbolTable::match(std::string_view pattern) const {
  const QualifiedName wanted = split(pattern);
  std::vector<SymbolMatch> found;
  for (const Module* module : modules_named(wanted.module.value_or("*"))) {
    const ModuleSymbols* symbols = module->load();
    if (symbols == nullptr) continue;
    for (Symbol& symbol : symbols->match(wanted.name)) {
      const mm::VirtualAddress address = module->address(symbol.address);
      found.push_back({address, std::string(module->location.short_name()), std::move(symbol)});
    }
  }
  return found;
}

std::optional<SymbolAt> SymbolTable::nearest(mm::VirtualAddress address) const {
  const auto place = place_of(address);
  if (!place) return std::nullopt;
  const std::string module(place->module->location.short_name());
  if (const auto found = place->symbols->nearest(place->relative)) {
    // A file stripped of its own names may still have DWARF's, which are closer than an export far below.
    const bool is_export = found->symbol->source == SymbolSource::Export;
    const DebugFunction* function = is_export ? place->symbols->function_at(place->relative) : nullptr;
    if (function == nullptr || function->ranges.front().begin <= found->symbol->address)
      return SymbolAt{module, found->symbol->name, found->displacement};
  }
  const DebugFunction* function = place->symbols->function_at(place->relative);
  if (function == nullptr) return std::nullopt;
  return SymbolAt{module, function->name, place->relative - function->ranges.front().begin};
}

std::string SymbolTable::describe(mm::VirtualAddress address) const {
  if (const auto symbol = nearest(address)) return symbol->text();
  const Module* module = find_module(address);
  if (module == nullptr) return "";
  const uint32_t offset = address.value - module->location.base.value;
  const std::string_view name = module->location.short_name();
  return offset == 0 ? std::string(name) : fmt::format("{}+{:#x}", name, offset);
}

std::optional<SourcePosition> SymbolTable::source_at(mm::VirtualAddress address) const {
  const auto place = place_of(address);
  const auto line = place ? place->symbols->line_at(place->relative) : std::nullopt;
  if (!line) return std::nullopt;
  return SourcePosition{std::string(line->file), line->line, place->module->address(line->range.begin),
                        place->module->address(line->range.end)};
}

std::vector<mm::VirtualAddress> SymbolTable::addresses_of_line(std::string_view file, uint32_t line) const {
  std::vector<mm::VirtualAddress> found;
  for (const auto& [base, module] : modules_) {
    const ModuleSymbols* symbols = module.load();
    if (symbols == nullptr) continue;
    for (const uint32_t relative : symbols->addresses_of_line(file, line))
      found.push_back(module.address(relative));
  }
  return found;
}

std::optional<FunctionRange> SymbolTable::function_at(mm::VirtualAddress address) const {
  const auto place = place_of(address);
  const auto bounds = place ? place->symbols->function_bounds(place->relative) : std::nullopt;
  if (!bounds) return std::nullopt;
  return FunctionRange{place->module->address(bounds->begin), place->module->address(bounds->end)};
}

std::vector<VariableAt> SymbolTable::variables_at(mm::VirtualAddress pc) const {
  std::vector<VariableAt> found;
  const auto place = place_of(pc);
  if (!place) return found;
  for (const DebugVariable* variable : place->symbols->variables_at(place->relative))
    found.push_back({variable, location_at(variable->locations, place->relative)});
  return found;
}

const LocationExpression* SymbolTable::frame_base_at(mm::VirtualAddress pc) const {
  const auto place = place_of(pc);
  const DebugFunction* function = place ? place->symbols->function_at(place->relative) : nullptr;
  return function == nullptr ? nullptr : location_at(function->frame_base, place->relative);
}

std::optional<UnwindRowAt> SymbolTable::unwind_row_at(mm::VirtualAddress pc) const {
  const auto place = place_of(pc);
  const UnwindRow* row = place ? place->symbols->unwind_row_at(place->relative) : nullptr;
  if (row == nullptr) return std::nullopt;
  return UnwindRowAt{row, module_offset_at(pc)};
}

uint32_t SymbolTable::module_offset_at(mm::VirtualAddress address) const {
  const auto place = place_of(address);
  return place ? place->module->location.base.value - place->symbols->image().preferred_base : 0;
}

}  // namespace emu::debugger
