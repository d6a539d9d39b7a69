#include "emulator/debugger/memory/explanation.h"

#include <fmt/core.h>

namespace emu::debugger {

std::string text_of(const Explanation& explanation) {
  std::string text = explanation.headline + "\n";
  for (const Explanation::Stage& stage : explanation.stages) {
    std::string label = stage.name + ":";
    for (const std::string& sentence : stage.sentences) {
      text += fmt::format("  {:<15}{}\n", label, sentence);
      label.clear();
    }
  }
  return text;
}

Json json_of(const Explanation& explanation) {
  Json stages = Json::array();
  for (const Explanation::Stage& stage : explanation.stages)
    stages.push_back({{"stage", stage.name}, {"sentences", stage.sentences}});
  return {{"headline", explanation.headline}, {"stages", stages}};
}

}  // namespace emu::debugger
