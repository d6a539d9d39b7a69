#include "emulator/kernel/machine.h"

#include <utility>

#include "emulator/kernel/files/console.h"

namespace emu {

tl::expected<std::unique_ptr<Machine>, std::string> Machine::create(const MachineConfiguration& configuration,
                                                                    std::unique_ptr<Console> console) {
  auto board = Board::create(configuration);
  if (!board) return tl::unexpected(board.error());
  auto kernel = Kernel::create(**board, configuration, std::move(console));
  if (!kernel) return tl::unexpected(kernel.error());
  return std::unique_ptr<Machine>(new Machine(std::move(*board), std::move(*kernel)));
}

}  // namespace emu
