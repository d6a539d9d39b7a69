#include "emulator/debugger/symbols/module_symbols.h"

#include <fmt/core.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <type_traits>
#include <utility>

#include "emulator/debugger/symbols/coff_file.h"
#include "emulator/debugger/symbols/debug_archive.h"
#include "emulator/debugger/symbols/debug_link.h"
#include "emulator/debugger/symbols/demangle.h"
#include "emulator/debugger/symbols/export_names.h"
#include "emulator/debugger/symbols/isolated_work.h"

namespace emu::debugger {
namespace {

using Failure = tl::unexpected<std::string>;

// The element of a list sorted by range.begin whose range contains `address`.
template <class Ranged>
const Ranged* containing(const std::vector<Ranged>& list, uint32_t address) {
  const auto after = std::upper_bound(list.begin(), list.end(), address,
                                      [](uint32_t a, const Ranged& r) { return a < r.range.begin; });
  if (after == list.begin()) return nullptr;
  const Ranged& found = *std::prev(after);
  return found.range.contains(address) ? &found : nullptr;
}

bool contains(const std::vector<AddressInterval>& ranges, uint32_t address) {
  return std::any_of(ranges.begin(), ranges.end(), [&](const auto& r) { return r.contains(address); });
}

// Whether `path` is `wanted` or ends in it after a separator.
bool path_matches(std::string_view path, std::string_view wanted) {
  std::string own = lower_case(path), tail = lower_case(wanted);
  std::replace(own.begin(), own.end(), '\\', '/');
  std::replace(tail.begin(), tail.end(), '\\', '/');
  if (!own.ends_with(tail)) return false;
  return own.size() == tail.size() || own[own.size() - tail.size() - 1] == '/';
}

// DWARF's functions and variables as names, for images whose COFF symbols were stripped.
Symbol function_symbol(const DebugFunction& function) {
  return {function.name,        function.name,       function.ranges.front().begin,
          SymbolKind::Function, SymbolScope::Public, SymbolSource::Debug};
}

std::vector<Symbol> inlined_symbols(const std::vector<InlinedFunction>& functions) {
  std::vector<Symbol> symbols;
  symbols.reserve(functions.size());
  for (const InlinedFunction& function : functions) {
    const std::string& name = function.linkage_name.empty() ? function.name : function.linkage_name;
    symbols.push_back({name, name, function.entry.value_or(0), SymbolKind::Inlined, SymbolScope::Local,
                       SymbolSource::Debug});
  }
  demangle(symbols);
  return symbols;
}

// Twenty times what a good file takes.
WorkLimits limits_for(const DebugFiles& files) {
  constexpr size_t kMegabyte = size_t{1} << 20;
  const size_t bytes = files.image.size() + files.companion.size();
  return {.seconds = static_cast<unsigned>(5 + 2 * (bytes / kMegabyte))};
}

// What `read` makes of the files in a process of its own; nothing, and a word in `error`, when it fails.
template <class Read, class Parse>
auto read_isolated(const Read& read, const Parse& parse, const DebugFiles& files, std::string& error) {
  using Result = typename std::invoke_result_t<Parse, std::span<const std::byte>>::value_type;
  const auto bytes = work_isolated(read, limits_for(files));
  if (!bytes) {
    error = fmt::format("reading its debug data {}", bytes.error());
    return Result{};
  }
  auto result = parse(*bytes);
  if (!result) error = "reading its debug data failed";
  return result ? std::move(*result) : Result{};
}

}  // namespace

tl::expected<std::unique_ptr<ModuleSymbols>, std::string> ModuleSymbols::open(
    const std::filesystem::path& path) {
  auto file = read_debugged_file(path);
  if (!file) return Failure(file.error());
  auto symbols = parse(std::move(*file));
  if (symbols) (*symbols)->path_ = path;
  return symbols;
}

tl::expected<std::unique_ptr<ModuleSymbols>, std::string> ModuleSymbols::parse(std::vector<std::byte> file) {
  auto image = parse_portable_executable(file);
  if (!image) return Failure(image.error().message);
  return std::unique_ptr<ModuleSymbols>(new ModuleSymbols(std::move(file), std::move(*image)));
}

ModuleSymbols::ModuleSymbols(std::vector<std::byte> file, PortableExecutable image)
    : file_(std::move(file)), image_(std::move(image)) {
  std::vector<Symbol> symbols = CoffFile(file_).symbols();
  auto exports = exported_symbols(image_, file_);
  std::move(exports.begin(), exports.end(), std::back_inserter(symbols));
  demangle(symbols);
  index_ = SymbolIndex(std::move(symbols));
}

const ImageSection* ModuleSymbols::section_of(uint32_t address) const {
  for (const ImageSection& section : image_.sections)
    if (address >= section.address && address - section.address < section.size) return &section;
  return nullptr;
}

std::optional<NearestSymbol> ModuleSymbols::nearest(uint32_t address) const {
  const ImageSection* section = section_of(address);
  if (section == nullptr) return std::nullopt;
  const Symbol* symbol = index_.at_or_below(address);
  if (symbol == nullptr || symbol->address < section->address) return std::nullopt;
  return NearestSymbol{symbol, address - symbol->address};
}

std::vector<Symbol> ModuleSymbols::find(std::string_view name) const {
  std::vector<Symbol> found;
  for (const Symbol* symbol : index_.find(name)) found.push_back(*symbol);
  const auto is_public = [](const Symbol& symbol) { return symbol.scope == SymbolScope::Public; };
  if (std::any_of(found.begin(), found.end(), is_public)) std::erase_if(found, std::not_fn(is_public));
  if (!found.empty()) return found;
  const std::string wanted = lower_case(name);
  for (const DebugFunction& function : debug().functions)
    if (lower_case(function.name) == wanted) found.push_back(function_symbol(function));
  return found;
}

const SymbolIndex& ModuleSymbols::inlined() const {
  if (!inlined_) inlined_ = SymbolIndex(inlined_symbols(debug().inlined));
  return *inlined_;
}

std::optional<std::vector<Symbol>> ModuleSymbols::find_inlined(std::string_view name) const {
  const auto found = inlined().find(name);
  if (found.empty()) return std::nullopt;
  std::vector<Symbol> places;
  for (const Symbol* symbol : found)
    if (symbol->address != 0) places.push_back(*symbol);
  return places;
}

// DWARF says nothing of the scope that a C++ function is in; the linker's name does.
bool ModuleSymbols::has_name(const DebugFunction& function) const {
  const uint32_t begin = function.ranges.front().begin;
  const Symbol* symbol = index_.at_or_below(begin);
  const bool named = symbol != nullptr && symbol->address == begin && symbol->source == SymbolSource::Coff;
  return named || !index_.find(function.name).empty();
}

std::vector<Symbol> ModuleSymbols::match(std::string_view pattern) const {
  std::vector<Symbol> found;
  for (const Symbol& symbol : index_.symbols())
    if (matches_wildcard(symbol.name, pattern)) found.push_back(symbol);
  for (const DebugFunction& function : debug().functions)
    if (matches_wildcard(function.name, pattern) && !has_name(function))
      found.push_back(function_symbol(function));
  for (const Symbol& symbol : inlined().symbols())
    if (symbol.address != 0 && matches_wildcard(symbol.name, pattern)) found.push_back(symbol);
  return found;
}

std::optional<AddressInterval> ModuleSymbols::function_bounds(uint32_t address) const {
  if (const DebugFunction* function = function_at(address)) {
    const auto& ranges = function->ranges;
    return *std::find_if(ranges.begin(), ranges.end(), [&](const auto& r) { return r.contains(address); });
  }
  if (const UnwindRow* row = unwind_row_at(address)) {
    const auto& rows = debug().unwind;
    auto last = rows.begin() + (row - rows.data());
    while (std::next(last) != rows.end() && std::next(last)->function == row->function) ++last;
    return AddressInterval{row->function, last->range.end};
  }
  const auto symbol = nearest(address);
  if (!symbol) return std::nullopt;
  const ImageSection* section = section_of(address);
  const uint32_t next = index_.next_above(address);
  const uint32_t section_end = section->address + section->size;
  return AddressInterval{symbol->symbol->address, next != 0 ? std::min(next, section_end) : section_end};
}

std::optional<SourceLine> ModuleSymbols::line_at(uint32_t address) const {
  const LineRow* row = containing(debug().lines, address);
  if (row == nullptr) return std::nullopt;
  return SourceLine{debug().files[row->file], row->line, row->range};
}

std::vector<uint32_t> ModuleSymbols::addresses_of_line(std::string_view file, uint32_t line) const {
  const DebugInformation& information = debug();
  std::vector<bool> wanted;
  for (const std::string& path : information.files) wanted.push_back(path_matches(path, file));
  uint32_t best = 0;
  std::vector<uint32_t> addresses;
  const LineRow* previous = nullptr;
  for (const LineRow& row : information.lines) {
    if (!wanted[row.file] || row.line < line || (best != 0 && row.line > best)) continue;
    if (row.line != best) {
      addresses.clear();
      previous = nullptr;
    }
    best = row.line;
    const bool goes_on = previous != nullptr && previous->range.end == row.range.begin;
    if (!goes_on) addresses.push_back(row.range.begin);
    previous = &row;
  }
  return addresses;
}

const DebugFunction* ModuleSymbols::function_at(uint32_t address) const {
  // Ranges of different functions do not overlap, but a function may have a cold part far away.
  for (const DebugFunction& function : debug().functions)
    if (contains(function.ranges, address)) return &function;
  return nullptr;
}

std::vector<const DebugVariable*> ModuleSymbols::variables_at(uint32_t address) const {
  std::vector<const DebugVariable*> found;
  const DebugFunction* function = function_at(address);
  if (function == nullptr) return found;
  for (const DebugVariable& variable : function->variables)
    if (variable.scope.empty() || contains(variable.scope, address)) found.push_back(&variable);
  std::stable_sort(found.begin(), found.end(),
                   [](const auto* a, const auto* b) { return a->depth > b->depth; });
  return found;
}

const DebugVariable* ModuleSymbols::global(std::string_view name) const {
  for (const DebugVariable& variable : debug().globals)
    if (variable.name == name) return &variable;
  return nullptr;
}

const UnwindRow* ModuleSymbols::unwind_row_at(uint32_t address) const {
  return containing(debug().unwind, address);
}

const std::string& ModuleSymbols::debug_error() const {
  debug();
  return debug_error_;
}

DebugFiles ModuleSymbols::debug_files() const { return {file_, companion_}; }

const DebugInformation& ModuleSymbols::debug() const {
  if (debug_) return *debug_;
  const auto link = path_.empty() ? std::nullopt : debug_link(CoffFile(file_));
  if (link) {
    auto companion = read_linked_file(*link, path_);
    if (companion)
      companion_ = std::move(*companion);
    else
      debug_error_ = companion.error();
  }
  std::string reading_error;
  debug_ = read_isolated([this] { return to_bytes(read_debug_information(image_, debug_files())); },
                         debug_information_from, debug_files(), reading_error);
  if (!reading_error.empty()) debug_error_ = reading_error;
  return *debug_;
}

const DebugTypes& ModuleSymbols::types() const {
  if (types_) return *types_;
  types_error_ = debug_error();  // what has ended the reader once would end it again, after as long a time
  types_ = types_error_.empty()
               ? read_isolated([this] { return to_bytes(read_debug_types(image_, debug_files())); },
                               debug_types_from, debug_files(), types_error_)
               : DebugTypes{};
  return *types_;
}

const std::string& ModuleSymbols::types_error() const {
  types();
  return types_error_;
}

const LocationExpression* location_at(const std::vector<LocationEntry>& locations, uint32_t address) {
  for (const LocationEntry& entry : locations)
    if (!entry.range || entry.range->contains(address)) return &entry.expression;
  return nullptr;
}

}  // namespace emu::debugger
