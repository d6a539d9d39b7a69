// An explanation in plain sentences, stage by stage: what `why` says.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "emulator/debugger/memory/words.h"

namespace emu::debugger {

struct Explanation {
  struct Stage {
    std::string name;  // "Walk", "VAD", "Access check", ...
    std::vector<std::string> sentences;
  };

  std::string headline;
  std::vector<Stage> stages;

  Stage& stage(std::string name) { return stages.emplace_back(Stage{std::move(name), {}}); }
};

// Returns the headline, then each stage with its sentences, one a line.
std::string text_of(const Explanation& explanation);

// {"headline", "stages": [{"stage", "sentences"}]}
Json json_of(const Explanation& explanation);

}  // namespace emu::debugger
