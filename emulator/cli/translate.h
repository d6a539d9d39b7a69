// `pagewalk translate --cr3 FRAME --image FILE ADDRESS`: tells a translation through the page tables in a raw
// memory image, step by step.
#pragma once

#include <ostream>
#include <string>

namespace CLI {
class App;
}

namespace emu {

// The arguments as the user typed them; numbers are hexadecimal with 0x, otherwise decimal.
struct TranslateArguments {
  std::string directory;  // a page frame number
  std::string image;
  std::string address;  // linear
};

// Writes the steps to `out`, or one line to `errors`. Returns the exit code: 0 if the address has a physical
// address within the image, 1 if the walk ends in a page fault or outside the image, 125 if the arguments or
// the image are unusable: an image without the page directory is.
int translate(const TranslateArguments& arguments, std::ostream& out, std::ostream& errors);

// Adds the command, which sets `exit_code` when it runs.
void add_translate_command(CLI::App& app, int& exit_code);

}  // namespace emu
