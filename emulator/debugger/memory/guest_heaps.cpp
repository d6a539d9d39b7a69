#include "emulator/debugger/memory/guest_heaps.h"

#include <fmt/core.h>

#include <set>

#include "guest/abi/heap.h"

namespace emu::debugger {
namespace {

// Every segment and large block has a reservation of its own, or lies in its heap's, and the user half has
// room for 2 GB / 64 KB of these. More heads than that are none of ntdll's, even without a loop.
constexpr size_t kMostHeads = 0x10000;
constexpr size_t kMostTold = 16;

class HeapReader {
 public:
  explicit HeapReader(const MemoryView& memory) : memory_(memory) {}

  GuestHeaps read(mm::VirtualAddress first) {
    follow<abi::HeapHeader>(first.value, "heaps", [this](mm::VirtualAddress at, const auto& header) {
      if (header.Signature != PAGEWALK_HEAP_SIGNATURE) return false;
      read_parts(header, found_.heaps.emplace_back(GuestHeap{at, {}, {}}));
      return true;
    });
    return std::move(found_);
  }

 private:
  void read_parts(const abi::HeapHeader& header, GuestHeap& heap) {
    const std::string of_heap = fmt::format(" of heap {:08x}", heap.handle.value);
    follow<abi::HeapSegment>(header.Segments, "segments" + of_heap,
                             [&](mm::VirtualAddress at, const auto& segment) {
                               if (segment.Heap != heap.handle.value) return false;
                               heap.segments.push_back(at);
                               return true;
                             });
    follow<abi::HeapLargeBlock>(header.LargeBlocks, "large blocks" + of_heap,
                                [&](mm::VirtualAddress at, const auto& block) {
                                  if (block.SizeAndFlags != PAGEWALK_LARGE_BLOCK_FLAGS) return false;
                                  heap.large_blocks.push_back(at);
                                  return true;
                                });
  }

  // Along a list to its end, as long as `accept` knows its nodes. No node is in two places, so that the time
  // is bounded for all lists together.
  template <class Node, class Accept>
  void follow(uint32_t at, const std::string& list, Accept accept) {
    while (at != 0) {
      if (seen_.size() == kMostHeads) return tell(list, "it is too long, at", at);
      if (!seen_.insert(at).second) return tell(list, "it comes back to", at);
      const auto node = memory_.load<Node>({at});
      if (!node) return tell(list, "nothing can be read at", at);
      if (!accept(mm::VirtualAddress{at}, *node)) return tell(list, "there is none at", at);
      at = node->Next;
    }
  }

  void tell(const std::string& list, std::string_view how, uint32_t at) {
    if (found_.damage.size() < kMostTold)
      found_.damage.push_back(
          fmt::format("The list of {} cannot be followed to its end: {} {:08x}.", list, how, at));
  }

  const MemoryView& memory_;
  std::set<uint32_t> seen_;
  GuestHeaps found_;
};

}  // namespace

GuestHeaps read_heaps(const MemoryView& memory, mm::VirtualAddress first) {
  return HeapReader(memory).read(first);
}

}  // namespace emu::debugger
