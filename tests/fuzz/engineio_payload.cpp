#include "core/engineio/payload.hpp"
#include "fuzz/target.hpp"

namespace troupe::fuzz {
namespace {

void check_packet(const engineio::packet& p) {
  const auto text =
    p.binary ? "b" + engineio::base64_encode(p.data) : std::to_string(static_cast<int>(p.type)) + std::string(p.data);
  std::string scratch;
  const auto again = engineio::decode_text(text, scratch);
  require(again && again->type == p.type && again->binary == p.binary && again->data == p.data, "packets read back");
  require(!p.binary || p.type == engineio::packet_type::message, "binary packets are messages");
}

} // namespace

void check_engineio_payload(std::string_view bytes) {
  engineio::payload_reader reader(bytes);
  std::size_t packets = 0;
  bool failed = false;
  while (auto p = reader.next()) {
    require(!failed, "nothing is read behind a bad packet");
    failed = !*p;
    ++packets;
    if (!failed)
      check_packet(**p);
  }
  require(packets > 0 && packets <= bytes.size() + 1, "a payload has packets or an error");
  require(engineio::base64_decode(engineio::base64_encode(bytes)) == bytes, "base64 comes back");
}

std::vector<std::string> engineio_payload_corpus() {
  return {
    "4hello",
    "40{\"token\":\"abc\"}\x1e"
    "42[\"hi\"]\x1e"
    "3",
    "4hello\x1e"
    "bAQIDBA==\x1e"
    "2probe",
    "1",
    "b" + engineio::base64_encode(std::string(300, '\xfe')),
    "bZm9v\nYmFy\r\n\x1e"
    "b-_-_\x1e"
    "6",
  };
}

} // namespace troupe::fuzz
