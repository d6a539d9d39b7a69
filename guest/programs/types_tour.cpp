// Types for the debugger's dt and dv: structures within structures, bit-fields, unions, enumerations, arrays,
// a list, members without names, classes with bases. For each member it prints where the compiler has put it.
#include <stddef.h>
#include <stdio.h>
#include <windows.h>

enum Color { Red, Green = 5, Blue = -1 };
enum class Level : unsigned char { Low = 1, High = 200 };

struct Point {
  int x, y;
};

struct Flags {
  unsigned ready : 1;
  unsigned kind : 3;
  unsigned count : 12;
  int balance : 5;
  unsigned char small : 2;
  Level level : 8;
  unsigned long long wide : 40;
};

union Number {
  unsigned whole;
  unsigned short halves[2];
  float real;
};

struct Node {
  Node* next;
  const char* name;
  Point where;
  short weights[4];
};

typedef int (*Compare)(const Node*, const Node*);

struct Everything {
  char letter;
  signed char minus;
  unsigned char byte;
  bool yes;
  wchar_t wide;
  short little;
  unsigned short unsigned_little;
  int number;
  unsigned mask;
  long long huge;
  unsigned long long vast;
  float single;
  double twice;
  long double extended;
  Color color, unknown;
  Level level;
  char text[16];
  wchar_t wide_text[8];
  const char* words;
  const wchar_t* wide_words;
  char* nothing;
  int* to_number;
  void* anything;
  Node* list;
  Node** to_list;
  Compare compare;
  Point corners[3];
  int grid[2][3];
  Flags flags;
  Number value;
  struct {
    int inner;
    union {
      unsigned as_unsigned;
      float as_float;
    };
  } unnamed;
  union {
    int first_way;
    char second_way[4];
  };
  const volatile Point fixed;
};

class Shape {
 public:
  Shape(int id) : id_(id) {}
  virtual ~Shape() {}
  virtual int area() const { return 0; }
  static int made;

 protected:
  int id_;
};
int Shape::made = 3;

struct Named {
  char label[8];
};

class Square : public Shape, public Named {
 public:
  Square(int id, int side) : Shape(id), Named{"square"}, side_(side) {}
  int area() const override { return side_ * side_; }

 private:
  int side_;
};

struct Left : virtual Point {
  int left;
};
struct Right : virtual Point {
  int right;
};
struct Diamond : Left, Right {
  int bottom;
};

#define KEPT __attribute__((noipa, used))

KEPT int by_weight(const Node* a, const Node* b) { return a->weights[0] - b->weights[0]; }

Node third = {nullptr, "third", {5, 6}, {3, 30, 300, 3000}};
Node second = {&third, "second", {3, 4}, {2, 20, 200, 2000}};
Node first = {&second, "first", {1, 2}, {1, 10, 100, 1000}};
Node* to_first = &first;
LIST_ENTRY entries;
UINT_PTR counter = 0x1234;
Color favourite = Green;
int row[12] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

Everything everything = {'b',
                         -98,
                         0xC8,
                         true,
                         L'w',
                         -12345,
                         54321,
                         -123456789,
                         0xDEADBEEF,
                         -25920000000000LL,
                         0xFFFFE86D079B8000ULL,
                         1.5f,
                         -2.25,
                         3.5L,
                         Green,
                         static_cast<Color>(77),
                         Level::High,
                         "sixteen bytes",
                         L"wide",
                         "pointed to",
                         L"wide, too",
                         nullptr,
                         &everything.number,
                         &everything,
                         &first,
                         &to_first,
                         by_weight,
                         {{1, 2}, {3, 4}, {5, 6}},
                         {{1, 2, 3}, {4, 5, 6}},
                         {1, 5, 0x17, -3, 2, Level::Low, 0x123456789AULL},
                         {0x3FC00000},
                         {7, {0x40200000}},
                         {0x64636261},
                         {8, 9}};
Square square(42, 9);
Diamond diamond;

KEPT int stop(int number) { return number; }

KEPT int locals(int count) {
  Point here = {count, count + 1};
  Number number = {0x40490FDB};
  char text[8] = "local";
  const char* words = "pointer";
  Color color = Blue;
  int several[3] = {count, 2, 3};
  Node* list = &first;
  Node copy = second;
  volatile Flags flags = everything.flags;
  asm volatile("" : : "r"(&here), "r"(&number), "r"(text), "r"(&words), "r"(&color) : "memory");
  asm volatile("" : : "r"(several), "r"(&list), "r"(&copy), "r"(&flags) : "memory");
  return stop(here.x + several[1]);
}

#define FIELD(type, field)                                                             \
  printf("%s %s %u %u\n", #type, #field, static_cast<unsigned>(offsetof(type, field)), \
         static_cast<unsigned>(sizeof(type::field)))
#define SIZE(type) printf("%s - 0 %u\n", #type, static_cast<unsigned>(sizeof(type)))

int main() {
  entries.Flink = entries.Blink = &entries;
  diamond.x = 11;
  diamond.y = 12;
  diamond.left = 13;
  diamond.right = 14;
  diamond.bottom = 15;
  SIZE(Point);
  SIZE(Flags);
  SIZE(Number);
  SIZE(Node);
  SIZE(Everything);
  SIZE(Square);
  SIZE(Diamond);
  FIELD(Node, next);
  FIELD(Node, name);
  FIELD(Node, where);
  FIELD(Node, weights);
  FIELD(Everything, wide);
  FIELD(Everything, huge);
  FIELD(Everything, extended);
  FIELD(Everything, level);
  FIELD(Everything, to_list);
  FIELD(Everything, corners);
  FIELD(Everything, grid);
  FIELD(Everything, flags);
  FIELD(Everything, unnamed);
  FIELD(Everything, first_way);
  FIELD(Everything, second_way);
  FIELD(Everything, fixed);
  printf("%d %d %d\n", locals(4), square.area(), static_cast<int>(counter) + favourite + row[0]);
  return 0;
}
