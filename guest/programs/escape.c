// Tries to leave the folder that is its disk, in every way that a name can: "..", absolute paths of the host,
// device paths, names in the object namespace, and symbolic links that lie there (prepared from outside: out,
// up, secret and chain lead out, in leads inside). Every line that begins with "refused" is as it should be.
#include <stdio.h>
#include <string.h>
#include <windows.h>

typedef struct Name {
  USHORT length, room;
  WCHAR* text;
} Name;

typedef struct Attributes {
  ULONG length;
  HANDLE root;
  Name* name;
  ULONG attributes;
  void *security, *quality;
} Attributes;

typedef LONG(NTAPI* CreateFunction)(HANDLE*, ULONG, Attributes*, ULONG[2], void*, ULONG, ULONG, ULONG, ULONG,
                                    void*, ULONG);

static int escapes;

static void refused(const char* what, const char* name, BOOL done) {
  if (done) {
    ++escapes;
    printf("REACHED %s %s\n", what, name);
  } else {
    printf("refused %s %s: error %lu\n", what, name, GetLastError());
  }
}

static BOOL opens(const char* name, DWORD access, DWORD creation, DWORD flags) {
  HANDLE file = CreateFileA(name, access, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, creation, flags, NULL);
  if (file == INVALID_HANDLE_VALUE) return FALSE;
  CloseHandle(file);
  return TRUE;
}

