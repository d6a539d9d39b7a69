// What a warm machine (`pagewalk run --warm-channel`) and who asks it for runs say to each other.
//
// - Standing, from the machine: it has come to its program's entry point. When it ends instead, the program
//   has to be run without it.
// - Run, from who asks, with files: standard input, output and error, and where the statistics go.
// - Begun, from the machine, with a pidfd: a copy of it runs on as if it had been started with these files.
// - Refused, from the machine, with errno: no copy could be made.
// - Ended, from the machine: the copy's status as wait(2) gives it.
//
// One run at a time. The machine ends when the other side is gone, and every copy of it with it.
#pragma once

#include <cstdint>

namespace emu::warm {

enum class Word : int32_t { Standing, Run, Begun, Refused, Ended };

inline constexpr size_t kRunFiles = 4;

}  // namespace emu::warm
