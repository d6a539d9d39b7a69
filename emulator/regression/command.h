// `pagewalk test PATH...`: runs scenarios and reports.
#pragma once

namespace CLI {
class App;
}

namespace emu {

// Adds the command. When it ran, `exit_code` is 0 if every scenario passed, 1 if one failed, 125 if one could
// not be read or no scenario was found.
void add_test_command(CLI::App& app, int& exit_code);

}  // namespace emu
