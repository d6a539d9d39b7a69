#include "emulator/kernel/processes/thread.h"

#include "emulator/kernel/processes/process.h"

namespace emu {

KernelObject* as_kernel_object(Thread* thread) { return thread; }

void Thread::visit_references(ReferenceVisitor& visitor) const {
  visitor.visit(*process_);
  for (const auto& object : wait.objects) visitor.visit(*object);
}

}  // namespace emu
