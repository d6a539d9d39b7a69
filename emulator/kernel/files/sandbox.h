// Walks paths below a folder of the host without ever leaving it. Symbolic links are followed as long as they
// stay inside: a target that is absolute, or climbs above the root with "..", is EXDEV, and so is one that
// somebody puts there while the walk is under way, since every step starts from a descriptor that is held.
//
// openat2(RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS) where the host has it (Linux 5.6), else the same by steps
// of openat(O_NOFOLLOW) and readlinkat.
#pragma once

#include <span>
#include <string>
#include <tl/expected.hpp>

#include "emulator/kernel/files/descriptor.h"

namespace emu {

class Sandbox {
 public:
  enum class Walk : uint8_t { Kernel, Steps };

  // What a walk came to; a failure is an errno value.
  template <class T>
  using Outcome = tl::expected<T, int>;

  static Outcome<Sandbox> open(const std::string& folder);

  // Opens what `path` names, the root itself when it is empty, with `flags` of open(2) (never O_CREAT).
  Outcome<Descriptor> open(std::span<const std::string> path, int flags) const;

  // For tests, and for hosts whose openat2 is forbidden (found out by the first call as well).
  void walk_by(Walk walk) { walk_ = walk; }
  Walk walk() const { return walk_; }

 private:
  explicit Sandbox(Descriptor root) : root_(std::move(root)) {}

  Descriptor root_;
  mutable Walk walk_ = Walk::Kernel;
};

}  // namespace emu
