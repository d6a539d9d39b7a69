// Ends a run whose limits of host time or output are passed. Whoever controls the machine besides is asked
// everything else, as if this were not there.
#pragma once

#include "emulator/cli/output_limit.h"
#include "emulator/cli/time_limit.h"
#include "emulator/kernel/controller.h"

namespace emu {

class Kernel;

class LimitController final : public Controller {
 public:
  // Stands before the kernel's controller, where there is one, and leaves none. All outlive its use.
  LimitController(Kernel& kernel, const OutputLimit& output);
  ~LimitController() override;
  LimitController(const LimitController&) = delete;
  LimitController& operator=(const LimitController&) = delete;

  Pace before_run(Thread& thread) override;
  void after_run(Thread& thread, const Stop& stop) override;
  Standstill on_standstill() override;
  Disposition on_exception(Thread& thread, const Exception& exception) override;

 private:
  bool over() const { return output_.passed() || TimeLimit::passed(); }

  Kernel& kernel_;
  const OutputLimit& output_;
  Controller* inner_;
};

}  // namespace emu
