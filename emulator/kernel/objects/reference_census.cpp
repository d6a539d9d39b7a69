#include "emulator/kernel/objects/reference_census.h"

#include <fmt/core.h>

namespace emu {

void ReferenceCensus::visit(const KernelObject& object) {
  Counts& counts = counts_[&object];
  ++(handles_ ? counts.handles : counts.references);
}

std::string ReferenceCensus::difference(const KernelObject& object) const {
  const auto found = counts_.find(&object);
  const Counts seen = found != counts_.end() ? found->second : Counts{};
  if (seen.handles == object.handle_count() && seen.references == object.kernel_references()) return {};
  return fmt::format("{} object: {} handles and {} references are counted, {} and {} are there",
                     object.type().name, object.handle_count(), object.kernel_references(), seen.handles,
                     seen.references);
}

void ReferenceCensus::check(const KernelObject& object) const {
  const std::string text = difference(object);
  MM_CHECK(text.empty(), text.c_str());
}

}  // namespace emu
