// How much pool things are charged: the host's bytes that stand for them, with what its heap takes besides,
// rounded up so that a guest is charged the same whatever compiler and library Pagewalk is built with.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace emu {

inline constexpr uint64_t kPoolUnit = 256;
inline constexpr uint64_t kHeapOverhead = 64;  // of one allocation and of what finds it

constexpr uint64_t pool_size_of(uint64_t bytes) {
  return (bytes + kHeapOverhead + kPoolUnit - 1) / kPoolUnit * kPoolUnit;
}

// Of an object. A type that keeps more than its own bytes from its beginning says how much: T::kKeepsBesides.
template <class T>
constexpr uint64_t kept_besides() {
  if constexpr (requires { T::kKeepsBesides; }) return T::kKeepsBesides;
  return 0;
}
template <class T>
inline constexpr uint64_t pool_size = pool_size_of(sizeof(T) + kept_besides<T>());

// An object's name: the object knows it, and the namespace.
inline uint64_t pool_size_of_name(std::u16string_view path) {
  return 2 * pool_size_of(path.size() * sizeof(char16_t));
}

}  // namespace emu
