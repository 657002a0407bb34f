#include "core/socketio/decoder.hpp"
#include "core/socketio/encoder.hpp"
#include "fuzz/packet_check.hpp"
#include "fuzz/target.hpp"

namespace troupe::fuzz {

void check_socketio_msgpack(std::string_view bytes) {
  socketio::decoder d(tight_limits());
  const auto r = d.on_message(bytes, true);
  require(d.format() == socketio::parser::msgpack, "a binary message first means msgpack");
  if (r) {
    require(r->has_value(), "a msgpack packet is whole at once");
    check_packet(**r);
  } else {
    require(r.error().code == "parse_error" && !r.error().message.empty(), "errors have code and sentence");
  }
}

std::vector<std::string> socketio_msgpack_corpus() {
  using socketio::packet_type;
  using namespace std::string_literals;
  const auto event = "\x83\xa4type\x02\xa3nsp\xa1/\xa4"
                     "data"s;
  return {
    socketio::encode_msgpack({.type = packet_type::connect, .data = R"({"token":"abc"})"}),
    socketio::encode_msgpack({.type = packet_type::disconnect, .nsp = "/n"}),
    socketio::encode_msgpack({.nsp = "/n", .id = 7, .data = R"(["hi",1,-200,70000,1.5,true,null,"text",[{"a":{}}]])"}),
    socketio::encode_msgpack(
      {.data = R"(["b",{"_placeholder":true,"num":1},[{"num":0,"_placeholder":true}]])",
       .attachments = {"one", "\xff"}}),
    socketio::encode_msgpack({.type = packet_type::ack, .id = 300, .data = "[]"}),
    event
      + "\x92\xa1"
        "e\xd7\xff\x77\x35\x94\x00\x5f\x5e\x10\x00"s,
    event
      + "\x92\xa1"
        "e\xd5\x05"
        "ab"s,
    event
      + "\x93\xa1"
        "e\xcb\x7f\xf8\0\0\0\0\0\0\xca\x3f\0\0\0"s,
  };
}

} // namespace troupe::fuzz
