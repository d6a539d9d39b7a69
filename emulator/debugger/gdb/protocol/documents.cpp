#include "emulator/debugger/gdb/protocol/documents.h"

#include <fmt/core.h>

#include "emulator/debugger/gdb/protocol/xml_text.h"

namespace emu::debugger::gdb {
namespace {

using pugi::xml_node;

void set(xml_node node, const char* attribute, const std::string& value) {
  node.append_attribute(attribute) = value.c_str();
}
std::string prefixed_hex(uint64_t value) { return fmt::format("0x{:x}", value); }

}  // namespace

std::string thread_list(std::span<const ThreadInfo> threads, ThreadNaming naming) {
  pugi::xml_document document;
  xml_node list = document.append_child("threads");
  for (const ThreadInfo& info : threads) {
    xml_node thread = list.append_child("thread");
    set(thread, "id", to_text(info.key, naming));
    if (!info.name.empty()) set(thread, "name", xml_safe(info.name));
    if (!info.state.empty()) thread.text() = xml_safe(info.state).c_str();
  }
  return to_text(document);
}

std::string library_list(std::span<const Image> libraries, LibraryPlace place) {
  pugi::xml_document document;
  xml_node list = document.append_child("library-list");
  for (const Image& library : libraries) {
    xml_node node = list.append_child("library");
    set(node, "name", xml_safe(library.path));
    if (place == LibraryPlace::TextSegment)
      set(node.append_child("segment"), "address", prefixed_hex(library.text.value));
    else
      set(node.append_child("section"), "address", prefixed_hex(library.base.value));
  }
  return to_text(document);
}

std::string memory_map(std::span<const AddressRange> ranges) {
  pugi::xml_document document;
  xml_node map = document.append_child("memory-map");
  for (const AddressRange& range : ranges) {
    xml_node memory = map.append_child("memory");
    set(memory, "type", "ram");
    set(memory, "start", prefixed_hex(range.begin.value));
    set(memory, "length", prefixed_hex(range.size));
  }
  return to_text(document);
}

}  // namespace emu::debugger::gdb
