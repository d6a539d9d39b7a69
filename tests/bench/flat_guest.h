// The other side of the processor benchmarks: plain Unicorn, without an MMU of ours.
#pragma once

#include <cstdint>

struct uc_struct;

namespace bench {

struct Loop;

enum class DataMapping : uint8_t { ReadWrite, ReadWriteExecute };

// Code and data each one flat mapping.
class FlatGuest {
 public:
  explicit FlatGuest(DataMapping data);
  ~FlatGuest();
  FlatGuest(const FlatGuest&) = delete;
  FlatGuest& operator=(const FlatGuest&) = delete;

  void run(const Loop& loop, uint32_t count);

 private:
  uc_struct* uc_ = nullptr;
};

// The usual way to have page faults in Unicorn: nothing of the data is mapped, and a hook maps the page that
// was missed. Aborts past some 4,096 mappings.
class HookedGuest {
 public:
  HookedGuest();
  ~HookedGuest();
  HookedGuest(const HookedGuest&) = delete;
  HookedGuest& operator=(const HookedGuest&) = delete;

  void run(const Loop& loop, uint32_t count);

 private:
  uc_struct* uc_ = nullptr;
};

}  // namespace bench
