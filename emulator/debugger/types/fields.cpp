#include "emulator/debugger/types/fields.h"

#include "emulator/debugger/symbols/location.h"
#include "emulator/debugger/types/type_words.h"

namespace emu::debugger {
namespace {

// A damaged file may describe types that lie in themselves.
constexpr uint32_t kDeepest = 32;
constexpr size_t kMostMembers = 16'384;

class FieldList {
 public:
  FieldList(const DebugTypes& types, const MemoryView* memory, std::optional<mm::VirtualAddress> at)
      : types_(types), memory_(memory), at_(at) {}

  void add(const DebugType& type, std::optional<uint32_t> offset, uint32_t depth) {
    if (depth > kDeepest) return;
    for (const DebugMember& member : type.members) {
      if (++members_ > kMostMembers) return;
      const auto place = place_of(member, offset);
      const DebugType& inner = types_.plain(member.type);
      const bool open = member.name.empty() && member.kind != MemberKind::Static && has_members(inner);
      if (open)
        add(inner, place, depth + 1);
      else if (!member.name.empty())
        fields_.push_back({shown_name(member), place, &member, &type});
    }
  }

  std::vector<Field> take() { return std::move(fields_); }

 private:
  // Compilers differ in what they call it: "_vptr.Shape", "_vptr$Shape".
  static std::string shown_name(const DebugMember& member) {
    return member.name.starts_with("_vptr") ? "__VFN_table" : member.name;
  }

  std::optional<uint32_t> place_of(const DebugMember& member, std::optional<uint32_t> offset) const {
    if (!offset || member.kind == MemberKind::Static) return std::nullopt;
    if (member.kind != MemberKind::VirtualBase) return *offset + member.offset;
    if (!at_ || memory_ == nullptr) return std::nullopt;
    LocationContext context;
    context.memory = memory_;
    const auto base = evaluate_number(member.location, context, at_->value + *offset);
    return base ? std::optional(*base - at_->value) : std::nullopt;
  }

  const DebugTypes& types_;
  const MemoryView* memory_;
  std::optional<mm::VirtualAddress> at_;
  std::vector<Field> fields_;
  size_t members_ = 0;
};

}  // namespace

std::vector<Field> fields_of(const DebugTypes& types, const DebugType& type, const MemoryView* memory,
                             std::optional<mm::VirtualAddress> at) {
  FieldList list(types, memory, at);
  list.add(types.plain(type), 0, 0);
  return list.take();
}

}  // namespace emu::debugger
