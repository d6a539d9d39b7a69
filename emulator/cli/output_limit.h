// `--max-output`: how much a guest may write to its console, both streams together.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "emulator/kernel/files/console.h"

namespace emu {

class Board;

class OutputLimit {
 public:
  // `most` is in bytes; none means no limit.
  explicit OutputLimit(std::optional<uint64_t> most) : most_(most) {}
  OutputLimit(const OutputLimit&) = delete;
  OutputLimit& operator=(const OutputLimit&) = delete;

  bool is_set() const { return most_.has_value(); }
  // Returns a console that hands on to `console` as much as is allowed, and nothing after that. This object
  // outlives it.
  std::unique_ptr<Console> limited(std::unique_ptr<Console> console);
  // The machine whose processor is stopped when the limit is passed.
  void watch(Board& board) { board_ = &board; }

  bool passed() const { return passed_; }
  std::string text() const;  // "stopped after 4096 bytes of output"

 private:
  class Limited;

  void pass();

  std::optional<uint64_t> most_;
  uint64_t written_ = 0;
  bool passed_ = false;
  Board* board_ = nullptr;
};

}  // namespace emu