// Whether the file can be read and says what only the file outside says.
static BOOL reads_secret(const char* name) {
  char text[16] = "";
  DWORD read = 0;
  HANDLE file = CreateFileA(name, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
  if (file == INVALID_HANDLE_VALUE) return FALSE;
  ReadFile(file, text, sizeof text - 1, &read, NULL);
  CloseHandle(file);
  return strstr(text, "secret") != NULL;
}

static void through_names(void) {
  static const char* const kNames[] = {"..\\outside\\secret.txt",
                                       "..\\..\\..\\..\\..\\etc\\passwd",
                                       "C:\\..\\outside\\secret.txt",
                                       "folder\\..\\..\\outside\\secret.txt",
                                       "/etc/passwd",
                                       "\\etc\\passwd",
                                       "C:/../../etc/passwd",
                                       "\\\\?\\C:\\..\\outside\\secret.txt",
                                       "\\\\?\\C:\\folder\\..\\..\\outside\\secret.txt",
                                       "\\\\?\\C:\\folder/../../outside/secret.txt",
                                       "\\\\?\\C:\\../outside/secret.txt",
                                       "\\\\.\\C:\\..\\..\\outside\\secret.txt",
                                       "\\\\.\\C:",
                                       "\\\\.\\PhysicalDrive0",
                                       "\\\\?\\GLOBALROOT\\Device\\HarddiskVolume1\\..\\outside\\secret.txt",
                                       "\\\\?\\UNC\\localhost\\c$\\secret.txt",
                                       "\\\\localhost\\c$\\secret.txt",
                                       "\\\\.\\pipe\\name",
                                       "\\\\?\\etc\\passwd",
                                       "Z:\\etc\\passwd",
                                       "C:folder\\...\\secret.txt",
                                       "folder\\.. \\.. \\outside\\secret.txt",
                                       "inside.txt\\..\\..\\outside\\secret.txt",
                                       "inside.txt:stream",
                                       "inside.txt::$DATA"};
  puts("-- names");
  for (size_t i = 0; i < sizeof kNames / sizeof *kNames; ++i)
    refused("open", kNames[i], opens(kNames[i], GENERIC_READ, OPEN_EXISTING, 0));
}

static void through_links(void) {
  static const char* const kNames[] = {
      "secret", "SECRET", "out\\secret.txt", "up\\secret.txt", "chain\\secret.txt", "in\\..\\up\\secret.txt"};
  WIN32_FIND_DATAA found;
  puts("-- links");
  for (size_t i = 0; i < sizeof kNames / sizeof *kNames; ++i) {
    refused("read", kNames[i], reads_secret(kNames[i]));
    refused("see", kNames[i], GetFileAttributesA(kNames[i]) != INVALID_FILE_ATTRIBUTES);
    refused("write", kNames[i], opens(kNames[i], GENERIC_WRITE, OPEN_ALWAYS, 0));
    refused("delete", kNames[i], DeleteFileA(kNames[i]));
  }
  refused("create", "up\\new.txt", opens("up\\new.txt", GENERIC_WRITE, CREATE_ALWAYS, 0));
  refused("make", "up\\new", CreateDirectoryA("up\\new", NULL));
  refused("move to", "up\\moved.txt", MoveFileA("inside.txt", "up\\moved.txt"));
  refused("copy to", "up\\copy.txt", CopyFileA("inside.txt", "up\\copy.txt", FALSE));
  refused("list", "up\\*", FindFirstFileA("up\\*", &found) != INVALID_HANDLE_VALUE);
  refused("go to", "up", SetCurrentDirectoryA("up"));
  refused("go to", "out", SetCurrentDirectoryA("out"));
  printf("a link that stays inside can be read: %s\n",
         opens("in\\here.txt", GENERIC_READ, OPEN_EXISTING, 0) ? "yes" : "no");
}

static LONG create_by_object_name(HANDLE root, const WCHAR* text) {
  CreateFunction create =
      (CreateFunction)(void (*)(void))GetProcAddress(GetModuleHandleA("ntdll.dll"), "NtCreateFile");
  Name name = {(USHORT)(lstrlenW(text) * 2), (USHORT)(lstrlenW(text) * 2), (WCHAR*)text};
  Attributes attributes = {sizeof attributes, root, &name, 0x40, NULL, NULL};
  HANDLE file;
  ULONG io[2];
  enum { kOpen = 1, kSynchronous = 0x20 };
  LONG status =
      create(&file, GENERIC_READ | SYNCHRONIZE, &attributes, io, NULL, 0, 7, kOpen, kSynchronous, NULL, 0);
  if (status >= 0) CloseHandle(file);
  return status;
}

static void judge(const char* below, const WCHAR* name, LONG status) {
  escapes += status >= 0;
  printf("%s %s%ls: %#lx\n", status >= 0 ? "REACHED" : "refused", below, name, status);
}

static void through_object_names(void) {
  static const WCHAR* const kNames[] = {L"\\??\\C:\\..\\outside\\secret.txt",
                                        L"\\??\\C:\\folder\\..\\..\\outside\\secret.txt",
                                        L"\\??\\C:\\up\\secret.txt",
                                        L"\\??\\C:\\folder/../../outside/secret.txt",
                                        L"\\Device\\HarddiskVolume1\\..\\outside\\secret.txt",
                                        L"\\Device\\HarddiskVolume2\\etc\\passwd",
                                        L"\\??\\C:",
                                        L"\\??\\/etc/passwd",
                                        L"/etc/passwd",
                                        L"\\etc\\passwd"};
  static const WCHAR* const kBelow[] = {L"..\\outside\\secret.txt", L"..", L"\\etc\\passwd",
                                        L"\\??\\C:\\inside.txt", L"../outside/secret.txt"};
  puts("-- object names");
  for (size_t i = 0; i < sizeof kNames / sizeof *kNames; ++i)
    judge("", kNames[i], create_by_object_name(NULL, kNames[i]));
  HANDLE folder =
      CreateFileA("folder", GENERIC_READ, 7, NULL, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
  for (size_t i = 0; i < sizeof kBelow / sizeof *kBelow; ++i)
    judge("folder + ", kBelow[i], create_by_object_name(folder, kBelow[i]));
  printf("folder + here.txt: %#lx\n", create_by_object_name(folder, L"here.txt"));
  CloseHandle(folder);
}

static void listing(void) {
  WIN32_FIND_DATAA found;
  HANDLE search = FindFirstFileA("*", &found);
  printf("-- what is there:");
  do {
    printf(" %s", found.cFileName);
  } while (FindNextFileA(search, &found));
  puts("");
  FindClose(search);
}

int main(void) {
  through_names();
  through_links();
  through_object_names();
  listing();
  printf("%d escapes\n", escapes);
  return escapes != 0;
}
