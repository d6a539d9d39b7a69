// dt.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "emulator/debugger/arguments.h"
#include "emulator/debugger/commands/handlers.h"
#include "emulator/debugger/session.h"
#include "emulator/debugger/types/type_listing.h"
#include "emulator/debugger/types/type_words.h"

namespace emu::debugger::commands {
namespace {

constexpr size_t kMostNames = 10'000;
constexpr size_t kMostLinked = 1000;
constexpr uint32_t kDeepestListing = 9;  // of -r without a number
constexpr std::string_view kBlanks = " \t\r\n";

// ---- What is asked for.

struct Request {
  ListingOptions listing;
  bool types_only = false;  // -t, -e
  bool verbose = false;     // -v
  bool is_prefix = false;   // -y
  std::optional<uint32_t> size;
  std::string name;
  std::vector<std::string> rest;  // fields and an address
  std::string link;               // -l
};

// At blanks outside parentheses and quotes; those around a whole word are taken off.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words(1);
  int depth = 0;
  bool quoted = false;
  for (const char c : text) {
    if (c == '"') quoted = !quoted;
    if (!quoted && c == '(') ++depth;
    if (!quoted && c == ')') --depth;
    const bool ends = kBlanks.find(c) != std::string_view::npos && depth <= 0 && !quoted;
    if (ends)
      words.emplace_back();
    else
      words.back() += c;
  }
  std::erase(words, "");
  return words;
}

std::string without_signs(std::string word) {
  const bool paired = word.size() > 2 && ((word.front() == '(' && word.back() == ')') ||
                                          (word.front() == '"' && word.back() == '"'));
  return paired ? word.substr(1, word.size() - 2) : word;
}

bool is_option(const std::string& word) {
  return word.size() > 1 && word[0] == '-' && std::isalpha(static_cast<unsigned char>(word[1])) != 0;
}

class RequestReader {
 public:
  RequestReader(std::vector<std::string> words) : words_(std::move(words)) {}

  Request read() {
    while (next_ < words_.size()) {
      const std::string word = words_[next_++];
      if (is_option(word))
        option(std::string_view(word).substr(1));
      else if (request_.name.empty())
        request_.name = without_signs(word);
      else
        request_.rest.push_back(word);
    }
    if (request_.name.empty()) throw CommandError("a type or a variable is missing: dt [MODULE!]NAME");
    return std::move(request_);
  }

 private:
  std::string following(std::string_view what) {
    if (next_ == words_.size()) throw CommandError(fmt::format("{} is missing", what));
    return words_[next_++];
  }

  // Decimal digits behind an option; none: `usual`.
  static std::optional<uint32_t> digits(std::string_view text, std::optional<uint32_t> usual) {
    if (text.empty()) return usual;
    const auto number = decimal_number(text);
    if (!number) throw CommandError(fmt::format("\"{}\" is no decimal number", text));
    return number;
  }

  void option(std::string_view text) {
    const std::string_view behind = text.substr(1);
    switch (text[0]) {
      case 'r': request_.listing.depth = *digits(behind, kDeepestListing); return;
      case 'a': request_.listing.elements = digits(behind, std::nullopt); return;
      case 'l': request_.link = following("the field that links"); return;
      case 's': request_.size = digits(behind.empty() ? following("a size") : std::string(behind), 0); return;
      default: break;
    }
    for (const char letter : text) letter_option(letter, text);
  }

  void letter_option(char letter, std::string_view text) {
    switch (letter) {
      case 'b': request_.listing.blocks = true; return;
      case 'o': request_.listing.offsets = false; return;
      case 'i': request_.listing.indented = false; return;
      case 't':
      case 'e': request_.types_only = true; return;
      case 'v': request_.verbose = true; return;
      case 'n': return;  // the next word is a name: here every first word is
      case 'y': request_.is_prefix = true; return;
      default: throw CommandError(fmt::format("-{} is no option of dt", text));
    }
  }

