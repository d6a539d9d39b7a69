#include "emulator/cli/limit_controller.h"

#include "emulator/kernel/kernel.h"

namespace emu {

LimitController::LimitController(Kernel& kernel, const OutputLimit& output)
    : kernel_(kernel), output_(output), inner_(kernel.stand_before_controller(*this)) {}

LimitController::~LimitController() { kernel_.clear_controller(); }

Controller::Pace LimitController::before_run(Thread& thread) {
  if (over()) return Pace::Quit;
  return inner_ != nullptr ? inner_->before_run(thread) : Pace::Free;
}

void LimitController::after_run(Thread& thread, const Stop& stop) {
  if (inner_ != nullptr) inner_->after_run(thread, stop);
}

Controller::Standstill LimitController::on_standstill() {
  if (over()) return Standstill::Quit;
  return inner_ != nullptr ? inner_->on_standstill() : Standstill::ForEver;
}

Controller::Disposition LimitController::on_exception(Thread& thread, const Exception& exception) {
  return inner_ != nullptr ? inner_->on_exception(thread, exception) : Disposition::Deliver;
}

}  // namespace emu
