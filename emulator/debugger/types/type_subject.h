// Finds what the name in a dt command stands for: a type, or an object with its type.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "emulator/debugger/session/session.h"
#include "emulator/debugger/types/type_request.h"

namespace emu::debugger {

struct TypeSubject {
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
QualifiedName split_name(const std::string& text);

// Returns the modules of that name; without a name all, with the one that the thread is in first. Throws
// CommandError when there is none.
std::vector<const ModuleLocation*> modules_of(const Session& session, const std::string& name);

// Returns where a global variable of the module lies; none when it is in no memory.
std::optional<mm::VirtualAddress> address_of(const ModuleLocation& module, const ModuleSymbols& file,
                                             const DebugVariable& variable);

// Finds the subject of `request`. Throws CommandError when nothing has its name.
TypeSubject find_type_subject(const Session& session, const TypeRequest& request);

}  // namespace emu::debugger
