#include "emulator/board/board.h"

#include <utility>

#include "emulator/board/guest_ram.h"
#include "emulator/cpu/cpu.h"
#include "emulator/mmu/mmu.h"

namespace emu {

tl::expected<std::unique_ptr<Board>, std::string> Board::create(const BoardConfiguration& configuration) {
  auto ram = GuestRam::map(configuration.ram);
  if (!ram) return tl::unexpected(ram.error());
  if (!Cpu::host_has_room()) return tl::unexpected(std::string("the host has no memory for translated code"));
  return std::unique_ptr<Board>(new Board(configuration, std::move(*ram)));
}

Board::Board(const BoardConfiguration& configuration, GuestRam ram)
    : pages_(std::make_unique<GuestRam>(std::move(ram))),
      ram_(pages_->memory()),
      clock_(configuration.clock),
      mmu_(std::make_unique<Mmu>(ram_)),
      cpu_(std::make_unique<Cpu>(ram_, *mmu_)) {}

Board::~Board() = default;

void Board::connect(FaultHandler& handler) { mmu_->connect(handler); }

}  // namespace emu
