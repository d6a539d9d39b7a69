// What is checked before a frame's handler is called ("/SAFESEH" and IMAGE_LOAD_CONFIG_DIRECTORY, Microsoft).
// A program may have overwritten its stack by then.
#include "guest/ntdll/exceptions/exceptions.h"

static BOOLEAN is_on_stack(const void* from, ULONG size) {
  const Teb* teb = nt_teb();
  ULONG start = nt_address(from);
  return start >= teb->StackLimit && start < teb->StackBase && teb->StackBase - start >= size;
}

BOOLEAN nt_is_sound_frame(const ExceptionFrame* frame) {
  return nt_address(frame) % sizeof(ULONG) == 0 && is_on_stack(frame, sizeof *frame);
}

static const IMAGE_LOAD_CONFIG_DIRECTORY32* load_configuration(void* base) {
  ULONG size;
  const IMAGE_LOAD_CONFIG_DIRECTORY32* directory =
      RtlImageDirectoryEntryToData(base, TRUE, IMAGE_DIRECTORY_ENTRY_LOAD_CONFIG, &size);
  if (!directory || directory->Size < offsetof(IMAGE_LOAD_CONFIG_DIRECTORY32, SEHandlerCount) + 4)
    return NULL;
  return directory;
}

// The handlers that an image lists are offsets from its base, in order.
static BOOLEAN is_listed(const IMAGE_LOAD_CONFIG_DIRECTORY32* list, ULONG offset) {
  const ULONG* handlers = nt_pointer(list->SEHandlerTable);
  ULONG low = 0, high = list->SEHandlerCount;
  while (low < high) {
    ULONG middle = low + (high - low) / 2;
    if (handlers[middle] == offset) return TRUE;
    if (handlers[middle] < offset) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return FALSE;
}

static BOOLEAN image_allows(void* base, ULONG offset) {
  const IMAGE_NT_HEADERS* headers = RtlImageNtHeader(base);
  if (headers->OptionalHeader.DllCharacteristics & IMAGE_DLLCHARACTERISTICS_NO_SEH) return FALSE;
  const IMAGE_LOAD_CONFIG_DIRECTORY32* list = load_configuration(base);
  return !list || !list->SEHandlerTable || !list->SEHandlerCount || is_listed(list, offset);
}

// Outside of images any code will do: without NX there is no data that may not be executed.
BOOLEAN nt_is_sound_handler(const void* handler) {
  LdrDataTableEntry* module;
  if (is_on_stack(handler, 1)) return FALSE;
  if (!nt_peb()->Ldr || !NT_SUCCESS(LdrFindEntryForAddress(handler, &module))) return TRUE;
  return image_allows(nt_pointer(module->DllBase), nt_address(handler) - module->DllBase);
}
