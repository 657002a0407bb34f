#include "net/http/exchange.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <algorithm>
#include <limits>

namespace troupe::net {

namespace http = boost::beast::http;

void http_exchange::reset() {
  parser_.emplace();
  // Head and body are bounded by advance(), before Beast sees them.
  parser_->header_limit(std::numeric_limits<std::uint32_t>::max());
  parser_->body_limit(boost::none);
  head_done_ = told_head_ = head_timed = busy = false;
  head_end_seen_ = 0;
  target = {};
  reply_headers.clear();
  on_abandoned = on_timeout = nullptr;
  std::string().swap(head_);
  if (in_.empty())
    std::string().swap(in_);
}

http_exchange::progress http_exchange::advance(std::size_t max_head, std::size_t max_body) {
  if (!head_done_) {
    auto end = in_.find("\r\n\r\n", head_end_seen_ > 3 ? head_end_seen_ - 3 : 0);
    head_end_seen_ = in_.size();
    if (end == std::string::npos)
      return in_.size() > max_head ? progress::too_large : progress::need_more;
    if (end + 4 > max_head)
      return progress::too_large;
    boost::system::error_code ec;
    auto used = parser_->put(boost::asio::buffer(in_.data(), end + 4), ec);
    if ((ec && ec != http::error::need_more) || !parser_->is_header_done())
      return progress::bad;
    head_ = in_.substr(0, used);
    in_.erase(0, used);
    head_done_ = true;
  }
  if (!told_head_) {
    told_head_ = true;
    return progress::head_complete;
  }
  return parse_body(max_body);
}

http_exchange::progress http_exchange::parse_body(std::size_t max_body) {
  if (parser_->is_done())
    return progress::complete;
  parser_->eager(true);
  while (!in_.empty() && !parser_->is_done()) {
    boost::system::error_code ec;
    auto used = parser_->put(boost::asio::buffer(in_), ec);
    in_.erase(0, used);
    if (ec && ec != http::error::need_more)
      return progress::bad;
    if (parser_->get().body().size() > max_body)
      return progress::too_large;
    if (ec || used == 0)
      break;
  }
  return parser_->is_done() ? progress::complete : progress::need_more;
}

std::optional<std::uint64_t> http_exchange::content_length() const {
  auto n = parser_->content_length();
  return n ? std::optional<std::uint64_t>(*n) : std::nullopt;
}

bool http_exchange::expects_continue() const {
  return boost::beast::iequals(parser_->get()[http::field::expect], "100-continue");
}

std::string to_wire(const http_reply& r, unsigned http_version, bool keep_alive, bool head_only) {
  http::response<http::string_body> m{static_cast<http::status>(r.status), http_version};
  for (auto& [k, v] : r.headers)
    m.insert(k, v);
  if (!r.content_type.empty())
    m.set(http::field::content_type, r.content_type);
  m.keep_alive(keep_alive);
  m.body() = r.body;
  if (r.status >= 200 && r.status != 204 && r.status != 304) // a 304 would give the length of the 200
    m.content_length(r.body.size());
  std::string out;
  http::response_serializer<http::string_body> s{m};
  s.split(false);
  boost::system::error_code ec;
  while (!s.is_done() && !ec) {
    s.next(ec, [&](boost::system::error_code&, const auto& buffers) {
      std::size_t n = 0;
      for (auto b : boost::beast::buffers_range_ref(buffers)) {
        out.append(static_cast<const char*>(b.data()), b.size());
        n += b.size();
      }
      s.consume(n);
    });
  }
  if (head_only)
    out.resize(out.size() - r.body.size());
  return out;
}

} // namespace troupe::net
