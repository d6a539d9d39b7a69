// The line-number programs (DWARF 5, chapter 6.2).
#include <algorithm>
#include <map>
#include <string>

#include "emulator/debugger/symbols/dwarf_parts.h"

namespace emu::debugger {
namespace {

struct LineTable {
  Dwarf_Line_Context context = nullptr;
  Dwarf_Line* lines = nullptr;
  Dwarf_Signed count = 0;

  LineTable() = default;
  LineTable(const LineTable&) = delete;
  LineTable& operator=(const LineTable&) = delete;
  ~LineTable() {
    if (context != nullptr) dwarf_srclines_dealloc_b(context);
  }

  bool open(const Die& unit) {
    Dwarf_Unsigned version = 0;
    Dwarf_Small tables = 0;
    Dwarf_Error error = nullptr;
    return dwarf_srclines_b(unit.get(), &version, &tables, &context, &error) == DW_DLV_OK &&
           dwarf_srclines_from_linecontext(context, &lines, &count, &error) == DW_DLV_OK;
  }
};

struct Row {
  Dwarf_Addr address = 0;
  Dwarf_Unsigned line = 0, file = 0;
  Dwarf_Bool ends = 0;
};

bool read_row(Dwarf_Line line, Row& row) {
  Dwarf_Error error = nullptr;
  return dwarf_lineaddr(line, &row.address, &error) == DW_DLV_OK &&
         dwarf_lineno(line, &row.line, &error) == DW_DLV_OK &&
         dwarf_line_srcfileno(line, &row.file, &error) == DW_DLV_OK &&
         dwarf_lineendsequence(line, &row.ends, &error) == DW_DLV_OK;
}

std::string path_of(const DwarfSession& session, Dwarf_Line line) {
  char* text = nullptr;
  Dwarf_Error error = nullptr;
  if (dwarf_linesrc(line, &text, &error) != DW_DLV_OK || text == nullptr) return "?";
  std::string path(text);
  dwarf_dealloc(session.get(), text, DW_DLA_STRING);
  while (path.starts_with("./")) path.erase(0, 2);
  return path;
}

// Gives every path one number in the information, and remembers those of the unit's own numbers.
class FileNumbers {
 public:
  FileNumbers(const DwarfSession& session, DebugInformation& information)
      : session_(session), information_(information) {}

  uint32_t number(Dwarf_Line line, Dwarf_Unsigned in_unit) {
    const auto known = of_unit_.find(in_unit);
    if (known != of_unit_.end()) return known->second;
    const uint32_t number = of_path(path_of(session_, line));
    of_unit_[in_unit] = number;
    return number;
  }

 private:
  uint32_t of_path(const std::string& path) {
    auto& files = information_.files;
    const auto found = std::find(files.begin(), files.end(), path);
    const auto number = static_cast<uint32_t>(found - files.begin());
    if (found == files.end()) files.push_back(path);
    return number;
  }

  const DwarfSession& session_;
  DebugInformation& information_;
  std::map<Dwarf_Unsigned, uint32_t> of_unit_;
};

}  // namespace

void read_lines(const DwarfSession& session, const Die& unit, DebugInformation& information) {
  LineTable table;
  if (!table.open(unit)) return;
  FileNumbers files(session, information);
  Row row, next;
  for (Dwarf_Signed i = 0; i + 1 < table.count; ++i) {
    if (!read_row(table.lines[i], row) || !read_row(table.lines[i + 1], next)) return;
    // A row without length is overruled by the next one; line 0 says that no source line is to blame.
    const auto range = session.interval(row.address, next.address);
    if (row.ends != 0 || !range || row.line == 0) continue;
    information.lines.push_back(
        {*range, files.number(table.lines[i], row.file), static_cast<uint32_t>(row.line)});
  }
}

}  // namespace emu::debugger
