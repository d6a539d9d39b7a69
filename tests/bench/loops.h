// The guest code that the benchmarks run, as bytes: the same for every side. Each ends in INT 0x20 and
// expects its count in ECX and its data at kData.
#pragma once

#include <cstdint>
#include <vector>

namespace bench {

inline constexpr uint32_t kCode = 0x00400000;
inline constexpr uint32_t kData = 0x01000000;
inline constexpr uint32_t kDataBytes = 64u << 20;
inline constexpr uint8_t kEndVector = 0x20;

struct Loop {
  std::vector<uint8_t> code;
  uint32_t instructions;  // for each count of ECX
};

// add eax,ecx; xor eax,0x55; rol eax,3; dec ecx; jnz
inline Loop register_loop() {
  return {{0x01, 0xc8, 0x83, 0xf0, 0x55, 0xc1, 0xc0, 0x03, 0x49, 0x75, 0xf5, 0xcd, kEndVector}, 5};
}

// mov esi,kData; loop: mov eax,[esi]; add eax,ecx; mov [esi+4],eax; mov ebx,[esi+8]; mov [esi+12],ebx;
// dec ecx; jnz loop
inline Loop load_store_loop() {
  return {{0xbe, 0,    0,    0,    1,    0x8b, 0x06, 0x01, 0xc8, 0x89, 0x46,      0x04,
           0x8b, 0x5e, 0x08, 0x89, 0x5e, 0x0c, 0x49, 0x75, 0xf0, 0xcd, kEndVector},
          7};
}

// mov esi,kData; loop: imul eax,eax,1664525; add eax,1013904223; mov edx,eax; shr edx,4;
// and edx,(bytes-1)&~3; add [esi+edx],ecx; dec ecx; jnz loop
inline Loop random_access_loop(uint32_t bytes) {
  const uint32_t mask = (bytes - 1) & ~3u;
  const auto byte = [&](int i) { return static_cast<uint8_t>(mask >> (8 * i)); };
  return {{0xbe,    0,       0,       0,    1,    0x69, 0xc0, 0x0d, 0x66, 0x19, 0x00,      0x05,
           0x5f,    0xf3,    0x6e,    0x3c, 0x89, 0xc2, 0xc1, 0xea, 0x04, 0x81, 0xe2,      byte(0),
           byte(1), byte(2), byte(3), 0x01, 0x0c, 0x16, 0x49, 0x75, 0xe4, 0xcd, kEndVector},
          8};
}

// mov edi,kData; loop: mov [edi],ecx; add edi,4096; dec ecx; jnz loop
inline Loop touch_pages_loop() {
  return {{0xbf, 0, 0, 0, 1, 0x89, 0x0f, 0x81, 0xc7, 0, 0x10, 0, 0, 0x49, 0x75, 0xf5, 0xcd, kEndVector}, 4};
}

// mov edi,kData; loop: add ebx,[edi]; add edi,4096; dec ecx; jnz loop
inline Loop read_pages_loop() {
  return {{0xbf, 0, 0, 0, 1, 0x03, 0x1f, 0x81, 0xc7, 0, 0x10, 0, 0, 0x49, 0x75, 0xf5, 0xcd, kEndVector}, 4};
}

}  // namespace bench
