#include "fuzz/target.hpp"
#include "net/http/exchange.hpp"

namespace troupe::fuzz {

namespace {

constexpr std::size_t max_head = 2'000, max_body = 3'000;

/// What a connection would make of these bytes, received in two parts: a line for every request.
std::string story(std::string_view bytes, std::size_t cut) {
  using progress = net::http_exchange::progress;
  net::http_exchange exchange;
  std::string out;
  for (auto part : {bytes.substr(0, cut), bytes.substr(cut)}) {
    exchange.receive(part.data(), part.size());
    for (auto p = exchange.advance(max_head, max_body); p != progress::need_more;
         p = exchange.advance(max_head, max_body)) {
      if (p == progress::bad || p == progress::too_large)
        return out + "refused";
      if (p == progress::head_complete) {
        auto target = exchange.request().target();
        out += net::parse_target({target.data(), target.size()}) ? "target " : "bad target ";
        out += std::to_string(exchange.content_length().value_or(0)) + (exchange.keep_alive() ? " keep " : " close ");
        (void)net::lower_case_headers(exchange.request());
        (void)net::choose_encoding(bytes);
        continue;
      }
      auto body = exchange.take_body();
      require(body.size() <= max_body, "a body is within its limit");
      out += body + "\n";
      exchange.reset();
    }
  }
  return out;
}

} // namespace

void check_http_requests(std::string_view bytes) {
  auto whole = story(bytes, bytes.size());
  // Where a refusal falls may depend on how the bytes came; what was accepted before may not.
  auto split = story(bytes, bytes.size() / 2);
  if (!whole.ends_with("refused") && !split.ends_with("refused"))
    require(whole == split, "how the bytes came makes no difference");
}

std::vector<std::string> http_requests_corpus() {
  return {
    "GET /socket.io/?EIO=4&transport=polling&t=abc HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip;q=0.5, deflate\r\n\r\n",
    "POST /socket.io/?EIO=4&transport=polling&sid=abcdefghijklmnopqrst HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\n4hello"
    "GET /live HTTP/1.0\r\n\r\n",
    "POST /x%20y?a=%41+b&a=2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n",
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  };
}

} // namespace troupe::fuzz
