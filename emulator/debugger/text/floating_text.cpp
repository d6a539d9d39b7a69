#include "emulator/debugger/text/floating_text.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

#include "emulator/cpu/fxsave.h"
#include "emulator/kernel/registers/x87_save_area.h"

namespace emu::debugger {
namespace {

constexpr int kBias = 16383, kFraction = 63;  // of the 80-bit format (Intel SDM volume 1, 4.2.2)
constexpr uint16_t kSign = 0x8000, kExponent = 0x7FFF;

struct Extended {
  uint64_t mantissa;
  uint16_t exponent;  // with the sign
};

size_t place_of(size_t number) { return fxsave::kStack + number * fxsave::kSlot; }

Extended extended(const FloatingState& state, size_t number) {
  const size_t at = place_of(number);
  return {fxsave::field<uint64_t>(state, at), fxsave::field<uint16_t>(state, at + sizeof(uint64_t))};
}

// " 1.500000000000000000000e+0000"
std::string scientific(const Extended& value) {
  const bool negative = (value.exponent & kSign) != 0;
  const int exponent = value.exponent & kExponent;
  const char sign = negative ? '-' : ' ';
  if (exponent == kExponent) return fmt::format("{}{}", sign, value.mantissa << 1 == 0 ? "1.#INF" : "1.#NAN");
  const long double magnitude =
      std::ldexp(static_cast<long double>(value.mantissa), std::max(exponent, 1) - kBias - kFraction);
  char digits[64];
  std::snprintf(digits, sizeof digits, "%.21Le", magnitude);
  const std::string_view all(digits);
  const size_t mark = all.find('e');
  return fmt::format("{}{}e{}{:0>4}", sign, all.substr(0, mark), all[mark + 1], all.substr(mark + 2));
}

// The exceptions whose bit is set, by their first letters: precision, underflow, overflow, zero divide,
// denormal, invalid.
std::string exception_letters(uint16_t bits) {
  std::string letters = "puozdi";
  for (size_t i = 0; i < letters.size(); ++i)
    if ((bits >> (letters.size() - 1 - i) & 1) == 0) letters[i] = '-';
  return letters;
}

std::string control_words(uint16_t control) {
  static constexpr const char* kRounding[] = {"rn", "r-", "r+", "rz"};
  static constexpr int kPrecision[] = {24, 0, 53, 64};
  return fmt::format("{} {} {}", kRounding[control >> 10 & 3], kPrecision[control >> 8 & 3],
                     exception_letters(control));
}

std::string status_words(uint16_t status) {
  const auto bit = [&](int at) { return status >> at & 1; };
  return fmt::format("top={} cc={}{}{}{} {}{}{}", status >> 11 & 7, bit(14), bit(10), bit(9), bit(8),
                     bit(7) != 0 ? 'e' : '-', bit(6) != 0 ? 's' : '-', exception_letters(status));
}

template <class T>
T part_of(const FloatingState& state, size_t number, size_t index) {
  return fxsave::field<T>(state, fxsave::kXmm + number * fxsave::kSlot + index * sizeof(T));
}

uint64_t raw_part(const FloatingState& state, size_t number, size_t index, size_t bytes) {
  uint64_t value = 0;
  std::memcpy(&value, state.fxsave.data() + fxsave::kXmm + number * fxsave::kSlot + index * bytes, bytes);
  return value;
}

std::string part_words(const FloatingState& state, size_t number, size_t index, const VectorFormat& format) {
  using Kind = VectorFormat::Kind;
  if (format.kind == Kind::Real)
    return format.bytes == sizeof(float) ? fmt::format("{:g}", part_of<float>(state, number, index))
                                         : fmt::format("{:g}", part_of<double>(state, number, index));
  const uint64_t value = raw_part(state, number, index, format.bytes);
  if (format.kind == Kind::Unsigned) return fmt::format("{}", value);
  const auto unused = static_cast<int>(64 - 8 * format.bytes);
  return fmt::format("{}", static_cast<int64_t>(value << unused) >> unused);
}

}  // namespace

std::string x87_words(const FloatingState& state, size_t number) {
  const Extended value = extended(state, number);
  return fmt::format("{} ({}:{:04x}:{:016x})", scientific(value), value.exponent >> 15,
                     value.exponent & kExponent, value.mantissa);
}

std::string x87_lines(const FloatingState& state) {
  abi::FloatingSaveArea area{};
  save_x87(state, area);
  const auto control = static_cast<uint16_t>(area.ControlWord),
             status = static_cast<uint16_t>(area.StatusWord);
  std::string text = fmt::format(
      "fpcw={:04x}: {}  fpsw={:04x}: {}  fptw={:04x}\nfopcode={:04x}  fpip={:04x}:{:08x}  "
      "fpdp={:04x}:{:08x}\n",
      control, control_words(control), status, status_words(status), area.TagWord & 0xFFFF,
      area.ErrorSelector >> 16 & 0x7FF, area.ErrorSelector & 0xFFFF, area.ErrorOffset,
      area.DataSelector & 0xFFFF, area.DataOffset);
  for (size_t i = 0; i < fxsave::kRegisters; ++i)
    text += fmt::format("st{}={}{}", i, scientific(extended(state, i)), i % 2 == 0 ? "  " : "\n");
  return text;
}

// A register that gets a value is no longer empty: its bit in the short tag word, by its number below the
// top.
void set_x87(FloatingState& state, size_t number, long double value) {
  int exponent = 0;
  const long double fraction = std::frexp(std::fabs(value), &exponent);  // [0.5, 1)
  Extended wanted{0, static_cast<uint16_t>(std::signbit(value) ? kSign : 0)};
  if (fraction != 0) {
    wanted.mantissa = static_cast<uint64_t>(std::ldexp(fraction, kFraction + 1));
    wanted.exponent = static_cast<uint16_t>(wanted.exponent | (exponent - 1 + kBias));
  }
  fxsave::set_field(state, place_of(number), wanted.mantissa);
  fxsave::set_field(state, place_of(number) + sizeof(uint64_t), wanted.exponent);
  const size_t top = fxsave::field<uint16_t>(state, fxsave::kStatus) >> 11 & 7;
  const auto tags = fxsave::field<uint8_t>(state, fxsave::kTags);
  fxsave::set_field(state, fxsave::kTags,
                    static_cast<uint8_t>(tags | 1u << (top + number) % fxsave::kRegisters));
}

std::optional<VectorFormat> vector_format(std::string_view text) {
  using Kind = VectorFormat::Kind;
  VectorFormat format;
  size_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view type(end, static_cast<size_t>(text.data() + text.size() - end));
  if (type == "f" || type == "d") {
    format.bytes = type == "f" ? sizeof(float) : sizeof(double);
  } else {
    constexpr std::string_view kSizes = "bwdq";
    const size_t size = type.size() == 2 ? kSizes.find(type[1]) : kSizes.npos;
    if (size == kSizes.npos || (type[0] != 'i' && type[0] != 'u')) return std::nullopt;
    format.kind = type[0] == 'i' ? Kind::Signed : Kind::Unsigned;
    format.bytes = size_t{1} << size;
  }
  const size_t most = fxsave::kSlot / format.bytes;
  format.count = error == std::errc{} ? count : most;
  if (format.count == 0 || format.count > most) return std::nullopt;
  return format;
}

std::string vector_words(const FloatingState& state, size_t number, const VectorFormat& format) {
  std::string text;
  for (size_t i = format.count; i > 0; --i) {
    if (!text.empty()) text += ' ';
    text += part_words(state, number, i - 1, format);
  }
  return text;
}

std::string vector_lines(const FloatingState& state) {
  std::string text;
  for (size_t i = 0; i < fxsave::kRegisters; ++i)
    text += fmt::format("xmm{}={}\n", i, vector_words(state, i));
  return text;
}

}  // namespace emu::debugger
