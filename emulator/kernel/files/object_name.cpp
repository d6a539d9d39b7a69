#include "emulator/kernel/files/object_name.h"

#include <optional>
#include <utility>

#include "emulator/kernel/files/names.h"

namespace emu {
namespace {

using mm::NtStatus;
using Device = ObjectName::Device;

constexpr std::u16string_view kDosFolders[] = {u"\\??\\", u"\\DosDevices\\", u"\\GLOBAL??\\"};

constexpr std::u16string_view kVolumeName = u"Volume{50475657-0000-0000-0000-100000000000}";

struct NamedDevice {
  std::u16string_view name;
  Device device;
};
constexpr NamedDevice kDosDevices[] = {
    {u"C:", Device::Volume},   {kVolumeName, Device::Volume},     {u"NUL", Device::Null},
    {u"CON", Device::Console}, {u"CONIN$", Device::ConsoleInput}, {u"CONOUT$", Device::ConsoleOutput}};
constexpr NamedDevice kDevices[] = {{u"HarddiskVolume1", Device::Volume}, {u"Null", Device::Null}};
constexpr std::u16string_view kDeviceFolder = u"\\Device\\";

bool drop_prefix(std::u16string_view& name, std::u16string_view prefix) {
  if (!equal_but_for_case(name.substr(0, prefix.size()), prefix)) return false;
  name.remove_prefix(prefix.size());
  return true;
}

bool drop_folder(std::u16string_view& name) {
  for (const auto folder : kDosFolders)
    if (drop_prefix(name, folder)) return true;
  return false;
}

template <size_t N>
std::optional<Device> device_of(const NamedDevice (&devices)[N], std::u16string_view name) {
  for (const NamedDevice& known : devices)
    if (equal_but_for_case(known.name, name)) return known.device;
  return std::nullopt;
}

// `rest`: what follows the device, a backslash first or nothing.
mm::Result<ObjectName> on_device(std::optional<Device> device, std::u16string_view rest) {
  if (!device) return mm::fail(rest.empty() ? NtStatus::ObjectNameNotFound : NtStatus::ObjectPathNotFound);
  ObjectName name;
  name.device = *device;
  if (*device != Device::Volume)
    return rest.empty() ? mm::Result<ObjectName>(name) : mm::fail(NtStatus::ObjectNameNotFound);
  if (!rest.empty()) return parse_relative_name(rest.substr(1));
  name.raw = true;
  return name;
}

}  // namespace

mm::Result<ObjectName> parse_relative_name(std::u16string_view name) {
  ObjectName parsed;
  while (!name.empty()) {
    const size_t end = std::min(name.find(u'\\'), name.size());
    const std::u16string_view part = name.substr(0, end);
    if (!valid_name(part)) return mm::fail(NtStatus::ObjectNameInvalid);
    parsed.path.emplace_back(part);
    const bool separated = end < name.size();
    name.remove_prefix(separated ? end + 1 : end);
    if (separated && name.empty()) parsed.ending = ObjectName::Ending::Separator;
  }
  return parsed;
}

mm::Result<ObjectName> parse_object_name(std::u16string_view name) {
  if (name.empty() || name.front() != u'\\') return mm::fail(NtStatus::ObjectPathSyntaxBad);
  const auto split = [](std::u16string_view text) {
    const size_t end = std::min(text.find(u'\\'), text.size());
    return std::pair(text.substr(0, end), text.substr(end));
  };
  if (drop_folder(name)) {
    const auto [device, rest] = split(name);
    return on_device(device_of(kDosDevices, device), rest);
  }
  if (drop_prefix(name, kDeviceFolder)) {
    const auto [device, rest] = split(name);
    return on_device(device_of(kDevices, device), rest);
  }
  const bool nested = name.find(u'\\', 1) != std::u16string_view::npos;
  return mm::fail(nested ? NtStatus::ObjectPathNotFound : NtStatus::ObjectNameNotFound);
}

}  // namespace emu
