#include "emulator/loader/image_places.h"

#include <catch2/catch_test_macros.hpp>

namespace emu {
namespace {

constexpr uint32_t kBase = 0x10000000;
constexpr uint32_t kSize = 0x23000;  // three pieces of 64 KB

enum class Kind { Program, Dll };

ImageFile image(Kind kind, const std::string& name, uint32_t size = kSize, uint32_t base = kBase) {
  ImageFile file{name, {}, {}, "/somewhere/" + name};
  file.description.preferred_base = base;
  file.description.size = size;
  file.description.characteristics = kind == Kind::Dll ? pe::kFileDll : 0;
  file.description.dll_characteristics = pe::kDllDynamicBase;
  return file;
}

TEST_CASE("Without randomization images go where they prefer to be", "[places]") {
  AddressRandomizer off(std::nullopt);
  ImagePlaces places(off);
  CHECK(places.place(image(Kind::Dll, "a.dll")).value == kBase);
  CHECK(places.place(image(Kind::Program, "a.exe")).value == kBase);
}

TEST_CASE("An image that does not say that it may move, or has no relocations, stays", "[places]") {
  AddressRandomizer randomizer(1);
  ImagePlaces places(randomizer);
  ImageFile fixed = image(Kind::Dll, "a.dll");
  fixed.description.dll_characteristics = 0;
  CHECK(places.place(fixed).value == kBase);
  ImageFile stripped = image(Kind::Program, "a.exe");
  stripped.description.characteristics |= pe::kFileRelocationsStripped;
  CHECK(places.place(stripped).value == kBase);
}

TEST_CASE("A DLL has one place, below the DLL that came before", "[places]") {
  AddressRandomizer randomizer(1);
  const uint32_t bias = AddressRandomizer(1).dll_bias();
  ImagePlaces places(randomizer);
  const auto first = places.place(image(Kind::Dll, "a.dll"));
  const auto second = places.place(image(Kind::Dll, "b.dll"));
  CHECK(first.value == 0x78000000 - bias - 0x30000);
  CHECK(second.value == first.value - 0x30000);
  CHECK(places.place(image(Kind::Dll, "a.dll")) == first);
  CHECK(places.place(image(Kind::Dll, "b.dll")) == second);
  // The file has been changed meanwhile.
  CHECK(places.place(image(Kind::Dll, "a.dll", 0x50000)).value == second.value - 0x50000);
}

TEST_CASE("When their range is used up, DLLs are moved as programs are", "[places]") {
  AddressRandomizer randomizer(1), twin(1);
  (void)twin.dll_bias();
  ImagePlaces places(randomizer);
  CHECK(places.place(image(Kind::Dll, "huge.dll", 0x27000000)).value >= 0x50000000);
  CHECK(places.place(image(Kind::Dll, "more.dll", 0x01000000)).value == kBase + twin.program_shift());
}

TEST_CASE("A program has one place, and stays in user space", "[places]") {
  AddressRandomizer randomizer(1), twin(1);
  ImagePlaces places(randomizer);
  (void)twin.dll_bias();
  const uint32_t first = kBase + twin.program_shift();
  for (int i = 0; i < 3; ++i) CHECK(places.place(image(Kind::Program, "a.exe")).value == first);
  CHECK(places.place(image(Kind::Program, "other.exe")).value == kBase + twin.program_shift());
  const uint32_t high = 0x7FE00000;
  CHECK(places.place(image(Kind::Program, "b.exe", kSize, high)).value == high - twin.program_shift());
}

}  // namespace
}  // namespace emu
