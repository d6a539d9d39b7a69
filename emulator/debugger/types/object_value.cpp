#include "emulator/debugger/types/object_value.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "emulator/debugger/types/type_words.h"

namespace emu::debugger {
namespace {

constexpr uint32_t kLargestScalar = 16;  // bytes
constexpr uint32_t kLongestText = 256;   // characters
constexpr uint32_t kMostElements = 8;    // of an array in one line
constexpr uint32_t kBitsWithoutHex = 4;  // a longer bit-field is also told in hexadecimal
constexpr const char* kUnreadable = "????????";

uint64_t unsigned_of(std::span<const std::byte> bytes) {
  uint64_t value = 0;
  std::memcpy(&value, bytes.data(), std::min(bytes.size(), sizeof value));
  return value;
}

int64_t signed_of(std::span<const std::byte> bytes) {
  const uint64_t value = unsigned_of(bytes);
  if (bytes.empty() || bytes.size() >= sizeof value) return static_cast<int64_t>(value);
  const auto unused = static_cast<uint32_t>(64 - bytes.size() * 8);
  return static_cast<int64_t>(value << unused) >> unused;
}

// WinDbg writes no 0x before a zero.
std::string hexadecimal(uint64_t value) {
  if (value == 0) return "0";
  return value >> 32 == 0 ? fmt::format("{:#x}", value)
                          : fmt::format("{:#x}`{:08x}", value >> 32, value & 0xFFFFFFFF);
}

bool is_printable(uint64_t c) { return c >= ' ' && c <= '~'; }

std::string quoted_character(uint64_t c) {
  return c == 0 ? "''" : fmt::format("'{}'", is_printable(c) ? static_cast<char>(c) : '.');
}

ShownValue real(std::span<const std::byte> bytes) {
  double value = 0;
  if (bytes.size() == sizeof(float)) {
    float narrow = 0;
    std::memcpy(&narrow, bytes.data(), sizeof narrow);
    value = static_cast<double>(narrow);
  } else if (bytes.size() == sizeof(double)) {
    std::memcpy(&value, bytes.data(), sizeof value);
  } else {  // of the x87 unit: 64 bits of mantissa, 15 of exponent, a sign (Intel SDM volume 1, 4.2.2)
    const uint64_t mantissa = unsigned_of(bytes.first(8)), high = unsigned_of(bytes.subspan(8, 2));
    const int exponent = static_cast<int>(high & 0x7FFF);
    value = exponent == 0x7FFF ? std::numeric_limits<double>::quiet_NaN()
                               : std::ldexp(static_cast<double>(mantissa), exponent - 16383 - 63);
    if ((high & 0x8000) != 0) value = -value;
  }
  const std::string text = fmt::format("{:.10g}", value);
  return {text, std::isfinite(value) ? Json(value) : Json(text)};
}

ShownValue enumerator(const DebugType& type, int64_t value, ValueStyle style) {
  const auto found = std::find_if(type.enumerators.begin(), type.enumerators.end(),
                                  [&](const DebugEnumerator& e) { return e.value == value; });
  const bool known = found != type.enumerators.end();
  const Json data{{"value", value}, {"enumerator", known ? Json(found->name) : Json(nullptr)}};
  if (style == ValueStyle::Variable)
    return {known ? fmt::format("{} (0n{})", found->name, value) : fmt::format("0n{}", value), data};
  const std::string number =
      value >= 0 && value < 10
          ? fmt::format("{}", value)
          : hexadecimal(type.size < 8 ? static_cast<uint32_t>(value) : static_cast<uint64_t>(value));
  return {number + (known ? fmt::format(" ( {} )", found->name) : " (No matching name)"), data};
}

}  // namespace

std::string ObjectValues::text_at(mm::VirtualAddress address, TypeEncoding encoding, uint32_t most) const {
  const bool wide = encoding == TypeEncoding::WideCharacter;
  std::string text;
  for (uint32_t i = 0; i < std::min(most, kLongestText); ++i) {
    const mm::VirtualAddress at = address + i * (wide ? 2 : 1);
    uint16_t c = 0;
    const auto bytes = std::as_writable_bytes(std::span(&c, 1)).first(wide ? 2 : 1);
    const bool readable = memory_.read(at, bytes) == bytes.size();
    if (!readable && i == 0) return "";
    if (!readable || c == 0) return fmt::format("\"{}\"", text);
    text += is_printable(c) ? static_cast<char>(c) : '.';
  }
  return fmt::format("\"{}\"{}", text, most > kLongestText ? "..." : "");
}

ShownValue ObjectValues::at(const DebugType& type, mm::VirtualAddress address, ValueStyle style) const {
  const DebugType& plain = types_.plain(type);
  if (has_members(plain)) return structure(type, plain, address, style);
  if (plain.kind == TypeKind::Array) return array(type, plain, address, style);
  const uint32_t size = types_.size_of(plain);
  if (size == 0 || size > kLargestScalar) return {type_words(types_, type), nullptr};
  std::array<std::byte, kLargestScalar> bytes{};
  const auto wanted = std::span(bytes).first(size);
  if (memory_.read(address, wanted) != size) return {kUnreadable, nullptr};
  return scalar(type, wanted, style);
}

ShownValue ObjectValues::of(const DebugType& type, std::span<const std::byte> bytes, ValueStyle style) const {
  const DebugType& plain = types_.plain(type);
  const uint32_t size = types_.size_of(plain);
  if (size == 0 || size > bytes.size()) return {kUnreadable, nullptr};
  if (has_members(plain) || plain.kind == TypeKind::Array)
    return {fmt::format("{} {}", c_words(types_, type), hexadecimal(unsigned_of(bytes.first(size)))),
            nullptr};
  return scalar(type, bytes.first(size), style);
}

ShownValue ObjectValues::scalar(const DebugType& type, std::span<const std::byte> bytes,
                                ValueStyle style) const {
  const DebugType& plain = types_.plain(type);
  if (plain.kind == TypeKind::Pointer)
    return pointer(plain, static_cast<uint32_t>(unsigned_of(bytes)), style);
  if (plain.kind == TypeKind::Enumeration) {
    const TypeEncoding base = encoding_of(types_, types_.of(plain.target));
    const bool is_unsigned = base == TypeEncoding::Unsigned || is_character(base);
    return enumerator(plain, is_unsigned ? static_cast<int64_t>(unsigned_of(bytes)) : signed_of(bytes),
                      style);
  }
  const uint64_t value = unsigned_of(bytes);
  switch (encoding_of(types_, type)) {
    case TypeEncoding::Signed: return {fmt::format("0n{}", signed_of(bytes)), signed_of(bytes)};
    case TypeEncoding::Character:
      return {fmt::format("0n{} {}", signed_of(bytes), quoted_character(value)), signed_of(bytes)};
    case TypeEncoding::UnsignedCharacter:
    case TypeEncoding::WideCharacter:
      return {fmt::format("{} {}", hexadecimal(value), quoted_character(value)), value};
    case TypeEncoding::Boolean: return {fmt::format("{}", value), value};
    case TypeEncoding::Float: return real(bytes);
    default: return {hexadecimal(value), value};
  }
}

ShownValue ObjectValues::pointer(const DebugType& plain, uint32_t value, ValueStyle style) const {
  const mm::VirtualAddress to{value};
  const DebugType& target = types_.of(plain.target);
  const DebugType& goal = types_.plain(target);
  ShownValue shown{fmt::format("{:#010x}", value), address_words(to)};
  if (value == 0 && style == ValueStyle::Field) shown.text = "(null)";
  if (value == 0) return shown;
  const bool brief = style == ValueStyle::Variable;
  if (goal.kind == TypeKind::Function) {
    const auto symbol = symbols_.nearest(to);
    const std::string name =
        symbol ? fmt::format(" {}!{}+{:x}", symbol->module, symbol->name, symbol->displacement) : "";
    shown.text += brief ? name : type_words(types_, goal).insert(0, " ") + " " + name;
  } else if (const TypeEncoding encoding = encoding_of(types_, target); is_character(encoding)) {
    const std::string text = text_at(to, encoding, kLongestText + 1);
    if (!text.empty()) shown.text += (brief ? " " : "  ") + text;
  } else if (!brief && (has_members(goal) || goal.kind == TypeKind::Void)) {
    shown.text += " " + type_words(types_, goal);
  } else if (!brief && goal.kind == TypeKind::Pointer) {
    if (const auto next = memory_.load<uint32_t>(to)) shown.text += fmt::format("  -> {:#010x}", *next);
  } else if (!brief && goal.kind != TypeKind::Array) {
    shown.text += "  -> " + at(target, to, style).text;
  }
  return shown;
}

ShownValue ObjectValues::array(const DebugType& type, const DebugType& plain, mm::VirtualAddress address,
                               ValueStyle style) const {
  const DebugType& element = types_.of(plain.target);
  const uint32_t size = types_.size_of(plain), each = types_.size_of(element);
  const uint32_t count = each != 0 ? size / each : 0;
  std::string start = fmt::format("{} at {:08x}", c_words(types_, type), address.value);
  if (style == ValueStyle::Field) {
    start.clear();
    for (const uint32_t n : plain.counts) start += fmt::format("[{}]", n);
  }
  const TypeEncoding encoding = encoding_of(types_, element);
  if (count != 0 && plain.counts.size() == 1 && is_character(encoding)) {
    const std::string text = text_at(address, encoding, count);
    return {fmt::format("{}{}{}", start, style == ValueStyle::Field ? "  " : " ",
                        text.empty() ? kUnreadable : text),
            text.empty() ? Json(nullptr) : Json(text.substr(1, text.rfind('"') - 1))};
  }
  const DebugType& inner = types_.plain(element);
  if (style == ValueStyle::Field && has_members(inner))
    return {start + " " + type_words(types_, inner), nullptr};
  if (count == 0 || has_members(inner) || inner.kind == TypeKind::Array) return {start, nullptr};
  if (style == ValueStyle::Field) return {start + " " + at(element, address, style).text, nullptr};
  for (uint32_t i = 0; i < std::min(count, kMostElements); ++i)
    start += (i == 0 ? ": " : ", ") + at(element, address + i * each, style).text;
  return {start + (count > kMostElements ? ", ..." : ""), nullptr};
}

ShownValue ObjectValues::structure(const DebugType& type, const DebugType& plain, mm::VirtualAddress address,
                                   ValueStyle style) const {
  const std::string content = structure_content(plain, address);
  if (style == ValueStyle::Field) return {type_words(types_, plain) + content, nullptr};
  return {fmt::format("{} {} at {:08x}{}", kind_words(types_, plain),
                      c_words(types_, plain.name.empty() ? type : plain), address.value, content),
          nullptr};
}

// Of some that every Windows program has, what is in them. Source: Microsoft, "dt", its examples.
std::string ObjectValues::structure_content(const DebugType& plain, mm::VirtualAddress address) const {
  const auto first = memory_.load<uint32_t>(address), second = memory_.load<uint32_t>(address + 4);
  if (plain.size != 8 || !first || !second) return "";
  if (plain.name == "_LIST_ENTRY") return fmt::format(" [ {:#010x} - {:#010x} ]", *first, *second);
  if (plain.name == "_LARGE_INTEGER" || plain.name == "_ULARGE_INTEGER")
    return fmt::format(" {:#x}`{:08x}", *second, *first);
  const bool wide = plain.name == "_UNICODE_STRING";
  if (!wide && plain.name != "_STRING") return "";
  const uint32_t bytes = *first & 0xFFFF;
  return " " + text_at({*second}, wide ? TypeEncoding::WideCharacter : TypeEncoding::Character,
                       wide ? bytes / 2 : bytes);
}

ShownValue ObjectValues::bits(const DebugMember& member, mm::VirtualAddress address) const {
  std::array<std::byte, 16> bytes{};
  const uint32_t first = member.bit / 8u, shift = member.bit % 8u;
  const size_t wanted = (shift + member.bits + 7u) / 8u;
  if (memory_.read(address + first, std::span(bytes).first(wanted)) != wanted) return {kUnreadable, nullptr};
  uint64_t value = unsigned_of(std::span(bytes).first(8)) >> shift;
  if (shift != 0) value |= static_cast<uint64_t>(bytes[8]) << (64 - shift);
  if (member.bits < 64) value &= (uint64_t{1} << member.bits) - 1;
  std::string text = fmt::format("0y{:0{}b}", value, member.bits);
  if (member.bits > kBitsWithoutHex) text += fmt::format(" ({})", hexadecimal(value));
  return {text, value};
}

}  // namespace emu::debugger
