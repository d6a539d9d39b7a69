// An SQLite database in memory: rows inserted in a transaction, indexed, joined, grouped, updated, deleted.
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "numbers.h"

enum { kCustomers = 500, kOrders = 15000 };

// SQLite's layer over the system, the same on every side: a database in memory asks it for next to nothing.
static int refuse_open(sqlite3_vfs* system, const char* name, sqlite3_file* file, int flags, int* flags_got) {
  (void)system, (void)name, (void)flags, (void)flags_got;
  file->pMethods = NULL;
  return SQLITE_CANTOPEN;
}

static int fill_with_zeros(sqlite3_vfs* system, int size, char* to) {
  (void)system;
  memset(to, 0, (size_t)size);
  return size;
}

static int tell_no_time(sqlite3_vfs* system, double* days) {
  (void)system;
  *days = 2440587.5;  // 1970 as a Julian day
  return SQLITE_OK;
}

int sqlite3_os_init(void) {
  static sqlite3_vfs system = {.iVersion = 1,
                               .szOsFile = sizeof(sqlite3_file),
                               .mxPathname = 260,
                               .zName = "none",
                               .xOpen = refuse_open,
                               .xRandomness = fill_with_zeros,
                               .xCurrentTime = tell_no_time};
  return sqlite3_vfs_register(&system, 1);
}

int sqlite3_os_end(void) { return SQLITE_OK; }

static void check(sqlite3* database, int result) {
  if (result == SQLITE_OK || result == SQLITE_DONE || result == SQLITE_ROW) return;
  printf("%s\n", sqlite3_errmsg(database));
  exit(1);
}

static void run(sqlite3* database, const char* words) {
  check(database, sqlite3_exec(database, words, NULL, NULL, NULL));
}

static sqlite3_stmt* prepare(sqlite3* database, const char* words) {
  sqlite3_stmt* statement = NULL;
  check(database, sqlite3_prepare_v2(database, words, -1, &statement, NULL));
  return statement;
}

static void step(sqlite3* database, sqlite3_stmt* statement) {
  check(database, sqlite3_step(statement));
  check(database, sqlite3_reset(statement));
}

static void fill(sqlite3* database) {
  run(database, "CREATE TABLE customers(id INTEGER PRIMARY KEY, name TEXT NOT NULL, discount REAL)");
  run(database, "CREATE TABLE orders(id INTEGER PRIMARY KEY, customer INTEGER, amount REAL, note TEXT)");
  run(database, "BEGIN");
  sqlite3_stmt* customer =
      prepare(database, "INSERT INTO customers VALUES(?, printf('customer %04d', ?1), ? / 100.0)");
  sqlite3_stmt* order =
      prepare(database, "INSERT INTO orders VALUES(?, ?, ? / 4.0, 'order ' || ?1 || ' of ' || ?2)");
  unsigned state = 1;
  for (int i = 0; i < kCustomers; ++i) {
    sqlite3_bind_int(customer, 1, i);
    sqlite3_bind_int(customer, 2, (int)(next_number(&state) >> 16 & 15));
    step(database, customer);
  }
  for (int i = 0; i < kOrders; ++i) {
    sqlite3_bind_int(order, 1, i);
    sqlite3_bind_int(order, 2, (int)(next_number(&state) >> 16) % kCustomers);
    sqlite3_bind_int(order, 3, (int)(next_number(&state) >> 16) % 4000);
    step(database, order);
  }
  sqlite3_finalize(customer);
  sqlite3_finalize(order);
  run(database, "COMMIT");
}

static void print(sqlite3* database, const char* words) {
  sqlite3_stmt* statement = prepare(database, words);
  int result;
  while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
    for (int i = 0; i < sqlite3_column_count(statement); ++i)
      printf("%s%s", i ? " " : "", (const char*)sqlite3_column_text(statement, i));
    printf("\n");
  }
  check(database, result);
  sqlite3_finalize(statement);
}

int main(void) {
  sqlite3* database = NULL;
  check(database, sqlite3_open(":memory:", &database));
  fill(database);
  run(database, "CREATE INDEX by_customer ON orders(customer, amount)");
  print(
      database,
      "SELECT name, count(*), sum(amount * (1 - discount)) AS total FROM customers JOIN orders ON customer = "
      "customers.id GROUP BY customers.id ORDER BY total DESC LIMIT 10");
  print(database, "SELECT count(*), avg(amount) FROM orders WHERE note LIKE '%77 of 3%'");
  run(database, "UPDATE orders SET amount = amount * 2 WHERE customer % 7 = 3");
  run(database, "DELETE FROM orders WHERE amount < 100");
  print(database, "SELECT count(*), max(amount), length(group_concat(note)) FROM orders");
  print(database, "SELECT customer, note FROM orders ORDER BY note DESC LIMIT 5");
  print(database, "PRAGMA integrity_check");
  sqlite3_close(database);
  return 0;
}
