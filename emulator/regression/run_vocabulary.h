// Answers what a scenario may say about `pagewalk run`; the command itself implements it.
#pragma once

#include <string>
#include <string_view>

namespace emu {

class RunVocabulary {
 public:
  virtual ~RunVocabulary() = default;

  // Says what is wrong with the value of an option, which is named without its dashes; empty when nothing is.
  virtual std::string option_problem(const std::string& option, const std::string& value) const = 0;

  // Tells whether the statistics can hold a number at this path, such as "memory.faults.hard" or
  // "processes[0].exit_code".
  virtual bool has_counter(std::string_view path) const = 0;
};

}  // namespace emu
