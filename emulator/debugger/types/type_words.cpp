#include "emulator/debugger/types/type_words.h"

#include <fmt/core.h>

namespace emu::debugger {
namespace {

constexpr uint32_t kDeepest = 32;  // of pointers to arrays of pointers to ...

std::string base_words(const DebugType& type, TypeEncoding encoding) {
  switch (encoding) {
    case TypeEncoding::Signed: return fmt::format("Int{}B", type.size);
    case TypeEncoding::Unsigned: return fmt::format("Uint{}B", type.size);
    case TypeEncoding::Character: return "Char";
    case TypeEncoding::UnsignedCharacter: return "UChar";
    case TypeEncoding::WideCharacter: return "Wchar";
    case TypeEncoding::Boolean: return "Bool";
    case TypeEncoding::Float: return type.size == sizeof(float) ? "Float" : "Double";
    default: return type.name.empty() ? "<no type>" : type.name;
  }
}

std::string name_words(const DebugType& type) { return type.name.empty() ? "<unnamed-tag>" : type.name; }

std::string c_words_within(const DebugTypes& types, const DebugType& type, uint32_t depth) {
  if (depth > kDeepest) return "...";
  const auto target = [&] { return c_words_within(types, types.of(type.target), depth + 1); };
  switch (type.kind) {
    case TypeKind::Void: return "void";
    case TypeKind::Pointer: return target() + "*";
    case TypeKind::Alias: return type.name.empty() ? target() : type.name;
    case TypeKind::Function: return target() + "()";
    case TypeKind::Array: {
      std::string words = target();
      for (const uint32_t count : type.counts) words += count != 0 ? fmt::format("[{}]", count) : "[]";
      return words;
    }
    default: return name_words(type);
  }
}

std::string words_within(const DebugTypes& types, const DebugType& type, uint32_t depth) {
  if (depth > kDeepest) return "...";
  const auto target = [&] { return words_within(types, types.of(type.target), depth + 1); };
  switch (type.kind) {
    case TypeKind::Void: return "Void";
    case TypeKind::Base: return base_words(type, type.encoding);
    case TypeKind::Pointer: return "Ptr32 " + target();
    case TypeKind::Alias: {
      const TypeEncoding encoding = encoding_of(types, type);
      return encoding == TypeEncoding::WideCharacter ? base_words(type, encoding) : target();
    }
    case TypeKind::Function: return "    " + c_words(types, types.of(type.target));
    case TypeKind::Array: {
      std::string words;
      for (const uint32_t count : type.counts) words += fmt::format("[{}]", count);
      return words + " " + target();
    }
    default: return name_words(type);
  }
}

}  // namespace

std::string type_words(const DebugTypes& types, const DebugType& type) {
  return words_within(types, type, 0);
}

std::string c_words(const DebugTypes& types, const DebugType& type) { return c_words_within(types, type, 0); }

const char* kind_words(const DebugTypes& types, const DebugType& type) {
  const DebugType& plain = types.plain(type);
  switch (plain.kind) {
    case TypeKind::Void: return "void";
    case TypeKind::Base: return "base";
    case TypeKind::Pointer: return "pointer";
    case TypeKind::Alias: return "typedef";
    case TypeKind::Structure: return plain.is_class ? "class" : "struct";
    case TypeKind::Union: return "union";
    case TypeKind::Enumeration: return "enum";
    case TypeKind::Array: return "array";
    case TypeKind::Function: return "function";
  }
  return "";
}

TypeEncoding encoding_of(const DebugTypes& types, const DebugType& type) {
  const DebugType& plain = types.plain(type);
  if (plain.kind != TypeKind::Base) return TypeEncoding::Other;
  if (plain.encoding != TypeEncoding::Unsigned || plain.size != sizeof(char16_t)) return plain.encoding;
  const DebugType* at = &type;
  for (uint32_t i = 0; i < kDeepest && at->kind == TypeKind::Alias; ++i) {
    if (at->name == "wchar_t" || at->name == "WCHAR") return TypeEncoding::WideCharacter;
    at = &types.of(at->target);
  }
  return plain.encoding;
}

bool is_character(TypeEncoding encoding) {
  return encoding == TypeEncoding::Character || encoding == TypeEncoding::UnsignedCharacter ||
         encoding == TypeEncoding::WideCharacter;
}

bool has_members(const DebugType& type) {
  return type.kind == TypeKind::Structure || type.kind == TypeKind::Union;
}

}  // namespace emu::debugger
