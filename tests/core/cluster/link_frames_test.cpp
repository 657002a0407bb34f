#include "core/cluster/link_frames.hpp"

#include <catch2/catch_test_macros.hpp>

#include <vector>

using namespace troupe::cluster;

namespace {

struct got {
  frame_kind kind;
  std::string content;
  bool operator==(const got&) const = default;
};

std::vector<got> read(frame_reader& r, std::string_view bytes, std::size_t piece) {
  std::vector<got> all;
  for (std::size_t at = 0; at < bytes.size(); at += piece)
    for (auto part = bytes.substr(at, piece); auto f = r.next(part);)
      all.push_back({f->kind, std::string(f->content)});
  return all;
}

std::string frame(frame_kind kind, std::string_view content) {
  std::string out;
  append_frame(out, kind, content);
  return out;
}

} // namespace

TEST_CASE("frames of a link are read whole however they are cut") {
  const auto bytes = frame(frame_kind::hello, "me") + frame(frame_kind::message, "") + frame(frame_kind::message, std::string(300, 'x'))
    + frame(frame_kind::ping, "12345678");
  const std::vector<got> expected{
    {frame_kind::hello, "me"}, {frame_kind::message, ""}, {frame_kind::message, std::string(300, 'x')}, {frame_kind::ping, "12345678"}};
  for (std::size_t piece : {1, 2, 3, 4, 5, 6, 7, 64, 299, 10'000}) {
    frame_reader r(1000);
    CHECK(read(r, bytes, piece) == expected);
    CHECK(!r.failed());
  }
}

TEST_CASE("a whole frame is given without copying") {
  const auto bytes = frame(frame_kind::message, "abc");
  frame_reader r(1000);
  std::string_view in = bytes;
  auto f = r.next(in);
  REQUIRE(f.has_value());
  CHECK(f->content.data() == bytes.data() + frame_head);
}

TEST_CASE("what is no frame of a link ends the reading") {
  const auto fails = [](std::string bytes) {
    for (std::size_t piece : {1, 3, 100}) {
      frame_reader r(10);
      if (!read(r, bytes + frame(frame_kind::message, "later"), piece).empty() || !r.failed() || r.buffered() != 0)
        return false;
    }
    return true;
  };
  CHECK(fails(std::string("\0\0\0\0\3", 5)));             // no kind
  CHECK(fails(std::string("\0\0\0\1\0", 5)));             // unknown kinds
  CHECK(fails(std::string("\0\0\0\1\7", 5)));
  CHECK(fails(frame(frame_kind::message, "12345678901"))); // too long
  CHECK(fails(std::string("\xff\xff\xff\xff\3", 5)));
}

TEST_CASE("a frame's memory is taken as its bytes come") {
  frame_reader r(16u << 20);
  std::string head;
  append_frame_head(head, frame_kind::message, 16u << 20);
  std::string_view in = head;
  CHECK(!r.next(in).has_value());
  CHECK(r.buffered() == frame_head);
}
