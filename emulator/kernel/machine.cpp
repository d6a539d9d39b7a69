#include "emulator/kernel/machine.h"

#include <utility>

#include "emulator/kernel/files/console.h"
#include "emulator/kernel/kernel.h"

namespace emu {

Machine::Machine(std::unique_ptr<Board> board, std::unique_ptr<Kernel> kernel)
    : board_(std::move(board)), kernel_(std::move(kernel)) {}

Machine::~Machine() = default;

Machine::RunEnd Machine::run() { return kernel_->run(); }

tl::expected<std::unique_ptr<Machine>, std::string> Machine::create(const MachineConfiguration& configuration,
                                                                    std::unique_ptr<Console> console) {
  auto board = Board::create(configuration);
  if (!board) return tl::unexpected(board.error());
  auto kernel = Kernel::create(**board, configuration, std::move(console));
  if (!kernel) return tl::unexpected(kernel.error());
  return std::unique_ptr<Machine>(new Machine(std::move(*board), std::move(*kernel)));
}

}  // namespace emu
