#include "emulator/kernel/objects/kernel_object.h"

#include "emulator/kernel/objects/object_manager.h"

namespace emu {

KernelObject::~KernelObject() {
  if (manager_ != nullptr) manager_->forget(*this);
}

void KernelObject::drop_handle() {
  MM_CHECK(handles_ != 0, "more handles to an object are closed than were opened");
  if (--handles_ != 0) return;
  add_reference();  // it may let go of itself
  if (manager_ != nullptr) manager_->remove_name(*this);
  on_last_handle_closed();
  drop_reference();
}

}  // namespace emu
