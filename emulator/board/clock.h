// The machine's time. Virtual: it moves by what the guest does, by fixed amounts, so that the same guest sees
// the same times on any host. Host: it is the host's.
//
// What takes how much time is said by who runs on the board (for Windows: kernel/time/cost.h); RDTSC takes
// kTimeStamp.
#pragma once

#include <chrono>
#include <cstdint>

#include "mm/base/machine_clock.h"

namespace emu {

using Duration = mm::Time;

enum class ClockSource : uint8_t { Virtual, Host };

class Clock final : public mm::MachineClock {
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
  void wait_until(Duration deadline) override;
  Duration now() const override { return since_boot(); }

  // The date: 100 ns units since 1601-01-01 UTC. The first program of a virtual machine
  // starts at 2024-01-01 00:00:00 UTC.
  uint64_t system_time() const;

  // As QueryPerformanceCounter on Windows 10: 10 MHz since boot.
  static constexpr uint64_t kCounterFrequency = 10'000'000;
  uint64_t performance_counter() const { return static_cast<uint64_t>(since_boot().count()) / 100; }

  // As KeQueryInterruptTime: 100 ns units since boot.
  uint64_t interrupt_time() const { return static_cast<uint64_t>(since_boot().count()) / 100; }

  uint64_t milliseconds() const { return static_cast<uint64_t>(since_boot().count()) / 1'000'000; }

  // As RDTSC on a processor of 1 GHz. Takes time itself, so that a loop that polls it ends.
  static constexpr Duration kTimeStamp{20};
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
