#include "emulator/debugger/gdb/protocol/target_description.h"

#include <array>
#include <string_view>

#include "emulator/debugger/gdb/protocol/register_map.h"
#include "emulator/debugger/gdb/protocol/xml_text.h"

namespace emu::debugger::gdb {
namespace {

using pugi::xml_node;

struct Flag {
  const char* name;
  unsigned bit;
};

// Intel SDM volume 1, figure 3-8.
constexpr std::array kEflags = std::to_array<Flag>({{"CF", 0},
                                                    {"PF", 2},
                                                    {"AF", 4},
                                                    {"ZF", 6},
                                                    {"SF", 7},
                                                    {"TF", 8},
                                                    {"IF", 9},
                                                    {"DF", 10},
                                                    {"OF", 11},
                                                    {"NT", 14},
                                                    {"RF", 16},
                                                    {"VM", 17},
                                                    {"AC", 18},
                                                    {"VIF", 19},
                                                    {"VIP", 20},
                                                    {"ID", 21}});
// Intel SDM volume 1, figure 10-3.
constexpr std::array kMxcsr = std::to_array<Flag>({{"IE", 0},
                                                   {"DE", 1},
                                                   {"ZE", 2},
                                                   {"OE", 3},
                                                   {"UE", 4},
                                                   {"PE", 5},
                                                   {"DAZ", 6},
                                                   {"IM", 7},
                                                   {"DM", 8},
                                                   {"ZM", 9},
                                                   {"OM", 10},
                                                   {"UM", 11},
                                                   {"PM", 12},
                                                   {"FZ", 15}});

template <size_t N>
void add_flags(xml_node feature, const char* id, const std::array<Flag, N>& flags) {
  xml_node type = feature.append_child("flags");
  type.append_attribute("id") = id;
  type.append_attribute("size") = 4;
  for (const Flag& flag : flags) {
    xml_node field = type.append_child("field");
    field.append_attribute("name") = flag.name;
    field.append_attribute("start") = flag.bit;
    field.append_attribute("end") = flag.bit;
  }
}

// The ways to look at an XMM register.
struct View {
  const char* name;
  const char* vector;
  const char* element;
  unsigned count;
};
constexpr std::array kViews = std::to_array<View>({{"v4_float", "v4f", "ieee_single", 4},
                                                   {"v2_double", "v2d", "ieee_double", 2},
                                                   {"v16_int8", "v16i8", "int8", 16},
                                                   {"v8_int16", "v8i16", "int16", 8},
                                                   {"v4_int32", "v4i32", "int32", 4},
                                                   {"v2_int64", "v2i64", "int64", 2}});

void add_vector_type(xml_node feature) {
  for (const View& view : kViews) {
    xml_node vector = feature.append_child("vector");
    vector.append_attribute("id") = view.vector;
    vector.append_attribute("type") = view.element;
    vector.append_attribute("count") = view.count;
  }
  xml_node all = feature.append_child("union");
  all.append_attribute("id") = "vec128";
  const auto add = [&](const char* name, const char* type) {
    xml_node field = all.append_child("field");
    field.append_attribute("name") = name;
    field.append_attribute("type") = type;
  };
  for (const View& view : kViews) add(view.name, view.vector);
  add("uint128", "uint128");
}

void add_registers(xml_node feature, RegisterGroup group) {
  unsigned number = 0;
  for (const RegisterDescription& description : register_descriptions()) {
    if (description.group == group) {
      xml_node reg = feature.append_child("reg");
      reg.append_attribute("name") = std::string(description.name).c_str();
      reg.append_attribute("bitsize") = 8 * description.bytes;
      reg.append_attribute("type") = std::string(description.type).c_str();
      reg.append_attribute("regnum") = number;
    }
    ++number;
  }
}

xml_node add_feature(xml_node target, const char* name) {
  xml_node feature = target.append_child("feature");
  feature.append_attribute("name") = name;
  return feature;
}

std::string build() {
  pugi::xml_document document;
  document.append_child(pugi::node_doctype).set_value("target SYSTEM \"gdb-target.dtd\"");
  xml_node target = document.append_child("target");
  target.append_attribute("version") = "1.0";
  target.append_child("architecture").text() = "i386";
  // Not "Windows": a GDB built without it, as Debian's is, warns at every connection, and one built with it
  // knows Windows by the program's file. Not left out: the host's system would be taken for the guest's.
  target.append_child("osabi").text() = "none";

  xml_node core = add_feature(target, "org.gnu.gdb.i386.core");
  add_flags(core, "i386_eflags", kEflags);
  add_registers(core, RegisterGroup::Core);

  xml_node sse = add_feature(target, "org.gnu.gdb.i386.sse");
  add_vector_type(sse);
  add_flags(sse, "i386_mxcsr", kMxcsr);
  add_registers(sse, RegisterGroup::Sse);
  return to_text(document);
}

}  // namespace

const std::string& target_description() {
  static const std::string text = build();
  return text;
}

}  // namespace emu::debugger::gdb
