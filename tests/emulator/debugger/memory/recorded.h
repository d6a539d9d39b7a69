// The scene of tests/mm/inspect with its faults recorded, for tests of what is said about them.
#pragma once

#include <algorithm>
#include <string>

#include "emulator/debugger/memory/why.h"
#include "tests/mm/inspect/scene.h"

namespace emu::debugger::test {

using mm::test::kResolved;
using mm::test::Scene;

struct Recorded {
  Scene scene;
  mm::FaultRecorder recorder;
  PlainProcessNames names;
  uint64_t time = 5000;
  mm::FaultActor actor = mm::FaultActor::Instruction;

  explicit Recorded(mm::DeviceKind device = mm::DeviceKind::None) : scene(device) {
    scene.machine.manager->listen(&recorder);
  }
  ~Recorded() { scene.machine.manager->listen(nullptr); }

  const mm::FaultStory& fault(mm::VirtualAddress address, mm::Access access = mm::Access::Read,
                              mm::Mode mode = mm::Mode::User) {
    const mm::FaultIdentity who{
        4, 8, {0x401000}, {address, access, mode}, time, mm::FaultIdentity::Located::Byte, actor};
    recorder.begin(scene.state(), scene.space(), who);
    const auto outcome = scene.machine.manager->fault(*scene.machine.space, who.fault, {});
    recorder.end(outcome, time += 1000);
    return *recorder.latest();
  }
  std::string why(mm::VirtualAddress address, mm::Access access = mm::Access::Read,
                  mm::Mode mode = mm::Mode::User) {
    return text_of(explain(fault(address, access, mode), names));
  }
  std::string why(Scene::Page page, mm::Access access = mm::Access::Read) {
    return why(Scene::at(page), access);
  }
  std::string why_now(mm::VirtualAddress address) const {
    return text_of(explain(account_of(scene.state(), scene.space(), address, &recorder), names));
  }
};

}  // namespace emu::debugger::test
