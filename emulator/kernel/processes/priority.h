// Priorities of processes and threads (Microsoft, "Scheduling Priorities").
//
// A thread's base priority is its process's class and its own relative priority, -2 to 2; +-15 stands for the
// ends of the range whatever the class. 16 and up are real-time and never change by themselves.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

namespace emu {

// The classes, with the numbers of PROCESS_PRIORITY_CLASS.
enum class PriorityClass : uint8_t {
  Idle = 1,
  Normal = 2,
  High = 3,
  Realtime = 4,
  BelowNormal = 5,
  AboveNormal = 6,
};

namespace priority {

inline constexpr int kLowest = 1;
inline constexpr int kNormal = 8;
inline constexpr int kHighestDynamic = 15;
inline constexpr int kHighest = 31;
inline constexpr int kSaturation = 15;  // as a relative priority: the end of the range

inline constexpr int kMostRelative = 2;

constexpr std::optional<PriorityClass> class_of_number(uint32_t number) {
  if (number < 1 || number > 6) return std::nullopt;
  return static_cast<PriorityClass>(number);
}

constexpr int base_of(PriorityClass priority_class) {
  switch (priority_class) {
    case PriorityClass::Idle: return 4;
    case PriorityClass::BelowNormal: return 6;
    case PriorityClass::Normal: return kNormal;
    case PriorityClass::AboveNormal: return 10;
    case PriorityClass::High: return 13;
    case PriorityClass::Realtime: return 24;
  }
  return kNormal;
}

// Returns the base priority of a thread in a process of this class, which is never the real-time one: nobody
// here has the privilege.
constexpr int base_of(PriorityClass priority_class, int relative) {
  if (relative >= kSaturation) return kHighestDynamic;
  if (relative <= -kSaturation) return kLowest;
  return std::clamp(base_of(priority_class) + relative, kLowest, kHighestDynamic);
}

}  // namespace priority
}  // namespace emu
