#include <algorithm>
#include <cctype>

#include "emulator/debugger/commands/handlers.h"
#include "emulator/debugger/session/command.h"

namespace emu::debugger {
namespace {

using namespace commands;
using Glued = Command::Glued;
using Takes = Command::Takes;

// clang-format off
constexpr Command kCommands[] = {
    {"g", "g [ADDRESS]", "Runs on, or to an address; passes an exception to the guest.", "g main", go},
    {"gh", "gh", "Runs on as if the exception had been handled.", "gh", go_handled},
    {"gn", "gn", "Runs on and passes the exception to the guest.", "gn", go_not_handled},
    {"gu", "gu", "Runs until this function returns; in a fault or service, to its end.", "gu", go_up},
    {"p", "p [COUNT]", "Steps over calls, and shows each step; in a fault, to its end.", "p 3", step_over},
    {"t", "t [COUNT]", "Steps instruction by instruction, and shows each; in a fault, stage by stage.", "t", step_into},
    {"pt", "pt", "Steps over calls until the next instruction is a return.", "pt", step_to_return},
    {"bp", "bp [/1] [/a] [/t ID] [ADDRESS [PASSES]] [\"COMMANDS\"]", "Halts at code, without an address where the thread stands; where there is a breakpoint it is redefined.", "bp hello!main \"k; g\"", break_at_code, Glued::Yes},
    {"bu", "bu [/1] [/a] [/t ID] [ADDRESS [PASSES]] [\"COMMANDS\"]", "The same by name: its module may come later, go and come again.", "bu later!entry", break_by_name, Glued::Yes},
    {"ba", "ba [/1] e|r|w SIZE [/p] ADDRESS [PASSES] [\"COMMANDS\"]", "Halts behind an access to memory; 1000 bytes are a page; /p: physical.", "ba w 4 counter", break_on_access, Glued::Yes},
    {"bf", "bf [/1] [/a] [KIND...] [RANGE | vad ADDRESS] [\"COMMANDS\"]", "Halts at a page fault, before the memory manager acts: any, demand-zero, transition, pagefile, guard, av, soft, hard, table.", "bf demand-zero 80000 L1b000", break_on_fault},
    {"bv", "bv [/1] [/a] SERVICE|*", "Halts where a service begins.", "bv NtAllocateVirtualMemory", break_at_service},
    {"bl", "bl", "Lists breakpoints.", "bl", list_breakpoints},
    {"bc", "bc *|NUMBER[-NUMBER]...", "Clears breakpoints; blanks or commas separate their numbers, which are decimal.", "bc 0 2-4", clear_breakpoints},
    {"bd", "bd *|NUMBER[-NUMBER]...", "Disables breakpoints.", "bd *", disable_breakpoints},
    {"be", "be *|NUMBER[-NUMBER]...", "Enables breakpoints.", "be 1", enable_breakpoints},
    {"sx", "sx", "Lists which exceptions and events halt.", "sx", list_filters},
    {"sxe", "sxe EVENT[:MODULE]|CODE|*", "Halts at an event or an exception's first chance; ld and ud also for one module; * are the exceptions without a name.", "sxe ld:msvcrt", filter_break},
    {"sxd", "sxd EVENT[:MODULE]|CODE|*", "Halts at an exception's second chance only.", "sxd av", filter_second_chance},
    {"sxn", "sxn EVENT[:MODULE]|CODE|*", "Does not halt.", "sxn gp", filter_ignore},
    {"sxi", "sxi EVENT[:MODULE]|CODE|*", "Does not halt.", "sxi epr", filter_ignore},
    {"r", "r[F|X] [REGISTER[:FORMAT][=VALUE],...]", "Shows or sets registers; F: of the x87 unit (st0), X: of SSE (xmm0:16ub); $t0 to $t19 are the user's own.", "r eax=0n10, $t0=@esp", registers, Glued::Yes},
    {"k", "k [COUNT]", "Shows the stack.", "k 5", stack},
    {"kn", "kn [COUNT]", "Shows the stack with the frames' numbers.", "kn", stack_with_numbers},
    {"kv", "kv [COUNT]", "Shows the stack as kb does, and how each caller was found.", "kv", stack_with_methods},
    {"kb", "kb [COUNT]", "Shows the stack with the words where arguments lie.", "kb", stack_with_arguments},
    {".frame", ".frame [NUMBER]", "Looks at a caller's frame.", ".frame 1", frame},
    {"dv", "dv [/t] [/v] [PATTERN]", "Shows the frame's variables; /t: with their types, /v: with where they are.", "dv /t a*", variables},
    {"dt", "dt [-r[DEPTH]] [-a[COUNT]] [-b] [-o] [-t] [-v] [MODULE!]NAME [FIELD...] [ADDRESS] [-l FIELD]", "Shows a type, or what a variable or the object at an address holds; * lists names; -r: opens structures and pointers, -a: arrays, -l: goes along a list.", "dt -r1 types_tour!Node", display_type},
    {"u", "u [RANGE]", "Disassembles, on from where the last u ended; . is where the thread stands.", "u main L5", unassemble},
    {"ub", "ub [ADDRESS] [LCOUNT]", "Disassembles what stands before.", "ub @eip", unassemble_backwards},
    {"uf", "uf [ADDRESS]", "Disassembles a function.", "uf main", unassemble_function},
    {"d", "d[a|b|c|d|p|q|u|w|ds|ps] [RANGE]", "Shows memory; bytes that cannot be read are question marks; dds and dps with the names of what words point to.", "dps @esp L8", dump, Glued::Yes},
    {"e", "e[b|d|w|q|a|u|za|zu] ADDRESS VALUE...", "Changes memory; a, u: a text, in ASCII or UTF-16, with z and the zero behind it.", "ed @esp 1 2", enter, Glued::Yes},
    {"s", "s [-b|-w|-d|-a|-u] RANGE PATTERN", "Searches memory.", "s -a 400000 L10000 \"PE\"", search},
    {"ln", "ln [ADDRESS]", "Shows the nearest symbol, and the next.", "ln @eip", nearest},
    {"lm", "lm[v] [m PATTERN] [a ADDRESS]", "Lists modules; v: with more of each.", "lmv m kernel*", modules, Glued::Yes},
    {"x", "x [/t] [MODULE!]PATTERN", "Lists symbols; /t: with the types of data.", "x ntdll!Rtl*Heap", match_symbols},
    {"~", "~ [NUMBER|*|.|#] [s|f|u|n|m|COMMAND]", "Lists threads; s: looks at one; f, u: freezes, unfreezes; n, m: suspends, resumes; or a command is about them.", "~*k", threads, Glued::Yes},
    {"|", "| [NUMBER|*|.|#] [s]", "Lists processes, or looks at one.", "|0s", processes, Glued::Yes},
    {".process", ".process [ID]", "Looks at the process with that id.", ".process 4", set_process},
    {".thread", ".thread [ID]", "Looks at the thread with that id.", ".thread 8", set_thread},
    {".exr", ".exr -1|ADDRESS", "Shows an exception record, -1: the last.", ".exr -1", exception_record},
    {".cxr", ".cxr [ADDRESS]", "Looks at the registers of a CONTEXT; without an address, at the thread's own.", ".cxr @esp+20", context_record},
    {".lastevent", ".lastevent", "Says again why the guest stands still.", ".lastevent", last_event},
    {".pagein", ".pagein ADDRESS", "Brings a page in, as if the process had read it.", ".pagein 80000", page_in},
    {".formats", ".formats EXPRESSION", "Shows a number in every form.", ".formats 0n100", formats},
    {"?", "? EXPRESSION", "Evaluates an expression.", "? poi(@esp)+4", evaluate_expression, Glued::Yes},
    {".echo", ".echo TEXT", "Prints the text.", ".echo here", echo},
    {"$<", "$<FILE", "Runs the lines of a file.", "$<tour.dbg", run_script, Glued::Yes, Takes::Line},
    {".logopen", ".logopen FILE", "Writes what is shown to a file, too.", ".logopen session.txt", open_log},
    {".logclose", ".logclose", "Ends that.", ".logclose", close_log},
    {"why", "why [ADDRESS]", "Explains the last fault, or an address: its walk, its VAD, what was done, what it cost.", "why 80000", why},
    {"faults", "faults [/a] [m MODULE] [RANGE] [COUNT]", "Lists the last faults; m: that a module made or that its pages took, RANGE: in those pages; /a: the loader's, too.", "faults m kernel32 5", fault_history},
    {"!pte", "!pte ADDRESS", "Shows the entries that map an address.", "!pte 80000", page_table_entry},
    {"!vad", "!vad [ADDRESS]", "Shows the tree of VADs, or the one that holds an address.", "!vad", vads},
    {"!vm", "!vm", "Shows commit, lists and the paging file of the machine.", "!vm", virtual_memory},
    {"!pfn", "!pfn FRAME", "Shows what the PFN database knows of a frame.", "!pfn 3", page_frame},
    {"!address", "!address [ADDRESS]", "Shows the regions of the address space, and what each is.", "!address @esp", address},
    {"!memusage", "!memusage", "Shows the page lists, and who has the frames.", "!memusage", memory_use},
    {"!wsle", "!wsle [ADDRESS]", "Shows the working set.", "!wsle", working_set},
    {"!vtop", "!vtop [DIRECTORY] ADDRESS", "Translates an address step by step; of the process with that page directory (its frame), 0: of the one looked at.", "!vtop 80000", virtual_to_physical},
    {"!ptov", "!ptov FRAME", "Shows which addresses a frame is mapped at.", "!ptov 3", physical_to_virtual},
    {"!process", "!process [ID [FLAGS]]", "Shows processes: of that id, 0 all, -1 the one looked at; with flags of 0 in short.", "!process 0 0", process_list},
    {"!handle", "!handle [HANDLE [FLAGS [TYPE]]]", "Shows handles: that one, 0 all; of a type.", "!handle 4", handles},
    {"!teb", "!teb [ADDRESS]", "Shows the TEB.", "!teb", teb},
    {"!peb", "!peb [ADDRESS]", "Shows the PEB.", "!peb", peb},
    {"!dlls", "!dlls", "Shows the images of the process.", "!dlls", module_list},
    {"!gle", "!gle", "Shows the thread's last error.", "!gle", last_error},
    {".digest", ".digest", "Shows a hash over RAM, page lists and registers.", ".digest", state_digest},
    {".dump", ".dump FILE", "Writes the guest's RAM to a file, as pagewalk translate reads it.", ".dump ram.img", dump_ram},
    {"help", "help [COMMAND|*]", "Lists commands by what they are for, * with what they do, or shows one with an example.", "help bf", help},
    {"q", "q", "Ends the guest and the session.", "q", quit},
};
// clang-format on

bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }

// Whether `line` begins with the command: its name, and then nothing of another name.
bool begins(std::string_view line, const Command& command) {
  if (line.substr(0, command.name.size()) != command.name) return false;
  const std::string_view rest = line.substr(command.name.size());
  if (rest.empty() || rest.front() == ' ' || rest.front() == ';' || rest.front() == '\t') return true;
  return command.glued == Glued::Yes || !is_letter(command.name.back());
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// "db", "eb": the letters behind are part of the word; so is a digit behind "bp".
bool fits_glue(std::string_view line, const Command& command) {
  const std::string_view rest = line.substr(command.name.size());
  if (rest.empty() || rest.front() == ' ' || rest.front() == ';') return true;
  const std::string_view letters = rest.substr(0, std::min(rest.find_first_of(" \t;"), rest.size()));
  if (command.name == "d") return is_one_of(letters, {"a", "b", "c", "d", "p", "q", "u", "w", "ds", "ps"});
  if (command.name == "e") return is_one_of(letters, {"a", "b", "d", "q", "u", "w", "za", "zu"});
  if (command.name == "lm") return letters.find_first_not_of("vma") == std::string_view::npos;
  if (command.name == "r")
    return (rest.front() == 'F' || rest.front() == 'X') &&
           (rest.size() == 1 || rest[1] == ' ' || rest[1] == ';');
  if (command.name[0] == 'b') return std::isdigit(static_cast<unsigned char>(rest.front())) != 0;
  return true;
}

}  // namespace

std::span<const Command> command_list() { return kCommands; }

std::span<const CommandGroup> command_groups() {
  static constexpr CommandGroup kGroups[] = {
      {"Running on", "g gh gn gu p t pt q"},
      {"Halting", "bp bu ba bf bv bl bc bd be sx sxe sxd sxn sxi"},
      {"Faults", "why faults !pte !vad !address .pagein"},
      {"Code and names", "u ub uf ln lm x"},
      {"Stack and data", "k kb kn kv .frame dv dt r d e s"},
      {"Memory manager", "!vm !pfn !memusage !wsle !vtop !ptov"},
      {"Processes", "~ | .process .thread !process !handle !teb !peb !dlls !gle"},
      {"Exceptions", ".exr .cxr .lastevent"},
      {"Session", "help ? .formats .echo $< .logopen .logclose .digest .dump"},
  };
  return kGroups;
}

// The longest name that fits.
std::optional<FoundCommand> find_command(std::string_view line) {
  const Command* best = nullptr;
  for (const Command& command : kCommands) {
    if (!begins(line, command) || (command.glued == Glued::Yes && !fits_glue(line, command))) continue;
    if (best == nullptr || command.name.size() > best->name.size()) best = &command;
  }
  if (best == nullptr) return std::nullopt;
  std::string_view rest = line.substr(best->name.size());
  if (best->glued == Glued::No) rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
  return FoundCommand{best, rest};
}

}  // namespace emu::debugger
