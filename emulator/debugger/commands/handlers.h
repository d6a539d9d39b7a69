// The handlers of commands, by what they are about; the list is in command_table.cpp.
#pragma once

#include <string_view>

#include "emulator/debugger/session/answer.h"

namespace emu::debugger {
class Session;
}

namespace emu::debugger::commands {

#define PAGEWALK_HANDLER(name) Answer name(Session& session, std::string_view arguments)

// execution_commands.cpp
PAGEWALK_HANDLER(go);
PAGEWALK_HANDLER(go_handled);
PAGEWALK_HANDLER(go_not_handled);
PAGEWALK_HANDLER(go_up);
PAGEWALK_HANDLER(step_over);
PAGEWALK_HANDLER(step_into);
PAGEWALK_HANDLER(step_to_return);
PAGEWALK_HANDLER(quit);
// breakpoint_commands.cpp
PAGEWALK_HANDLER(break_at_code);
PAGEWALK_HANDLER(break_by_name);
PAGEWALK_HANDLER(break_on_access);
PAGEWALK_HANDLER(break_at_service);
PAGEWALK_HANDLER(list_breakpoints);
PAGEWALK_HANDLER(clear_breakpoints);
PAGEWALK_HANDLER(disable_breakpoints);
PAGEWALK_HANDLER(enable_breakpoints);
// fault_commands.cpp
PAGEWALK_HANDLER(break_on_fault);
PAGEWALK_HANDLER(page_in);
// filter_commands.cpp
PAGEWALK_HANDLER(list_filters);
PAGEWALK_HANDLER(filter_break);
PAGEWALK_HANDLER(filter_second_chance);
PAGEWALK_HANDLER(filter_ignore);
// register_commands.cpp
PAGEWALK_HANDLER(registers);
PAGEWALK_HANDLER(context_record);
// code_commands.cpp
PAGEWALK_HANDLER(unassemble);
PAGEWALK_HANDLER(unassemble_backwards);
PAGEWALK_HANDLER(unassemble_function);
PAGEWALK_HANDLER(stack);
PAGEWALK_HANDLER(stack_with_arguments);
PAGEWALK_HANDLER(stack_with_methods);
PAGEWALK_HANDLER(stack_with_numbers);
PAGEWALK_HANDLER(frame);
PAGEWALK_HANDLER(variables);
// symbol_commands.cpp
PAGEWALK_HANDLER(modules);
PAGEWALK_HANDLER(nearest);
PAGEWALK_HANDLER(match_symbols);
PAGEWALK_HANDLER(module_list);
// type_commands.cpp
PAGEWALK_HANDLER(display_type);
// thread_commands.cpp
PAGEWALK_HANDLER(threads);
PAGEWALK_HANDLER(processes);
PAGEWALK_HANDLER(set_thread);
PAGEWALK_HANDLER(set_process);
PAGEWALK_HANDLER(process_list);
PAGEWALK_HANDLER(handles);
// exception_commands.cpp
PAGEWALK_HANDLER(exception_record);
PAGEWALK_HANDLER(last_event);
// structure_commands.cpp
PAGEWALK_HANDLER(teb);
PAGEWALK_HANDLER(peb);
PAGEWALK_HANDLER(last_error);
// memory_commands.cpp
PAGEWALK_HANDLER(dump);
PAGEWALK_HANDLER(enter);
PAGEWALK_HANDLER(search);
// kernel_commands.cpp
PAGEWALK_HANDLER(page_table_entry);
PAGEWALK_HANDLER(vads);
PAGEWALK_HANDLER(virtual_memory);
PAGEWALK_HANDLER(page_frame);
PAGEWALK_HANDLER(address);
PAGEWALK_HANDLER(memory_use);
PAGEWALK_HANDLER(working_set);
PAGEWALK_HANDLER(virtual_to_physical);
PAGEWALK_HANDLER(physical_to_virtual);
PAGEWALK_HANDLER(why);
PAGEWALK_HANDLER(fault_history);
PAGEWALK_HANDLER(state_digest);
// meta_commands.cpp
PAGEWALK_HANDLER(help);
PAGEWALK_HANDLER(evaluate_expression);
PAGEWALK_HANDLER(formats);
PAGEWALK_HANDLER(echo);
PAGEWALK_HANDLER(run_script);
PAGEWALK_HANDLER(open_log);
PAGEWALK_HANDLER(close_log);
PAGEWALK_HANDLER(dump_ram);

#undef PAGEWALK_HANDLER

}  // namespace emu::debugger::commands
