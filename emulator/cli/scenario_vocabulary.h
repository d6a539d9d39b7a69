// What scenarios may say, told by the options and the statistics of `pagewalk run`.
#pragma once

#include "emulator/regression/run_vocabulary.h"

namespace emu {

class ScenarioVocabulary final : public RunVocabulary {
 public:
  std::string option_problem(const std::string& option, const std::string& value) const override;
  bool has_counter(std::string_view path) const override;
};

}  // namespace emu