  std::vector<std::string> words_;
  size_t next_ = 0;
  Request request_;
};

// ---- What it is.

// A type, or an object of it.
struct Subject {
  const ModuleLocation* module = nullptr;
  const DebugTypes* types = nullptr;
  const DebugType* type = nullptr;
  std::optional<mm::VirtualAddress> at;
  std::optional<uint32_t> value;  // where it lies in no memory
  std::string heading;
};

struct QualifiedName {
  std::string module;  // "": any
  std::string name;
};

QualifiedName split(const std::string& text) {
  const size_t mark = text.find('!');
  if (mark == std::string::npos) return {"", text};
  return {text.substr(0, mark), text.substr(mark + 1)};
}

const DebugTypes* types_of(const Session& session, const ModuleLocation& module) {
  const ModuleSymbols* file = session.symbols().symbols_of(module);
  return file != nullptr ? &file->types() : nullptr;
}

// Those of that name, else all, with the one that the thread is in first.
std::vector<const ModuleLocation*> modules_of(const Session& session, const std::string& name) {
  auto modules = session.symbols().modules();
  std::erase_if(modules, [&](const ModuleLocation* module) {
    return !name.empty() && !matches_wildcard(module->short_name(), name) &&
           !matches_wildcard(module->name, name);
  });
  if (!name.empty() && modules.empty()) throw CommandError(fmt::format("no module is named {}", name));
  if (session.looked_at_thread() != nullptr)
    std::stable_partition(modules.begin(), modules.end(), [&](const ModuleLocation* module) {
      return module->contains({session.registers().eip});
    });
  return modules;
}

std::optional<mm::VirtualAddress> address_of(const ModuleLocation& module, const ModuleSymbols& file,
                                             const DebugVariable& variable) {
  if (variable.locations.empty()) return std::nullopt;
  LocationContext context;
  context.module_offset = module.base.value - file.image().preferred_base;
  const auto place = evaluate_location(variable.locations.front().expression, context);
  const auto* memory = place ? std::get_if<InMemory>(&*place) : nullptr;
  return memory != nullptr ? std::optional(memory->address) : std::nullopt;
}

std::optional<Subject> find_local(const Session& session, const std::string& name) {
  if (session.looked_at_thread() == nullptr) return std::nullopt;
  const auto frames = session.frames(session.frame_number() + 1);
  if (frames.size() <= session.frame_number()) return std::nullopt;
  const StackFrame& frame = frames[session.frame_number()];
  for (const FrameVariable& found : frame_variables(frame, session.memory(), session.symbols())) {
    if (found.variable->name != name) continue;
    if (!found.place) throw CommandError(fmt::format("{}: {}", name, found.place.error()));
    Subject subject;
    subject.module = session.symbols().module_at(frame.lookup());
    subject.types = types_of(session, *subject.module);
    subject.type = &subject.types->of(found.variable->type.id);
    std::string where;
    if (const auto* memory = std::get_if<InMemory>(&*found.place)) {
      subject.at = memory->address;
      where = fmt::format(" @ {:#x}", memory->address.value);
    } else if (const auto* in_register = std::get_if<InRegister>(&*found.place)) {
      subject.value = frame.registers[in_register->number];
      where = " @ " + register_name(in_register->number);
    } else {
      subject.value = std::get<KnownValue>(*found.place).value;
    }
    subject.heading = fmt::format("Local var{} Type {}\n", where, c_words(*subject.types, *subject.type));
    return subject;
  }
  return std::nullopt;
}

std::optional<Subject> find_global(const Session& session, const QualifiedName& wanted) {
  for (const ModuleLocation* module : modules_of(session, wanted.module)) {
    const ModuleSymbols* file = session.symbols().symbols_of(*module);
    const DebugVariable* variable = file != nullptr ? file->global(wanted.name) : nullptr;
    const auto at = variable != nullptr ? address_of(*module, *file, *variable) : std::nullopt;
    if (at) return Subject{module, &file->types(), &file->types().of(variable->type.id), at, {}, ""};
  }
  return std::nullopt;
}

std::optional<Subject> find_type(const Session& session, const QualifiedName& wanted) {
  std::optional<Subject> declared;
  for (const ModuleLocation* module : modules_of(session, wanted.module)) {
    const DebugTypes* types = types_of(session, *module);
    const DebugType* type = types != nullptr ? types->find(wanted.name) : nullptr;
    if (type == nullptr) continue;
    Subject found{module, types, type, {}, {}, ""};
    if (wanted.module.empty()) found.heading = fmt::format("{}!{}\n", module->short_name(), type->name);
    if (!type->is_declaration) return found;
    if (!declared) declared = found;
  }
  return declared;
}

// The global variable that lies there.
std::optional<Subject> find_at(const Session& session, mm::VirtualAddress at) {
  const ModuleLocation* module = session.symbols().module_at(at);
  const ModuleSymbols* file = module != nullptr ? session.symbols().symbols_of(*module) : nullptr;
  if (file == nullptr) return std::nullopt;
  for (const DebugVariable& variable : file->globals())
    if (address_of(*module, *file, variable) == at)
      return Subject{module,
                     &file->types(),
                     &file->types().of(variable.type.id),
                     at,
                     {},
                     fmt::format("{}!{}\n", module->short_name(), variable.name)};
  return std::nullopt;
}

std::string why_there_is_none(const Session& session, const QualifiedName& wanted, const std::string& text) {
  std::string words = fmt::format("no type and no variable is named {}", text);
  if (wanted.module.empty()) return words;
  for (const ModuleLocation* module : modules_of(session, wanted.module)) {
    const ModuleSymbols* file = session.symbols().symbols_of(*module);
    if (file == nullptr) return words + ": its module has no file";
    if (!file->types_error().empty()) return fmt::format("{}: {}", words, file->types_error());
    if (file->types().all().empty()) return words + ": its module has no types (no DWARF data)";
  }
  return words;
}

// As WinDbg looks: without a module a local variable, a type, a global one; with a module a global variable
// first. What is neither may be the address of a variable.
Subject find_subject(Session& session, const Request& request) {
  const QualifiedName wanted = split(request.name);
  std::optional<Subject> found;
  if (!request.types_only && wanted.module.empty()) found = find_local(session, wanted.name);
  if (!found && !request.types_only && !wanted.module.empty()) found = find_global(session, wanted);
  if (!found) found = find_type(session, wanted);
  if (!found && !request.types_only) found = find_global(session, wanted);
  if (found) return *found;
  if (const auto value = evaluate(request.name, session); value && !request.types_only)
    if (const auto address = as_address(*value)) found = find_at(session, {*address});
  if (!found) throw CommandError(why_there_is_none(session, wanted, request.name));
  return *found;
}

// ---- Lists of names.

bool is_listed(const Request& request, const DebugTypes& types, const DebugType& type,
               const std::string& pattern) {
  return !type.name.empty() && !type.is_declaration && matches_wildcard(type.name, pattern) &&
         (!request.size || types.size_of(type) == *request.size);
}

Answer list_names(const Session& session, const Request& request) {
  QualifiedName wanted = split(request.name);
  if (request.is_prefix) wanted.name += '*';
  Answer answer;
  answer.data["types"] = Json::array();
  answer.data["variables"] = Json::array();
  size_t lines = 0;
  for (const ModuleLocation* module : modules_of(session, wanted.module)) {
    const ModuleSymbols* file = session.symbols().symbols_of(*module);
    if (file == nullptr) continue;
    std::set<std::string> names;
    for (const DebugType& type : file->types().all())
      if (is_listed(request, file->types(), type, wanted.name)) names.insert(type.name);
    for (const std::string& name : names) {
      if (++lines > kMostNames) break;
      const std::string full = fmt::format("{}!{}", module->short_name(), name);
      answer.text += fmt::format("          {}\n", full);
      answer.data["types"].push_back(full);
    }
    if (request.types_only || request.size) continue;
    for (const DebugVariable& variable : file->globals()) {
      const auto at = address_of(*module, *file, variable);
      if (!at || !matches_wildcard(variable.name, wanted.name) || ++lines > kMostNames) continue;
      const std::string full = fmt::format("{}!{}", module->short_name(), variable.name);
      answer.text += fmt::format("{:08x}  {}\n", at->value, full);
      answer.data["variables"].push_back({{"name", full}, {"address", address_words(*at)}});
    }
  }
  if (lines > kMostNames) answer.text += fmt::format("... {} in all\n", lines);
  if (lines == 0) throw CommandError(fmt::format("no type and no variable matches {}", request.name));
  return answer;
}

// ---- Fields and address.

// The structure that fields are of: behind a pointer, what it leads to.
const DebugType& structure_of(const Subject& subject) {
  const DebugType& plain = subject.types->plain(*subject.type);
  return plain.kind == TypeKind::Pointer ? subject.types->plain(plain.target) : plain;
}

bool names_field(const Subject& subject, const FieldPath& path) {
  const auto fields = fields_of(*subject.types, structure_of(subject), nullptr, std::nullopt);
  return std::any_of(fields.begin(), fields.end(), [&](const Field& field) {
    return matches_wildcard(field.name, path.parts.front().pattern);
  });
}

// Words up to the first one that names no field; the rest is an address.
void take_fields_and_address(Session& session, Request& request, Subject& subject) {
  size_t taken = 0;
  for (; taken < request.rest.size(); ++taken) {
    const auto path = parse_field_path(request.rest[taken]);
    if (!path || !names_field(subject, *path)) break;
    request.listing.fields.push_back(*path);
  }
  std::string text;
  for (size_t i = taken; i < request.rest.size(); ++i) text += (text.empty() ? "" : " ") + request.rest[i];
  if (text.empty()) return;
  Arguments address(text, session);
  subject.at = mm::VirtualAddress{address.number("an address")};
  address.end();
  subject.value.reset();
}

// ---- What is shown.

Json summary_of(const Subject& subject) {
  const DebugType& plain = subject.types->plain(*subject.type);
  Json data{{"module", subject.module->short_name()},
            {"type", c_words(*subject.types, *subject.type)},
            {"kind", kind_words(*subject.types, plain)},
            {"size", subject.types->size_of(plain)}};
  if (subject.at) data["address"] = address_words(*subject.at);
  return data;
}

std::string verbose_words(const Subject& subject) {
  const DebugType& plain = subject.types->plain(*subject.type);
  const size_t elements = fields_of(*subject.types, plain, nullptr, std::nullopt).size();
  return fmt::format("{} {}, {} elements, {:#x} bytes\n", kind_words(*subject.types, plain),
                     c_words(*subject.types, plain), elements, subject.types->size_of(plain));
}

void add_listing(const Session& session, const ListingOptions& options, const Subject& subject,
                 std::optional<mm::VirtualAddress> at, Answer& answer) {
  TypeListing listing(*subject.module, *subject.types, session.memory(), session.symbols(), options);
  listing.add(*subject.type, at);
  answer.text += listing.text();
  answer.data.update(listing.data());
}

// A register's value, or a constant: as it is, and what it leads to.
Answer show_value(const Session& session, const Request& request, const Subject& subject) {
  Answer answer(subject.heading, summary_of(subject));
  const ObjectValues values(*subject.types, session.memory(), session.symbols());
  std::array<std::byte, sizeof(uint32_t)> bytes{};
  std::memcpy(bytes.data(), &*subject.value, sizeof *subject.value);
  const ShownValue value = values.of(*subject.type, bytes, ValueStyle::Field);
  answer.text += value.text + "\n";
  answer.data["value"] = value.data;
  const DebugType& structure = structure_of(subject);
  const bool leads = has_members(structure) && &structure != &subject.types->plain(*subject.type);
  if (!leads || *subject.value == 0) return answer;
  Subject target = subject;
  target.type = &structure;
  add_listing(session, request.listing, target, mm::VirtualAddress{*subject.value}, answer);
  return answer;
}

// How far behind the beginning of the structure the link leads: to its own beginning, or as LIST_ENTRYs do to
// the link itself.
struct Link {
  uint32_t offset = 0;
  uint32_t back = 0;
};

Link find_link(const Subject& subject, const std::string& text) {
  const DebugTypes& types = *subject.types;
  const auto path = parse_field_path(text);
  const DebugType* around = &structure_of(subject);
  const DebugType* own = around;
  Link link;
  uint32_t begin = 0;
  for (size_t i = 0; path && i < path->parts.size(); ++i) {
    const auto fields = fields_of(types, *around, nullptr, std::nullopt);
    const auto field = std::find_if(fields.begin(), fields.end(),
                                    [&](const Field& f) { return f.name == path->parts[i].pattern; });
    if (field == fields.end() || !field->offset)
      throw CommandError(fmt::format("{} is no field", path->parts[i].pattern));
    begin = link.offset;
    link.offset += *field->offset;
    around = &types.plain(field->member->type);
  }
  if (!path || around->kind != TypeKind::Pointer)
    throw CommandError(fmt::format("{} is no field that links: it is no pointer", text));
  link.back = &types.plain(around->target) == own ? 0 : begin;
  return link;
}

Answer show_list(const Session& session, const Request& request, const Subject& subject) {
  const DebugType& plain = subject.types->plain(*subject.type);
  if (!subject.at || !has_members(plain)) throw CommandError("a list begins at the address of a structure");
  const Link link = find_link(subject, request.link);
  Answer answer(subject.heading, summary_of(subject));
  answer.data["list"] = Json::array();
  std::set<uint32_t> seen;
  for (uint32_t at = subject.at->value; at != 0 && seen.insert(at).second && seen.size() <= kMostLinked;) {
    answer.text += fmt::format("{} at {:#x}\n{}\n", request.link, at, std::string(45, '-'));
    Answer element("", Json{{"address", address_words({at})}});
    add_listing(session, request.listing, subject, mm::VirtualAddress{at}, element);
    answer.text += element.text + "\n";
    answer.data["list"].push_back(std::move(element.data));
    const uint32_t next = session.memory().load<uint32_t>(mm::VirtualAddress{at} + link.offset).value_or(0);
    at = next == 0 ? 0 : next - link.back;
  }
  if (seen.size() > kMostLinked) answer.text += "... there is more\n";
  return answer;
}

}  // namespace

Answer display_type(Session& session, std::string_view text) {
  Request request = RequestReader(words_of(text)).read();
  const bool is_pattern = request.name.find_first_of("*?") != std::string::npos;
  if (is_pattern || request.is_prefix || request.size) return list_names(session, request);
  Subject subject = find_subject(session, request);
  take_fields_and_address(session, request, subject);
  if (!request.link.empty()) return show_list(session, request, subject);
  if (subject.value) return show_value(session, request, subject);
  const DebugType& plain = subject.types->plain(*subject.type);
  if (plain.is_declaration)
    throw CommandError(fmt::format("{} is only declared in {}: its definition is not in the debugging data",
                                   plain.name, subject.module->short_name()));
  Answer answer(subject.heading, summary_of(subject));
  if (request.verbose) answer.text += verbose_words(subject);
  add_listing(session, request.listing, subject, subject.at, answer);
  return answer;
}

}  // namespace emu::debugger::commands
