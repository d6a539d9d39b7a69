#include "emulator/kernel/objects/object_attributes.h"

#include <span>

#include "guest/abi/structures.h"

namespace emu {

using mm::NtStatus;

mm::Result<std::u16string> capture_unicode_string(GuestMemory& memory, mm::VirtualAddress at) {
  const auto string = memory.load<abi::UnicodeString>(at);
  if (!string) return mm::fail(string.error());
  if (string->Length % sizeof(char16_t) != 0) return mm::fail(NtStatus::ObjectNameInvalid);
  std::u16string text(string->Length / sizeof(char16_t), u'\0');
  const NtStatus status = memory.read({string->Buffer}, std::as_writable_bytes(std::span(text)));
  if (status != NtStatus::Success) return mm::fail(status);
  return text;
}

mm::Result<ObjectAttributes> capture_object_attributes(GuestMemory& memory, mm::VirtualAddress at) {
  if (at.value == 0) return ObjectAttributes{};
  const auto given = memory.load<abi::ObjectAttributes>(at);
  if (!given) return mm::fail(given.error());
  if (given->Length != sizeof(abi::ObjectAttributes) || (given->Attributes & ~object_attribute::kValid) != 0)
    return mm::fail(NtStatus::InvalidParameter);
  ObjectAttributes captured{given->RootDirectory, {}, given->Attributes};
  if (given->ObjectName == 0) return captured;
  auto name = capture_unicode_string(memory, {given->ObjectName});
  if (!name) return mm::fail(name.error());
  captured.name = std::move(*name);
  return captured;
}

}  // namespace emu
