// The cross-checker that runs after every step: what the step wrote is compared with everything that it has
// to agree with, and the sums with the machine's counters. Costs by what was written. What was written
// without being noted (mm/base/footprint.h) shows as a wrong sum, or when everything is looked at: after each
// kStepsBetween steps.
#pragma once

#include <optional>
#include <string>

#include "mm/process/machine_state.h"
#include "mm/verify/ledger.h"

namespace mm {

class StepAudit {
 public:
  static constexpr uint32_t kStepsBetween = 1024;

  // Begins with a machine where everything agrees, which keeps its footprint from now on.
  explicit StepAudit(MachineState& machine);

  // The first disagreement found since the last step, in words.
  std::optional<std::string> find_disagreement();

 private:
  std::optional<std::string> look_at_everything();
  std::optional<std::string> look_at_what_was_written();

  MachineState& machine_;
  Ledger ledger_;
  uint32_t steps_ = 0;  // since everything was looked at
};

}  // namespace mm
