#include "emulator/loader/process_block.h"

#include <cstring>
#include <string_view>

#include "emulator/loader/utf16.h"
#include "guest/abi/structures.h"

namespace emu {
namespace {

using namespace std::string_view_literals;

constexpr uint32_t kNormalized = 1;
constexpr size_t kLongestString = 0xFFFE / sizeof(char16_t) - 1;  // characters that a UNICODE_STRING can hold

class Block {
 public:
  explicit Block(mm::VirtualAddress base) : base_(base), bytes_(sizeof(abi::ProcessParameters)) {}

  uint32_t append(std::u16string_view text) {
    const auto at = bytes_.size();
    bytes_.resize(at + text.size() * sizeof(char16_t));
    std::memcpy(bytes_.data() + at, text.data(), text.size() * sizeof(char16_t));
    return base_.value + static_cast<uint32_t>(at);
  }

  // With a terminator that its length does not count; what is too long for a UNICODE_STRING is cut off.
  abi::UnicodeString string(std::string_view utf8) {
    std::u16string text = to_utf16(utf8);
    text.resize(std::min(text.size(), kLongestString));
    const auto length = static_cast<uint16_t>(text.size() * sizeof(char16_t));
    text.push_back(0);
    const auto maximum = static_cast<uint16_t>(text.size() * sizeof(char16_t));
    return {length, maximum, append(text)};
  }

  std::vector<std::byte> finish(abi::ProcessParameters parameters) {
    parameters.MaximumLength = parameters.Length = static_cast<uint32_t>(bytes_.size());
    std::memcpy(bytes_.data(), &parameters, sizeof parameters);
    return std::move(bytes_);
  }

 private:
  mm::VirtualAddress base_;
  std::vector<std::byte> bytes_;
};

}  // namespace

std::u16string default_environment() {
  constexpr std::string_view kVariables[] = {
      "COMPUTERNAME=PAGEWALK",
      "NUMBER_OF_PROCESSORS=1",
      "OS=Windows_NT",
      "Path=C:\\Windows\\system32;C:\\Windows",
      "PROCESSOR_ARCHITECTURE=x86",
      "SystemDrive=C:",
      "SystemRoot=C:\\Windows",
      "TEMP=C:\\Temp",
      "TMP=C:\\Temp",
      "USERNAME=guest",
      "windir=C:\\Windows",
  };
  std::u16string block;
  for (const std::string_view variable : kVariables) block += to_utf16(variable) + u'\0';
  return block + u'\0';
}

std::vector<std::byte> process_parameters(const ProgramRequest& program, const StandardHandles& handles,
                                          mm::VirtualAddress base) {
  Block block(base);
  abi::ProcessParameters parameters{};
  parameters.Flags = kNormalized;
  parameters.StandardInput = handles.input;
  parameters.StandardOutput = handles.output;
  parameters.StandardError = handles.error;
  parameters.CurrentDirectory = block.string(program.current_directory);
  parameters.DllPath = block.string("C:\\Windows\\system32;C:\\Windows");
  parameters.ImagePathName = block.string(program.image_path);
  parameters.CommandLine = block.string(program.command_line);
  parameters.WindowTitle = block.string(program.image_path);
  parameters.Environment = block.append(program.environment);
  return block.finish(parameters);
}

}  // namespace emu
