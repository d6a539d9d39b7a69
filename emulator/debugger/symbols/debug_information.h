// What an image's DWARF data says, in plain values without pointers into it. Addresses are RVAs; intervals
// are [begin, end) and not empty. Source: DWARF Debugging Information Format, versions 4 and 5.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace emu::debugger {

struct AddressInterval {
  uint32_t begin = 0, end = 0;

  bool contains(uint32_t address) const { return begin <= address && address < end; }
  bool operator==(const AddressInterval&) const = default;
};

// One row of a line table: `range` was generated for `line` of files[file].
struct LineRow {
  AddressInterval range;
  uint32_t file = 0;
  uint32_t line = 0;
};

// A DWARF expression, decoded (chapter 2.5). `offset` is where the operation began, for branches.
struct LocationOperation {
  uint8_t code = 0;  // DW_OP_
  uint64_t first = 0, second = 0;
  uint32_t offset = 0;
};
using LocationExpression = std::vector<LocationOperation>;

struct LocationEntry {
  std::optional<AddressInterval> range;  // none: everywhere
  LocationExpression expression;         // empty: optimized out
};

enum class TypeEncoding : uint8_t {
  Other,
  Signed,
  Unsigned,
  Character,          // with a sign
  UnsignedCharacter,  // without
  WideCharacter,      // of UTF-16
  Boolean,
  Float,
  Pointer,
  Aggregate
};

// Names a type of the module (debug_types.h): where its entry begins. 0: void.
enum class TypeId : uint32_t {};

struct VariableType {
  std::string name;   // "int", "struct point*", "char[16]"; "void" when there is none
  uint32_t size = 0;  // bytes; 0: not known
  TypeEncoding encoding = TypeEncoding::Other;
  TypeId id{};
};

enum class VariableKind : uint8_t { Parameter, Local, Global };

struct DebugVariable {
  std::string name;
  VariableKind kind = VariableKind::Local;
  VariableType type;
  std::vector<AddressInterval> scope;  // where the name is known; empty: in the whole function or module
  uint32_t depth = 0;                  // how many blocks lie around it: the deepest hides the others
  std::vector<LocationEntry> locations;
  std::optional<uint64_t> constant;  // instead of a location
};

struct DebugFunction {
  std::string name;
  std::vector<AddressInterval> ranges;
  std::vector<LocationEntry> frame_base;
  std::vector<DebugVariable> variables;  // parameters and locals, those of inlined functions too
};

// A function that the compiler put into its callers (DWARF 5, 3.3.8).
struct InlinedFunction {
  std::string name;
  std::string linkage_name;  // "_ZN2ns5Class6methodEv"; empty for C
  // One place where it begins (DW_AT_entry_pc, else as DW_AT_low_pc or the first of DW_AT_ranges); none for
  // the function itself, which is told of even when no place of it is left.
  std::optional<uint32_t> entry;
};

// How to find a register of the caller.
struct RegisterRule {
  enum class Kind : uint8_t {
    Undefined,
    SameValue,
    AtCfaPlus,       // in memory at CFA + offset
    CfaPlus,         // is CFA + offset
    InRegister,      // is register `reg`, plus offset (for the CFA)
    AtExpression,    // in memory where `expression` says
    ExpressionValue  // is what `expression` says
  };
  Kind kind = Kind::SameValue;
  uint32_t reg = 0;
  int32_t offset = 0;
  LocationExpression expression;
};

// DWARF's numbers of x86 registers (System V ABI, i386 supplement, figure 2.14).
namespace dwarf_register {
inline constexpr uint32_t kEax = 0, kEcx = 1, kEdx = 2, kEbx = 3, kEsp = 4, kEbp = 5, kEsi = 6, kEdi = 7,
                          kEip = 8;
inline constexpr uint32_t kCount = 9;
}  // namespace dwarf_register

struct UnwindRow {
  AddressInterval range;
  uint32_t function = 0;  // where the function begins
  RegisterRule cfa;
  std::vector<RegisterRule> registers;  // of dwarf_register::kCount

  // The caller did not call but was interrupted, and its registers lie in a CONTEXT
  // (guest/runtime/call_frames.h): a call leaves its return address at a fixed distance from the CFA.
  bool follows_interruption() const {
    return registers[dwarf_register::kEip].kind == RegisterRule::Kind::AtExpression;
  }
};

struct DebugInformation {
  std::vector<std::string> files;        // paths as the compiler wrote them, with '/'
  std::vector<LineRow> lines;            // by begin
  std::vector<DebugFunction> functions;  // by their first range's begin
  std::vector<DebugVariable> globals;    // by name
  std::vector<InlinedFunction> inlined;  // in the file's order
  std::vector<UnwindRow> unwind;         // by begin
};

}  // namespace emu::debugger
