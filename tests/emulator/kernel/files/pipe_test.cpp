#include "emulator/kernel/files/pipe.h"

#include <catch2/catch_test_macros.hpp>
#include <optional>
#include <random>
#include <string>

#include "emulator/kernel/objects/handle_table.h"

namespace emu {
namespace {

using mm::NtStatus;

struct Listener final : PipeListener {
  void on_ready(PipeCondition& condition) override { last = &condition; }
  PipeCondition* last = nullptr;
};

class OpenPipe {
 public:
  explicit OpenPipe(uint32_t capacity) {
    const PipeEnds ends = *make_pipe(objects, listener, capacity, nullptr);
    reader = ends.reading.get();
    writer = ends.writing.get();
    reading = *handles.open(ends.reading, access_right::kGenericRead);
    writing = *handles.open(ends.writing, access_right::kGenericWrite);
  }
  ~OpenPipe() { handles.close_all(); }

  mm::Result<uint32_t> write(std::string_view text) const {
    return writer->write(0, std::as_bytes(std::span(text)));
  }
  mm::Result<std::string> read(size_t size) const {
    std::string text(size, '\0');
    const auto count = reader->read(0, std::as_writable_bytes(std::span(text)));
    if (!count) return mm::fail(count.error());
    text.resize(*count);
    return text;
  }

  ObjectManager objects;
  Listener listener;
  HandleTable handles;
  PipeEnd* reader;
  PipeEnd* writer;
  Handle reading, writing;
};

TEST_CASE("An empty pipe and a full one have their side wait") {
  OpenPipe pipe(4);
  CHECK(pipe.read(1).error() == NtStatus::Pending);
  CHECK(!pipe.reader->condition().ready);
  CHECK(pipe.write("abcdef") == 4u);  // as much as fits
  CHECK(pipe.listener.last == &pipe.reader->condition());
  CHECK(pipe.write("ef").error() == NtStatus::Pending);
  CHECK(!pipe.writer->condition().ready);
  CHECK(pipe.read(3) == "abc");
  CHECK(pipe.listener.last == &pipe.writer->condition());
  CHECK(pipe.write("ef") == 2u);
  CHECK(pipe.read(100) == "def");
}

TEST_CASE("A closed writing end leaves what is in the pipe, then breaks it") {
  OpenPipe pipe(0);
  REQUIRE(pipe.write("rest") == 4u);
  pipe.handles.close(pipe.writing);
  CHECK(pipe.reader->condition().ready);
  CHECK(pipe.read(2) == "re");
  CHECK(pipe.read(9) == "st");
  CHECK(pipe.read(1).error() == NtStatus::PipeBroken);
  CHECK(pipe.reader->peek({}).error() == NtStatus::PipeBroken);
}

TEST_CASE("A closed reading end breaks the pipe, also for who waits to write") {
  OpenPipe pipe(2);
  REQUIRE(pipe.write("xy") == 2u);
  REQUIRE(pipe.write("z").error() == NtStatus::Pending);
  pipe.handles.close(pipe.reading);
  CHECK(pipe.writer->condition().ready);
  CHECK(pipe.write("z").error() == NtStatus::PipeBroken);
}

TEST_CASE("Each end does one thing") {
  OpenPipe pipe(0);
  std::byte byte{};
  CHECK(pipe.writer->read(0, std::span(&byte, 1)).error() == NtStatus::AccessDenied);
  CHECK(pipe.reader->write(0, std::span(&byte, 1)).error() == NtStatus::AccessDenied);
}

TEST_CASE("A duplicate keeps an end open") {
  OpenPipe pipe(0);
  const auto copy = pipe.handles.open(*pipe.writer, access_right::kGenericWrite);
  REQUIRE(copy);
  pipe.handles.close(pipe.writing);
  CHECK(pipe.read(1).error() == NtStatus::Pending);
  pipe.handles.close(*copy);
  CHECK(pipe.read(1).error() == NtStatus::PipeBroken);
}

TEST_CASE("References of both ends are accounted for") {
  struct NoRoots final : ObjectManager::Roots {
    void visit(ReferenceVisitor&) const override {}
  };
  OpenPipe pipe(0);
  const HandleTable* const tables[] = {&pipe.handles};
  pipe.objects.verify(tables, NoRoots());
  pipe.handles.close(pipe.reading);
  pipe.objects.verify(tables, NoRoots());
  pipe.handles.close(pipe.writing);
  pipe.objects.verify(tables, NoRoots());
  CHECK(pipe.objects.count() == 0);
}

TEST_CASE("What goes in comes out, in order, whatever the pieces") {
  std::mt19937 random(20'260'101);
  OpenPipe pipe(97);
  std::string in, out;
  for (int i = 0; i < 5000; ++i) {
    std::string piece(random() % 60 + 1, '\0');
    for (char& c : piece) c = static_cast<char>(random());
    if (random() % 2 == 0) {
      const auto written = pipe.write(piece);
      if (written) in += piece.substr(0, *written);
    } else if (const auto read = pipe.read(piece.size())) {
      out += *read;
    } else {
      CHECK(in.size() == out.size());
    }
    CHECK(pipe.reader->available() == in.size() - out.size());
    CHECK(pipe.reader->available() <= 97);
  }
  CHECK(in.compare(0, out.size(), out) == 0);
}

}  // namespace
}  // namespace emu
