// NtCreateUserProcess and NtOpenProcess.
#include <algorithm>
#include <cstddef>

#include "emulator/kernel/files/console.h"
#include "emulator/kernel/files/devices.h"
#include "emulator/kernel/files/utf8.h"
#include "emulator/kernel/memory/guest_memory.h"
#include "emulator/kernel/objects/object_attributes.h"
#include "emulator/kernel/processes/image_loader.h"
#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/processes/processes.h"
#include "emulator/kernel/processes/thread.h"
#include "emulator/kernel/processes/threads.h"
#include "emulator/kernel/services/handlers.h"
#include "guest/abi/structures.h"

namespace emu::services {
namespace {

using mm::NtStatus;

constexpr uint32_t kLongestEnvironment = 0x10000;  // characters
constexpr uint32_t kMostAttributes = 16;

mm::Result<std::string> capture_text(GuestMemory& memory, mm::VirtualAddress at) {
  const auto text = capture_unicode_string(memory, at);
  if (!text) return mm::fail(text.error());
  return to_utf8(*text);
}

// Up to the empty variable that ends it.
mm::Result<std::u16string> capture_environment(GuestMemory& memory, mm::VirtualAddress at) {
  std::u16string block;
  while (block.size() < kLongestEnvironment) {
    const auto character = memory.load<char16_t>(at + static_cast<uint32_t>(block.size() * sizeof(char16_t)));
    if (!character) return mm::fail(character.error());
    const bool ends = *character == 0 && (block.empty() || block.back() == 0);
    block.push_back(*character);
    if (ends) return block;
  }
  return mm::fail(NtStatus::InvalidParameter);
}

struct CapturedProgram {
  ProgramRequest request;
  StandardHandles handles;
};

mm::Result<CapturedProgram> capture_parameters(GuestMemory& memory, mm::VirtualAddress at) {
  const auto parameters = memory.load<abi::ProcessParameters>(at);
  if (!parameters) return mm::fail(parameters.error());
  const auto image = capture_text(memory, at + offsetof(abi::ProcessParameters, ImagePathName));
  const auto line = capture_text(memory, at + offsetof(abi::ProcessParameters, CommandLine));
  const auto folder = capture_text(memory, at + offsetof(abi::ProcessParameters, CurrentDirectory));
  for (const auto* text : {&image, &line, &folder})
    if (!*text) return mm::fail(text->error());
  const auto environment = capture_environment(memory, {parameters->Environment});
  if (!environment) return mm::fail(environment.error());
  return CapturedProgram{{*image, *line, *folder, *environment},
                         {parameters->StandardInput, parameters->StandardOutput, parameters->StandardError}};
}

// What of the attribute list we know: who was made, the image's name, which stands for the one in the
// parameters, and the priority class.
struct Attributes {
  mm::VirtualAddress client_id{};  // 0: not asked for
  std::string image_name;          // empty: not given
  std::optional<PriorityClass> priority_class;
};

mm::Result<Attributes> capture_attributes(GuestMemory& memory, mm::VirtualAddress list) {
  Attributes attributes;
  if (list.value == 0) return attributes;
  const auto length = memory.load<uint32_t>(list);
  if (!length) return mm::fail(length.error());
  const size_t count = (*length - std::min<uint32_t>(*length, 4)) / sizeof(abi::ProcessAttribute);
  if (count > kMostAttributes) return mm::fail(NtStatus::InvalidParameter);
  for (uint32_t i = 0; i < count; ++i) {
    const auto attribute = memory.load<abi::ProcessAttribute>(
        list + 4 + i * static_cast<uint32_t>(sizeof(abi::ProcessAttribute)));
    if (!attribute) return mm::fail(attribute.error());
    if (attribute->Attribute == PAGEWALK_ATTRIBUTE_CLIENT_ID) attributes.client_id = {attribute->Value};
    if (attribute->Attribute == PAGEWALK_ATTRIBUTE_PRIORITY_CLASS) {
      const auto number = memory.load<uint8_t>({attribute->Value});
      if (!number) return mm::fail(number.error());
      attributes.priority_class = priority::class_of_number(*number);
      if (!attributes.priority_class) return mm::fail(NtStatus::InvalidParameter);
    }
    if (attribute->Attribute != PAGEWALK_ATTRIBUTE_IMAGE_NAME) continue;
    std::u16string name(std::min<uint32_t>(attribute->Size, 0xFFFE) / sizeof(char16_t), 0);
    const NtStatus status = memory.read({attribute->Value}, std::as_writable_bytes(std::span(name)));
    if (status != NtStatus::Success) return mm::fail(status);
    attributes.image_name = to_utf8(name);
  }
  return attributes;
}

bool names_console(const HandleTable& handles, Handle handle) {
  const HandleEntry* entry = handles.find(handle);
  const auto* file = entry != nullptr ? object_cast<FileObject>(entry->object()) : nullptr;
  return file != nullptr && file->device() == DeviceType::Console;
}

// A standard handle of the child: one that it inherits keeps its number; the parent's console is its console
// too; anything else is none.
uint32_t child_handle(const HandleTable& parent, uint32_t value, uint32_t own, Inherit inherit) {
  const HandleEntry* entry = parent.find({value});
  if (entry == nullptr) return 0;
  if (inherit == Inherit::Yes && entry->attributes.inherit == Inherit::Yes) return value;
  return names_console(parent, {value}) ? own : 0;
}

// What OBJECT_ATTRIBUTES, which may be absent, say of a handle.
mm::Result<HandleAttributes> capture_handle_attributes(GuestMemory& memory, mm::VirtualAddress at) {
  if (at.value == 0) return HandleAttributes{};
  const auto attributes = capture_object_attributes(memory, at);
  if (!attributes) return mm::fail(attributes.error());
  return attributes->handle();
}

struct NewHandles {
  HandleAttributes process, thread;
  mm::VirtualAddress client_id{};
};

NtStatus answer(ServiceCall& call, const StartedProgram& started, const NewHandles& wanted) {
  const auto process = call.handles.open(*started.process, call.word(2), wanted.process);
  if (!process) return process.error();
  const auto thread = call.handles.open(*started.thread, call.word(3), wanted.thread);
  if (!thread) {
    call.handles.close(*process);
    return thread.error();
  }
  NtStatus status = call.memory.store(call.pointer(0), process->value);
  if (status == NtStatus::Success) status = call.memory.store(call.pointer(1), thread->value);
  if (status == NtStatus::Success && wanted.client_id.value != 0)
    status = call.memory.store(wanted.client_id, abi::ClientId{started.process->id(), started.thread->id()});
  return status;
}

}  // namespace

// process*, thread*, process access, thread access, process attributes, thread attributes, process flags,
// thread flags, parameters, create info, attribute list.
ServiceResult NtCreateUserProcess(ServiceCall& call, Processes& processes, Threads& threads) {
  for (const size_t result : {0u, 1u})
    if (const NtStatus probed = call.memory.probe_for_write(call.pointer(result), 4);
        probed != NtStatus::Success)
      return probed;
  const auto attributes = capture_attributes(call.memory, call.pointer(10));
  if (!attributes) return attributes.error();
  const auto process_handle = capture_handle_attributes(call.memory, call.pointer(4));
  if (!process_handle) return process_handle.error();
  const auto thread_handle = capture_handle_attributes(call.memory, call.pointer(5));
  if (!thread_handle) return thread_handle.error();
  auto program = capture_parameters(call.memory, call.pointer(8));
  if (!program) return program.error();
  if (!attributes->image_name.empty()) program->request.image_path = attributes->image_name;
  ImageLoader* loader = processes.image_loader();
  if (loader == nullptr) return NtStatus::ObjectNameNotFound;

  const Inherit inherit = (call.word(6) & PAGEWALK_PROCESS_INHERIT_HANDLES) != 0 ? Inherit::Yes : Inherit::No;
  const HandleTable& handles = call.handles;
  const StandardHandles standard{child_handle(handles, program->handles.input, kStandardInput, inherit),
                                 child_handle(handles, program->handles.output, kStandardOutput, inherit),
                                 child_handle(handles, program->handles.error, kStandardError, inherit)};
  const auto started = loader->start_child(call.process, program->request, standard, inherit);
  if (!started) return started.error();
  started->process->parent_id = call.process.id();
  if (attributes->priority_class)
    processes.set_priority_class(*started->process, *attributes->priority_class);
  if ((call.word(7) & PAGEWALK_THREAD_CREATE_SUSPENDED) != 0) (void)threads.suspend(*started->thread);
  const NtStatus status = answer(call, *started, {*process_handle, *thread_handle, attributes->client_id});
  if (status != NtStatus::Success)
    processes.end(*started->process, {ProcessEnd::Kind::Exited, static_cast<uint32_t>(status)});
  return status;
}

ServiceResult NtOpenProcess(ServiceCall& call, Processes& processes) {
  if (const NtStatus probed = call.memory.probe_for_write(call.pointer(0), 4); probed != NtStatus::Success)
    return probed;
  const auto attributes = capture_object_attributes(call.memory, call.pointer(2));
  if (!attributes) return attributes.error();
  const auto client = call.memory.load<abi::ClientId>(call.pointer(3));
  if (!client) return client.error();
  const auto& known = processes.all();
  // The two lowest bits of an id mean nothing, as those of a handle.
  const auto found = std::find_if(known.begin(), known.end(), [&](const auto& process) {
    return process->running() && process->id() == (client->UniqueProcess & ~3u);
  });
  if (found == known.end()) return NtStatus::InvalidCid;
  const auto handle = call.handles.open(**found, call.word(1), attributes->handle());
  if (!handle) return handle.error();
  return call.memory.store(call.pointer(0), handle->value);
}

}  // namespace emu::services
