#include "app/cli/node_client.hpp"

#include "base/version.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <openssl/ssl.h>

namespace troupe::app {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::use_awaitable;
using request = http::request<http::string_body>;
using response = http::response<http::string_body>;

constexpr std::uint64_t max_answer_bytes = 256u << 20;

struct place {
  std::string host, port, base;
  bool secure = false;
};

error unreachable(const node_address& at, const std::string& why) { return {"node_unreachable", at.url + ": " + why}; }

result<place> parse(const node_address& at) {
  const std::string text = at.url.find("://") == std::string::npos ? "http://" + at.url : at.url;
  const auto url = boost::urls::parse_uri(text);
  if (!url || url->encoded_host().empty() || (url->scheme() != "http" && url->scheme() != "https"))
    return unreachable(at, "expected an address such as http://localhost:3001");
  place p{std::string(url->host_address()), std::string(url->port()), std::string(url->encoded_path()),
          url->scheme() == "https"};
  if (p.port.empty())
    p.port = p.secure ? "443" : "80";
  while (p.base.ends_with('/'))
    p.base.pop_back();
  return p;
}

template <class Stream>
asio::awaitable<response> talk(Stream& stream, const request& q) {
  co_await http::async_write(stream, q, use_awaitable);
  beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(max_answer_bytes);
  co_await http::async_read(stream, buffer, parser, use_awaitable);
  co_return parser.release();
}

asio::awaitable<response> exchange(const place& to, const node_address& at, const request& q) {
  auto here = co_await asio::this_coro::executor;
  beast::tcp_stream tcp(here);
  const auto found = co_await asio::ip::tcp::resolver(here).async_resolve(to.host, to.port, use_awaitable);
  tcp.expires_after(at.timeout);
  co_await tcp.async_connect(found, use_awaitable);
  if (!to.secure)
    co_return co_await talk(tcp, q);
  asio::ssl::context tls(asio::ssl::context::tls_client);
  if (at.ca_file.empty())
    tls.set_default_verify_paths();
  else
    tls.load_verify_file(at.ca_file);
  beast::ssl_stream<beast::tcp_stream> secured(std::move(tcp), tls);
  secured.set_verify_mode(asio::ssl::verify_peer);
  secured.set_verify_callback(asio::ssl::host_name_verification(to.host));
  SSL_set_tlsext_host_name(secured.native_handle(), to.host.c_str());
  co_await secured.async_handshake(asio::ssl::stream_base::client, use_awaitable);
  co_return co_await talk(secured, q);
}

request make_request(const place& to, const node_address& at, const std::string& method, const std::string& path,
                     const std::string& body) {
  request q;
  q.method_string(method);
  q.target(to.base + "/api/v1" + path);
  q.version(11);
  q.set(http::field::host, to.host);
  q.set(http::field::user_agent, "troupe/" + std::string(version));
  q.set(http::field::connection, "close");
  if (!at.key.empty())
    q.set(http::field::authorization, "Bearer " + at.key);
  if (!body.empty())
    q.set(http::field::content_type, "application/json");
  q.body() = body;
  q.prepare_payload();
  return q;
}

} // namespace

result<nlohmann::ordered_json> ask_node(const node_address& at, const std::string& method, const std::string& path,
                                        const std::string& body) {
  const auto to = parse(at);
  if (!to)
    return to.error();
  const auto q = make_request(*to, at, method, path, body);
  response answer;
  try {
    asio::io_context loop;
    auto result = asio::co_spawn(loop, exchange(*to, at, q), asio::use_future);
    loop.run();
    answer = result.get();
  } catch (const boost::system::system_error& e) {
    return unreachable(at, e.code().message());
  }
  auto json = nlohmann::ordered_json::parse(answer.body(), nullptr, false);
  if (!json.is_object() || !json.contains("ok"))
    return unreachable(at, "what answers there is no Troupe node (HTTP " + std::to_string(answer.result_int()) + ")");
  if (json["ok"] == true)
    return {boost::system::in_place_value, std::move(json)};
  const auto& why = json["error"];
  return error{why.value("code", "node_unreachable"), why.value("message", "the node refused without a reason")};
}

} // namespace troupe::app
