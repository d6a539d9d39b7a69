#include "mm/balance/trimmer.h"

#include "mm/process/resident_pages.h"

namespace mm {
namespace {

TrimFilter filter_for(const MachineState& machine, const Kept& kept, TrimFilter::Content content) {
  constexpr uint32_t kLongestInstruction = 15;
  const bool any = content == TrimFilter::Content::Any;
  return {.current = machine.current,
          .newest_kept = any ? kNewestKept : kNewestCleanKept,
          .kept = {kept.instruction.page(), (kept.instruction + (kLongestInstruction - 1)).page()},
          .content = content};
}

class Trimmer final : public TrimSink {
 public:
  explicit Trimmer(MachineState& machine) : machine_(machine) {}
  void trim(AddressSpace& space, VirtualPageNumber page) override {
    trim_page(machine_, space, machine_.tables.find(space.root(), page).at());
  }

 private:
  MachineState& machine_;
};

}  // namespace

PageCount trim(MachineState& machine, PageCount wanted, const Kept& kept, TrimFilter::Content content) {
  machine.policy->sample(machine);
  machine.tlb.invalidate_all();
  Trimmer trimmer(machine);
  return machine.policy->choose(machine, wanted, filter_for(machine, kept, content), trimmer);
}

}  // namespace mm
