// What a scenario may say of `pagewalk run`; the command itself answers.
#pragma once

#include <string>
#include <string_view>

namespace emu {

class RunVocabulary {
 public:
  virtual ~RunVocabulary() = default;

  // What is wrong with the value of an option, which is named without its dashes; empty: nothing.
  virtual std::string option_problem(const std::string& option, const std::string& value) const = 0;

  // Whether the statistics can hold a number of this path: "memory.faults.hard", "processes[0].exit_code".
  virtual bool has_counter(std::string_view path) const = 0;
};

}  // namespace emu
