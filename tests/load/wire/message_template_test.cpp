#include "core/ws/frame_reader.hpp"
#include "load/wire/marker.hpp"
#include "load/wire/message_template.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe;
using namespace troupe::load;

namespace {

/// What a server reads.
std::string payload_of(std::string frame) {
  ws::frame_reader reader{10'000'000};
  std::span<char> input{frame};
  const auto message = reader.next(input);
  REQUIRE(message);
  REQUIRE(message->kind == ws::incoming::what::text);
  CHECK(input.empty());
  return std::string(message->payload);
}

} // namespace

TEST_CASE("only known placeholders are replaced") {
  const template_values v{"lobby", 7, "text"};
  CHECK(
    expand(R"(["say",{"room":"{room}","m":"{body}","n":{index}}])", v)
    == R"(["say",{"room":"lobby","m":"text","n":7}])");
  CHECK(expand("{room}{room}{index}", v) == "lobbylobby7");
  CHECK(expand("{Room} {roo {} {{body}}", v) == "{Room} {roo {} {text}");
  CHECK(expand("", v).empty());
}

TEST_CASE("the template of an event is a JSON array with a name") {
  CHECK_FALSE(check_event_template(R"(["say",{"room":"{room}"},"{body}"])"));
  CHECK_FALSE(check_event_template(R"([ "say" ])"));
  for (const char* wrong : {"", "say", "{}", "[]", "[1]", R"(["say")", R"(["say",{body}])", R"({"a":["say"]})"}) {
    CAPTURE(wrong);
    const auto e = check_event_template(wrong);
    REQUIRE(e);
    CHECK(e->code == "invalid_template");
  }
}

TEST_CASE("client frames are what a server accepts, whatever their size") {
  for (std::size_t size : {1, 125, 126, 65'535, 65'536, 200'000}) {
    const std::string payload(size, 'a');
    CHECK(payload_of(client_frame(payload)) == payload);
  }
}

TEST_CASE("a marked frame says where its marker and its id go") {
  for (std::size_t bytes : {48, 100, 1'000, 70'000})
    for (bool with_id : {false, true}) {
      CAPTURE(bytes, with_id);
      auto frame =
        make_marked_frame(R"(["say",{"room":"{room}","m":"{body}"}])", {"r1", 3, ""}, "/admin,", bytes, with_id);
      marker_format format{5};
      format.write(frame.bytes.data() + frame.marker_at, {1, 2, 3, 4});
      if (with_id)
        frame.bytes.replace(frame.id_at, id_digits, "123456789");
      const auto text = payload_of(frame.bytes);
      const std::string front =
        std::string("42/admin,") + (with_id ? "123456789" : "") + R"(["say",{"room":"r1","m":")";
      REQUIRE(text.starts_with(front));
      CHECK(text.ends_with("\"}]"));
      CHECK(text.size() == front.size() + bytes + 3);
      marker read;
      REQUIRE(format.find(text, read));
      CHECK(read.seq == 3);
    }
}

TEST_CASE("a body is never shorter than its marker") {
  const auto frame = make_marked_frame(R"(["e","{body}"])", {}, "", 1, false);
  CHECK(payload_of(frame.bytes).size() == std::string_view{R"(42["e",""])"}.size() + marker::size);
}
