#include "emulator/debugger/symbols/coff_file.h"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>

#include "tests/emulator/loader/image_builder.h"

namespace emu::debugger {
namespace {

using test::ImageBuilder;

// A COFF symbol table at the end of an image, record by record.
class TableBuilder {
 public:
  static constexpr uint32_t kAt = 0xA00;  // the size of the image

  TableBuilder& symbol(std::string_view name, uint32_t value, int16_t section, uint16_t type, uint8_t storage,
                       uint8_t auxiliary = 0) {
    std::string record(18, '\0');
    if (name.size() <= 8) {
      name.copy(record.data(), 8);
    } else {
      put(record, 4, static_cast<uint32_t>(4 + strings_.size()));
      strings_ += std::string(name) + '\0';
    }
    put(record, 8, value);
    put(record, 12, section);
    put(record, 14, type);
    put(record, 16, storage);
    put(record, 17, auxiliary);
    records_ += record + std::string(size_t{18} * auxiliary, '\0');
    return *this;
  }

  std::vector<std::byte> image() const {
    ImageBuilder builder;
    builder.set(ImageBuilder::kFileHeader, &pe::FileHeader::symbol_table, kAt);
    builder.set(ImageBuilder::kFileHeader, &pe::FileHeader::symbol_count, records_.size() / 18);
    std::string size(4, '\0');
    put(size, 0, static_cast<uint32_t>(4 + strings_.size()));
    const std::string table = records_ + size + strings_;
    auto bytes = builder.bytes();
    REQUIRE(bytes.size() == kAt);
    const auto more = std::as_bytes(std::span(table));
    bytes.insert(bytes.end(), more.begin(), more.end());
    return bytes;
  }

 private:
  template <class T>
  static void put(std::string& record, size_t at, T value) {
    std::memcpy(record.data() + at, &value, sizeof value);
  }

  std::string records_, strings_;
};

TableBuilder sample() {
  TableBuilder table;
  table.symbol(".file", 0, -2, 0, 103, 1)
      .symbol("_main", 4, 1, 0x20, 2)
      .symbol("_a_name_of_more_than_eight@12", 8, 1, 0x20, 2)
      .symbol(".text", 0, 1, 0, 3, 1)
      .symbol("_hidden", 0x10, 1, 0x20, 3, 1)
      .symbol("_data", 0x27ff, 2, 0, 2)
      .symbol("_outside", 0x2801, 2, 0, 2)
      .symbol("_nowhere", 0, 0, 0x20, 2)
      .symbol("_absolute", 5, -1, 0, 2)
      .symbol("_section9", 0, 9, 0, 2);
  return table;
}

TEST_CASE("symbols in sections are read with long names, the others left out") {
  const auto bytes = sample().image();
  const CoffFile file(bytes);
  REQUIRE(file.sections().size() == 3);
  CHECK(file.sections()[1].name == ".data");
  const auto symbols = file.symbols();
  REQUIRE(symbols.size() == 4);
  CHECK(symbols[0] ==
        Symbol{"main", "_main", 0x1004, SymbolKind::Function, SymbolScope::Public, SymbolSource::Coff});
  CHECK(symbols[1].name == "a_name_of_more_than_eight");
  CHECK(symbols[1].decorated == "_a_name_of_more_than_eight@12");
  CHECK(symbols[2] ==
        Symbol{"hidden", "_hidden", 0x1010, SymbolKind::Function, SymbolScope::Local, SymbolSource::Coff});
  CHECK(symbols[3].address == 0x47ff);
}

TEST_CASE("a table that is cut short gives the names before the cut") {
  const auto bytes = sample().image();
  size_t most = 0;
  for (size_t size = TableBuilder::kAt; size <= bytes.size(); ++size) {
    const auto part = std::span(bytes).first(size);
    const CoffFile file(part);
    const size_t count = file.symbols().size();
    CHECK(count <= 4);
    most = std::max(most, count);
  }
  CHECK(most == 4);
  for (size_t size = 0; size < TableBuilder::kAt; ++size)
    CHECK(CoffFile(std::span(bytes).first(size)).symbols().empty());
}

TEST_CASE("a table that names one long string again and again takes no more room than the file") {
  TableBuilder table;
  table.symbol("_" + std::string(4000, 'x'), 0, 1, 0, 2);
  for (int i = 0; i < 1000; ++i) table.symbol("_y", 0, 1, 0, 2);
  auto bytes = table.image();
  for (size_t at = TableBuilder::kAt + 18; at < TableBuilder::kAt + 18 * 1001; at += 18)
    std::copy_n(bytes.begin() + TableBuilder::kAt, 18, bytes.begin() + static_cast<std::ptrdiff_t>(at));
  size_t total = 0;
  for (const Symbol& symbol : CoffFile(bytes).symbols()) total += symbol.decorated.size();
  CHECK(total > 0);
  CHECK(total <= bytes.size());
}

}  // namespace
}  // namespace emu::debugger
