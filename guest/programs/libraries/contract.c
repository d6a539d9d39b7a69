// For library_order.exe: has the name of an API set, as DLLs have that programs bring along for an old
// Windows.
int contract_value(void) { return 32; }
