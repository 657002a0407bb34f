#include "net/client.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>

#include <poll.h>

namespace troupe::testing {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;

namespace {

tcp::endpoint at(unsigned short port) { return {asio::ip::address_v4::loopback(), port}; }

} // namespace

std::string http_answer::header(std::string_view name) const {
  for (auto& [k, v] : headers)
    if (beast::iequals(k, beast::string_view(name.data(), name.size())))
      return v;
  return {};
}

struct http_client::parts {
  asio::io_context io;
  tcp::socket socket{io};
  beast::flat_buffer buffer;
};

http_client::http_client(unsigned short port) : parts_(std::make_unique<parts>()) { parts_->socket.connect(at(port)); }
http_client::~http_client() = default;

http_answer http_client::request(std::string_view method, std::string target, std::string body,
                                 std::vector<std::pair<std::string, std::string>> headers) {
  http::request<http::string_body> r;
  r.method_string({method.data(), method.size()});
  r.target(target);
  r.set(http::field::host, "localhost");
  for (auto& [k, v] : headers)
    r.set(k, v);
  r.body() = std::move(body);
  r.prepare_payload();
  http::write(parts_->socket, r);
  return receive();
}

void http_client::send_only(std::string_view method, std::string target) {
  std::string text = std::string(method) + " " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
  asio::write(parts_->socket, asio::buffer(text));
}

http_answer http_client::receive() {
  http::response<http::string_body> r;
  http::read(parts_->socket, parts_->buffer, r);
  http_answer out{r.result_int(), r.body(), {}};
  for (auto& f : r)
    out.headers.emplace_back(std::string(f.name_string()), std::string(f.value()));
  return out;
}

struct ws_client::parts {
  asio::io_context io;
  beast::websocket::stream<tcp::socket> ws{io};
  beast::flat_buffer buffer;
};

ws_client::ws_client(unsigned short port, std::string target, bool deflate) : parts_(std::make_unique<parts>()) {
  parts_->ws.next_layer().connect(at(port));
  if (deflate) {
    beast::websocket::permessage_deflate d;
    d.client_enable = true;
    parts_->ws.set_option(d);
  }
  parts_->ws.handshake("localhost", target);
}
ws_client::~ws_client() = default;

void ws_client::send(std::string_view bytes, bool binary) {
  parts_->ws.binary(binary);
  parts_->ws.write(asio::buffer(bytes.data(), bytes.size()));
}

std::optional<std::string> ws_client::receive() {
  parts_->buffer.clear();
  boost::system::error_code ec;
  parts_->ws.read(parts_->buffer, ec);
  if (ec)
    return {};
  return beast::buffers_to_string(parts_->buffer.data());
}

int ws_client::native_handle() { return parts_->ws.next_layer().native_handle(); }

void ws_client::close() {
  boost::system::error_code ignored;
  parts_->ws.close(beast::websocket::close_code::normal, ignored);
}

std::string raw_exchange(unsigned short port, std::string_view bytes, int at_most_ms) {
  asio::io_context io;
  tcp::socket s(io);
  s.connect(at(port));
  boost::system::error_code ec;
  asio::write(s, asio::buffer(bytes.data(), bytes.size()), ec);
  std::string out;
  char buffer[4096];
  while (true) {
    pollfd p{s.native_handle(), POLLIN, 0};
    if (::poll(&p, 1, at_most_ms) <= 0)
      return out;
    auto n = s.read_some(asio::buffer(buffer), ec);
    if (ec)
      return out;
    out.append(buffer, n);
  }
}

} // namespace troupe::testing
