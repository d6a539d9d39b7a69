// `pagewalk debug`: runs a program under the debugger.
#pragma once

namespace CLI {
class App;
}

namespace emu {

// Adds the command, which sets `exit_code` when it runs.
void add_debug_command(CLI::App& app, int& exit_code);

}  // namespace emu
