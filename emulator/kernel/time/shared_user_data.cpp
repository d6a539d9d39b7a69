#include "emulator/kernel/time/shared_user_data.h"

#include <cstring>
#include <initializer_list>

namespace emu {
namespace {

namespace offset {
constexpr size_t kTickCountMultiplier = 0x004;
constexpr size_t kInterruptTime = 0x008;
constexpr size_t kSystemTime = 0x014;
constexpr size_t kImageNumberLow = 0x02C;
constexpr size_t kImageNumberHigh = 0x02E;
constexpr size_t kNtSystemRoot = 0x030;
constexpr size_t kLargePageMinimum = 0x244;
constexpr size_t kNtBuildNumber = 0x260;
constexpr size_t kNtProductType = 0x264;
constexpr size_t kProductTypeIsValid = 0x268;
constexpr size_t kNtMajorVersion = 0x26C;
constexpr size_t kNtMinorVersion = 0x270;
constexpr size_t kProcessorFeatures = 0x274;
constexpr size_t kSuiteMask = 0x2D0;
constexpr size_t kNumberOfPhysicalPages = 0x2E8;
constexpr size_t kQpcFrequency = 0x300;
constexpr size_t kTickCount = 0x320;
constexpr size_t kActiveProcessorCount = 0x3C0;
}  // namespace offset

// Windows counts ticks of 15.625 ms; the multiplier turns them into milliseconds, with 24 bits of fraction.
constexpr uint64_t kTick = 156'250;  // in 100 ns
constexpr uint32_t kTickCountMultiplier = 0x0FA00000;
static_assert(uint64_t{kTickCountMultiplier} * 10'000 >> 24 == kTick);

constexpr uint16_t kImageFileMachineI386 = 0x014C;
constexpr uint32_t kProductWorkstation = 1;
constexpr uint32_t kSingleUserTerminalServer = 0x100;

// IsProcessorFeaturePresent's numbers (Microsoft's API pages): what the emulated processor has.
constexpr std::initializer_list<size_t> kFeatures = {
    2,   // CMPXCHG8B
    3,   // MMX
    6,   // SSE
    8,   // RDTSC
    10,  // SSE2
    13,  // SSE3
};

}  // namespace

SharedUserData::SharedUserData(std::span<std::byte, mm::kPageSize> page, mm::PageCount ram) : page_(page) {
  write<uint32_t>(offset::kTickCountMultiplier, kTickCountMultiplier);
  write<uint16_t>(offset::kImageNumberLow, kImageFileMachineI386);
  write<uint16_t>(offset::kImageNumberHigh, kImageFileMachineI386);
  write_text(offset::kNtSystemRoot, "C:\\Windows");
  write<uint32_t>(offset::kLargePageMinimum, mm::kLargePageSize);
  write<uint32_t>(offset::kNtBuildNumber, 0xF0000000 | 19045);  // the high bits say: a release
  write<uint32_t>(offset::kNtProductType, kProductWorkstation);
  write<uint8_t>(offset::kProductTypeIsValid, 1);
  write<uint32_t>(offset::kNtMajorVersion, 10);
  write<uint32_t>(offset::kNtMinorVersion, 0);
  for (const size_t feature : kFeatures) write<uint8_t>(offset::kProcessorFeatures + feature, 1);
  write<uint32_t>(offset::kSuiteMask, kSingleUserTerminalServer);
  write<uint32_t>(offset::kNumberOfPhysicalPages, ram.value);
  write<uint64_t>(offset::kQpcFrequency, Clock::kCounterFrequency);
  write<uint32_t>(offset::kActiveProcessorCount, 1);
}

void SharedUserData::write_time(const Clock& clock) {
  written_at_ = clock.milliseconds();
  const uint64_t interrupt_time = clock.interrupt_time();
  write_system_time(offset::kInterruptTime, interrupt_time);
  write_system_time(offset::kSystemTime, clock.system_time());
  write_system_time(offset::kTickCount, interrupt_time / kTick);
}

// KSYSTEM_TIME: low, high, high again (readers compare the two).
void SharedUserData::write_system_time(size_t at, uint64_t value) {
  write<uint64_t>(at, value);
  write<uint32_t>(at + 8, static_cast<uint32_t>(value >> 32));
}

void SharedUserData::write_text(size_t at, const char* text) {
  for (; *text != '\0'; ++text, at += 2) write<uint16_t>(at, static_cast<uint16_t>(*text));
}

template <class T>
void SharedUserData::write(size_t at, T value) {
  std::memcpy(page_.data() + at, &value, sizeof value);
}

}  // namespace emu
