#include "emulator/debugger/symbols/debug_archive.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <type_traits>
#include <utility>

namespace emu::debugger {
namespace {

class Writer {
 public:
  template <class T>
  void plain(const T& value) {
    const auto bytes = std::as_bytes(std::span(&value, 1));
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  }
  uint32_t count(size_t size) {
    const auto count = static_cast<uint32_t>(size);
    plain(count);
    return count;
  }
  std::vector<std::byte> take() { return std::move(bytes_); }

 private:
  std::vector<std::byte> bytes_;
};

class Reader {
 public:
  explicit Reader(std::span<const std::byte> bytes) : left_(bytes) {}

  template <class T>
  void plain(T& value) {
    sound_ = sound_ && left_.size() >= sizeof value;
    if (!sound_) return;
    std::memcpy(&value, left_.data(), sizeof value);
    left_ = left_.subspan(sizeof value);
  }
  // A count of elements that take a byte each at least.
  uint32_t count(size_t) {
    uint32_t count = 0;
    plain(count);
    sound_ = sound_ && count <= left_.size();
    return sound_ ? count : 0;
  }
  bool finished() const { return sound_ && left_.empty(); }
  bool sound() const { return sound_; }

 private:
  std::span<const std::byte> left_;
  bool sound_ = true;
};

// transfer(archive, value) writes or reads, as the archive does; one list of fields serves both.

template <class A, class T>
requires std::is_arithmetic_v<T>
void transfer(A& archive, T& value) { archive.plain(value); }

template <class A>
void transfer(A& archive, bool& value) {
  uint8_t number = value;
  archive.plain(number);
  value = number != 0;
}

// Enumerations; whatever was read, a value of the enumeration comes out.
template <class T>
constexpr T kLastOf = T{};
template <>
constexpr TypeEncoding kLastOf<TypeEncoding> = TypeEncoding::Aggregate;
template <>
constexpr TypeKind kLastOf<TypeKind> = TypeKind::Function;
template <>
constexpr MemberKind kLastOf<MemberKind> = MemberKind::Static;
template <>
constexpr TypeId kLastOf<TypeId> = TypeId{~uint32_t{0}};
template <>
constexpr VariableKind kLastOf<VariableKind> = VariableKind::Global;
template <>
constexpr RegisterRule::Kind kLastOf<RegisterRule::Kind> = RegisterRule::Kind::ExpressionValue;

template <class A, class T>
requires std::is_enum_v<T>
void transfer(A& archive, T& value) {
  auto number = static_cast<std::underlying_type_t<T>>(value);
  archive.plain(number);
  value = static_cast<T>(std::min(number, static_cast<std::underlying_type_t<T>>(kLastOf<T>)));
}

template <class A>
void transfer(A& archive, std::string& text) {
  text.resize(archive.count(text.size()));
  for (char& c : text) archive.plain(c);
}

template <class A, class T>
void transfer(A& archive, std::optional<T>& value);
template <class A, class T>
void transfer(A& archive, std::vector<T>& values);

// Of a structure, in their order.
template <class A, class... T>
void transfer_all(A& archive, T&... members) {
  (transfer(archive, members), ...);
}

template <class A>
void transfer(A& archive, AddressInterval& value) {
  transfer_all(archive, value.begin, value.end);
}

template <class A>
void transfer(A& archive, LineRow& value) {
  transfer_all(archive, value.range, value.file, value.line);
}

template <class A>
void transfer(A& archive, LocationOperation& value) {
  transfer_all(archive, value.code, value.first, value.second, value.offset);
}

template <class A>
void transfer(A& archive, LocationEntry& value) {
  transfer_all(archive, value.range, value.expression);
}

template <class A>
void transfer(A& archive, VariableType& value) {
  transfer_all(archive, value.name, value.size, value.encoding, value.id);
}

template <class A>
void transfer(A& archive, DebugMember& value) {
  transfer_all(archive, value.name, value.kind, value.type, value.offset, value.bit, value.bits,
               value.location);
}

template <class A>
void transfer(A& archive, DebugEnumerator& value) {
  transfer_all(archive, value.name, value.value);
}

template <class A>
void transfer(A& archive, DebugType& value) {
  transfer_all(archive, value.id, value.kind, value.encoding, value.is_class, value.is_declaration,
               value.name, value.size, value.target, value.counts, value.members, value.enumerators);
}

template <class A>
void transfer(A& archive, DebugVariable& value) {
  transfer_all(archive, value.name, value.kind, value.type, value.scope, value.depth, value.locations,
               value.constant);
}

template <class A>
void transfer(A& archive, DebugFunction& value) {
  transfer_all(archive, value.name, value.ranges, value.frame_base, value.variables);
}

template <class A>
void transfer(A& archive, InlinedFunction& value) {
  transfer_all(archive, value.name, value.linkage_name, value.entry);
}

template <class A>
void transfer(A& archive, RegisterRule& value) {
  transfer_all(archive, value.kind, value.reg, value.offset, value.expression);
}

template <class A>
void transfer(A& archive, UnwindRow& value) {
  transfer_all(archive, value.range, value.function, value.cfa, value.registers);
}

template <class A>
void transfer(A& archive, DebugInformation& value) {
  transfer_all(archive, value.files, value.lines, value.functions, value.globals, value.inlined,
               value.unwind);
}

template <class A, class T>
void transfer(A& archive, std::optional<T>& value) {
  uint8_t present = value.has_value();
  archive.plain(present);
  if (present == 0) return;
  if (!value) value.emplace();
  transfer(archive, *value);
}

template <class A, class T>
void transfer(A& archive, std::vector<T>& values) {
  const uint32_t count = archive.count(values.size());
  if constexpr (std::is_same_v<A, Reader>) {
    for (uint32_t i = 0; i < count && archive.sound(); ++i) transfer(archive, values.emplace_back());
  } else {
    for (T& value : values) transfer(archive, value);
  }
}

// What users of the information index with.
bool is_consistent(const DebugInformation& information) {
  const auto line_sound = [&](const LineRow& row) { return row.file < information.files.size(); };
  const auto rules_sound = [](const UnwindRow& row) {
    return row.registers.size() == dwarf_register::kCount;
  };
  const auto placed = [](const DebugFunction& function) { return !function.ranges.empty(); };
  return std::all_of(information.lines.begin(), information.lines.end(), line_sound) &&
         std::all_of(information.unwind.begin(), information.unwind.end(), rules_sound) &&
         std::all_of(information.functions.begin(), information.functions.end(), placed);
}

// A bit-field fits the number that is made of it.
bool is_sound(const DebugMember& member) { return member.bit < 64 && member.bits <= 64; }

}  // namespace

std::vector<std::byte> to_bytes(const DebugInformation& information) {
  Writer writer;
  transfer(writer, const_cast<DebugInformation&>(information));  // a writer changes nothing
  return writer.take();
}

std::optional<DebugInformation> debug_information_from(std::span<const std::byte> bytes) {
  Reader reader(bytes);
  DebugInformation information;
  transfer(reader, information);
  if (!reader.finished() || !is_consistent(information)) return std::nullopt;
  return information;
}

std::vector<std::byte> to_bytes(const DebugTypes& types) {
  Writer writer;
  std::vector<DebugType> all = types.all();
  transfer(writer, all);
  return writer.take();
}

std::optional<DebugTypes> debug_types_from(std::span<const std::byte> bytes) {
  Reader reader(bytes);
  std::vector<DebugType> types;
  transfer(reader, types);
  const auto sound = [](const DebugType& type) {
    return std::all_of(type.members.begin(), type.members.end(), is_sound);
  };
  if (!reader.finished() || !std::all_of(types.begin(), types.end(), sound)) return std::nullopt;
  return DebugTypes(std::move(types));
}

}  // namespace emu::debugger
