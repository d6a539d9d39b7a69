#include "mm/balance/trimmer.h"

#include "mm/process/resident_pages.h"

namespace mm {
namespace {

TrimFilter filter_for(const MachineState& machine, const Protected& keep, Candidates candidates) {
  constexpr uint32_t kLongestInstruction = 15;
  const bool all = candidates == Candidates::All;
  return {.current = machine.current,
          .newest_kept = all ? kNewestKept : kNewestCleanKept,
          .kept = {keep.instruction.page(), (keep.instruction + (kLongestInstruction - 1)).page()},
          .content = all ? TrimFilter::Content::Any : TrimFilter::Content::Clean};
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

PageCount trim(MachineState& machine, PageCount wanted, const Protected& keep, Candidates candidates) {
  machine.policy->sample(machine);
  machine.tlb.invalidate_all();
  Trimmer trimmer(machine);
  return machine.policy->choose(machine, wanted, filter_for(machine, keep, candidates), trimmer);
}

}  // namespace mm
