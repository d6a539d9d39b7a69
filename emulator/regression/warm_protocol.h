// What a warm machine (`pagewalk run --warm-channel`) and who asks it for runs say to each other.
//
//   the machine    Standing              it has come to its program's entry point; or it ends, and the
//   program has to
//                                        be run without it
//   who asks       Run                   with files: standard input, output and error, and where statistics
//   go the machine    Begun, with a pidfd   a copy of it runs on as if it had been started with these; or
//                  Refused, errno        none could be made
//   the machine    Ended, status         as wait(2) gives it
//
// One run at a time. The machine ends when the other side is gone, and every copy of it with it.
#pragma once

#include <cstdint>

namespace emu::warm {

enum class Word : int32_t { Standing, Run, Begun, Refused, Ended };

inline constexpr size_t kRunFiles = 4;

}  // namespace emu::warm
