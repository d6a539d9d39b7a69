// dt.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <set>

#include "emulator/debugger/commands/handlers.h"
#include "emulator/debugger/session/arguments.h"
#include "emulator/debugger/session/session.h"
#include "emulator/debugger/types/type_listing.h"
#include "emulator/debugger/types/type_request.h"
#include "emulator/debugger/types/type_subject.h"
#include "emulator/debugger/types/type_words.h"

namespace emu::debugger::commands {
namespace {

constexpr size_t kMostNames = 10'000;
constexpr size_t kMostLinked = 1000;

// ---- Lists of names.

bool is_listed(const TypeRequest& request, const DebugTypes& types, const DebugType& type,
               const std::string& pattern) {
  return !type.name.empty() && !type.is_declaration && matches_wildcard(type.name, pattern) &&
         (!request.size || types.size_of(type) == *request.size);
}

Answer list_names(const Session& session, const TypeRequest& request) {
  QualifiedName wanted = split_name(request.name);
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
const DebugType& structure_of(const TypeSubject& subject) {
  const DebugType& plain = subject.types->plain(*subject.type);
  return plain.kind == TypeKind::Pointer ? subject.types->plain(plain.target) : plain;
}

bool names_field(const TypeSubject& subject, const FieldPath& path) {
  const auto fields = fields_of(*subject.types, structure_of(subject), nullptr, std::nullopt);
  return std::any_of(fields.begin(), fields.end(), [&](const Field& field) {
    return matches_wildcard(field.name, path.parts.front().pattern);
  });
}

// Words up to the first one that names no field; the rest is an address.
void take_fields_and_address(Session& session, TypeRequest& request, TypeSubject& subject) {
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

Json summary_of(const TypeSubject& subject) {
  const DebugType& plain = subject.types->plain(*subject.type);
  Json data{{"module", subject.module->short_name()},
            {"type", c_words(*subject.types, *subject.type)},
            {"kind", kind_words(*subject.types, plain)},
            {"size", subject.types->size_of(plain)}};
  if (subject.at) data["address"] = address_words(*subject.at);
  return data;
}

std::string verbose_words(const TypeSubject& subject) {
  const DebugType& plain = subject.types->plain(*subject.type);
  const size_t elements = fields_of(*subject.types, plain, nullptr, std::nullopt).size();
  return fmt::format("{} {}, {} elements, {:#x} bytes\n", kind_words(*subject.types, plain),
                     c_words(*subject.types, plain), elements, subject.types->size_of(plain));
}

void add_listing(const Session& session, const ListingOptions& options, const TypeSubject& subject,
                 std::optional<mm::VirtualAddress> at, Answer& answer) {
  TypeListing listing(*subject.module, *subject.types, session.memory(), session.symbols(), options);
  listing.add(*subject.type, at);
  answer.text += listing.text();
  answer.data.update(listing.data());
}

// A register's value, or a constant: as it is, and what it leads to.
Answer show_value(const Session& session, const TypeRequest& request, const TypeSubject& subject) {
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
  TypeSubject target = subject;
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

Link find_link(const TypeSubject& subject, const std::string& text) {
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

Answer show_list(const Session& session, const TypeRequest& request, const TypeSubject& subject) {
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
  TypeRequest request = read_type_request(text);
  const bool is_pattern = request.name.find_first_of("*?") != std::string::npos;
  if (is_pattern || request.is_prefix || request.size) return list_names(session, request);
  TypeSubject subject = find_type_subject(session, request);
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
