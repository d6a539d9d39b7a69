#include "emulator/cli/translate.h"

#include <CLI/CLI.hpp>
#include <charconv>
#include <iostream>
#include <memory>
#include <optional>

#include "emulator/cli/exit_code.h"
#include "emulator/cli/translate_image.h"
#include "mm/inspect/translation.h"

namespace emu {
namespace {

constexpr int kTranslated = 0;
constexpr int kNotTranslated = 1;
constexpr mm::x86::PagingMode kMode = mm::x86::PagingMode::ThirtyTwoBit;

// Hexadecimal with 0x, else decimal; at most `highest`.
std::optional<uint32_t> parse_number(const std::string& text, uint32_t highest) {
  const bool is_hexadecimal = text.starts_with("0x") || text.starts_with("0X");
  const char* const begin = text.data() + (is_hexadecimal ? 2 : 0);
  const char* const end = text.data() + text.size();
  uint32_t number = 0;
  const auto [stop, error] = std::from_chars(begin, end, number, is_hexadecimal ? 16 : 10);
  if (error != std::errc{} || stop != end || number > highest) return std::nullopt;
  return number;
}

int cannot_run(std::ostream& errors, const std::string& why) {
  errors << "pagewalk: translate: " << why << '\n';
  return exit_code::kFailure;
}

}  // namespace

int translate(const TranslateArguments& arguments, std::ostream& out, std::ostream& errors) {
  const auto directory = parse_number(arguments.directory, mm::x86::highest_frame(kMode).value());
  if (!directory) {
    return cannot_run(errors,
                      "--cr3 " + arguments.directory +
                          ": not a page frame number (0 to 0xfffff; hexadecimal with 0x, else decimal)");
  }
  const auto address = parse_number(arguments.address, UINT32_MAX);
  if (!address) {
    return cannot_run(
        errors, arguments.address + ": not a 32-bit linear address (hexadecimal with 0x, else decimal)");
  }
  const MemoryImage image(arguments.image);
  if (!image.error().empty()) return cannot_run(errors, image.error());
  const mm::PageFrameNumber frame(*directory);
  if (!image.contains(frame)) {
    return cannot_run(errors, "--cr3 " + arguments.directory +
                                  ": the page directory lies outside the image " + arguments.image +
                                  ", which has " + std::to_string(image.size()) + " bytes");
  }
  const mm::x86::Walk walk = mm::x86::walk(image, {kMode, frame}, {*address});
  if (!image.error().empty()) return cannot_run(errors, image.error());
  out << mm::translation_text({*address}, walk, mm::Vads::Unknown);
  return walk.present() ? kTranslated : kNotTranslated;
}

void add_translate_command(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<TranslateArguments>();
  CLI::App* command = app.add_subcommand("translate", "Tell a translation step by step from a memory image");
  command->footer(
      "Numbers are hexadecimal with 0x, else decimal. Exit code: 0 when the address has a physical\n"
      "address, 1 when the walk ends in a page fault or outside the image, 125 for an unusable argument or "
      "image.");
  command->add_option("--cr3", arguments->directory, "Page frame number of the page directory (CR3 >> 12)")
      ->required()
      ->type_name("FRAME");
  command->add_option("--image", arguments->image, "Raw memory image; may be sparse; paging without PAE")
      ->required()
      ->type_name("FILE");
  command->add_option("address", arguments->address, "Linear address")->required()->type_name("ADDRESS");
  command->callback([arguments, &exit_code] { exit_code = translate(*arguments, std::cout, std::cerr); });
}

}  // namespace emu
