#include "emulator/debugger/types/type_subject.h"

#include <fmt/core.h>

#include <algorithm>

#include "emulator/debugger/expression/expression.h"
#include "emulator/debugger/session/command.h"
#include "emulator/debugger/types/type_words.h"

namespace emu::debugger {

QualifiedName split_name(const std::string& text) {
  const size_t mark = text.find('!');
  if (mark == std::string::npos) return {"", text};
  return {text.substr(0, mark), text.substr(mark + 1)};
}

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

namespace {

const DebugTypes* types_of(const Session& session, const ModuleLocation& module) {
  const ModuleSymbols* file = session.symbols().symbols_of(module);
  return file != nullptr ? &file->types() : nullptr;
}

std::optional<TypeSubject> find_local(const Session& session, const std::string& name) {
  if (session.looked_at_thread() == nullptr) return std::nullopt;
  const auto frames = session.frames(session.frame_number() + 1);
  if (frames.size() <= session.frame_number()) return std::nullopt;
  const StackFrame& frame = frames[session.frame_number()];
  for (const FrameVariable& found : frame_variables(frame, session.memory(), session.symbols())) {
    if (found.variable->name != name) continue;
    if (!found.place) throw CommandError(fmt::format("{}: {}", name, found.place.error()));
    TypeSubject subject;
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

std::optional<TypeSubject> find_global(const Session& session, const QualifiedName& wanted) {
  for (const ModuleLocation* module : modules_of(session, wanted.module)) {
    const ModuleSymbols* file = session.symbols().symbols_of(*module);
    const DebugVariable* variable = file != nullptr ? file->global(wanted.name) : nullptr;
    const auto at = variable != nullptr ? address_of(*module, *file, *variable) : std::nullopt;
    if (at) return TypeSubject{module, &file->types(), &file->types().of(variable->type.id), at, {}, ""};
  }
  return std::nullopt;
}

std::optional<TypeSubject> find_type(const Session& session, const QualifiedName& wanted) {
  std::optional<TypeSubject> declared;
  for (const ModuleLocation* module : modules_of(session, wanted.module)) {
    const DebugTypes* types = types_of(session, *module);
    const DebugType* type = types != nullptr ? types->find(wanted.name) : nullptr;
    if (type == nullptr) continue;
    TypeSubject found{module, types, type, {}, {}, ""};
    if (wanted.module.empty()) found.heading = fmt::format("{}!{}\n", module->short_name(), type->name);
    if (!type->is_declaration) return found;
    if (!declared) declared = found;
  }
  return declared;
}

// The global variable that lies there.
std::optional<TypeSubject> find_at(const Session& session, mm::VirtualAddress at) {
  const ModuleLocation* module = session.symbols().module_at(at);
  const ModuleSymbols* file = module != nullptr ? session.symbols().symbols_of(*module) : nullptr;
  if (file == nullptr) return std::nullopt;
  for (const DebugVariable& variable : file->globals())
    if (address_of(*module, *file, variable) == at)
      return TypeSubject{module,
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

}  // namespace

// As WinDbg looks: without a module a local variable, a type, a global one; with a module a global variable
// first. What is neither may be the address of a variable.
TypeSubject find_type_subject(const Session& session, const TypeRequest& request) {
  const QualifiedName wanted = split_name(request.name);
  std::optional<TypeSubject> found;
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

}  // namespace emu::debugger
