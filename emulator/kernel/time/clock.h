// The machine's time. Virtual: it moves by what the guest does, by fixed amounts, so that the same guest sees
// the same times on any host. Host: it is the host's.
//
// While one thread runs freely its instructions take no time: counting them would slow every guest down, and
// nobody could tell. Services, faults, waits, RDTSC, PAUSE and reads of KUSER_SHARED_DATA take time;
// instructions too while threads compete or wait for a moment (code_time.h).
#pragma once

#include <chrono>
#include <cstdint>

namespace emu {

using Duration = std::chrono::nanoseconds;

enum class ClockSource : uint8_t { Virtual, Host };

// What things take in virtual time: about what they take on real hardware of the kind that Windows 10 names
// as its minimum, rounded. Only their order matters: code < service < soft fault << hard fault.
namespace cost {
inline constexpr Duration kCodeByte{1};        // 3-4 bytes an instruction, at 1 GHz with a few stalls
inline constexpr Duration kTimeStamp{20};      // RDTSC, so that a loop that polls it ends
inline constexpr Duration kPause{40};          // PAUSE: 140 cycles since Skylake, 10 before
inline constexpr Duration kClockRead{50};      // a read of KUSER_SHARED_DATA, and what a loop does besides
inline constexpr Duration kService{200};       // enter and leave the kernel
inline constexpr Duration kException{500};     // context and record built, or a context loaded
inline constexpr Duration kSoftFault{1'000};   // trap, walk, one page zeroed or relinked
inline constexpr Duration kHardRead{100'000};  // a 4 KB random read from a solid-state disk
}  // namespace cost

class Clock {
 public:
  explicit Clock(ClockSource source);

  ClockSource source() const { return source_; }
  Duration since_boot() const { return source_ == ClockSource::Virtual ? elapsed_ : host_elapsed(); }

  // How long the machine has been up when its first program starts: about what Windows takes to a desktop.
  // Programs take it for granted that the time since the start is not 0 (Go's runtime refuses such a clock).
  static constexpr Duration kUptime{std::chrono::minutes(1)};

  // Virtual time passes; the host's passes by itself.
  void charge(Duration cost) {
    elapsed_ += cost;
    charged_ += cost;
  }

  // What charge() has been told in all: the same with either source.
  Duration charged() const { return charged_; }

  // Nothing happens before `deadline` (since boot): virtual time jumps there, host time is waited for.
  void wait_until(Duration deadline);

  // As NtQuerySystemTime: 100 ns units since 1601. The first program of a virtual machine
  // starts at 2024-01-01 00:00:00 UTC.
  uint64_t system_time() const;

  // As QueryPerformanceCounter on Windows 10: 10 MHz since boot.
  static constexpr uint64_t kCounterFrequency = 10'000'000;
  uint64_t performance_counter() const { return static_cast<uint64_t>(since_boot().count()) / 100; }

  // As KeQueryInterruptTime: 100 ns units since boot.
  uint64_t interrupt_time() const { return static_cast<uint64_t>(since_boot().count()) / 100; }

  uint64_t milliseconds() const { return static_cast<uint64_t>(since_boot().count()) / 1'000'000; }

  // As RDTSC on a processor of 1 GHz. Takes time itself.
  uint64_t time_stamp();

 private:
  static Duration host_now();
  Duration host_elapsed() const { return host_now() - host_boot_ + kUptime; }

  ClockSource source_;
  Duration elapsed_ = kUptime;
  Duration charged_{0};
  Duration host_boot_;
};

}  // namespace emu
