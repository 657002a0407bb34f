#pragma once

#include "net/http/cors.hpp"
#include "net/http/request_head.hpp"

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <functional>
#include <optional>
#include <string>

namespace troupe::net {

using request_parser = boost::beast::http::request_parser<boost::beast::http::string_body>;

/// An answer, before it is bytes.
struct http_reply {
  unsigned status = 200;
  std::string content_type = "text/plain; charset=UTF-8"; ///< empty: header left out
  std::string body;
  header_list headers;
  bool close = false; ///< end the connection after it
};

/// The request that is being read or answered on a connection. Beast's parser does the grammar; bytes come in by `feed`.
class http_exchange {
 public:
  enum class progress { need_more, head_complete, complete, bad, too_large };

  http_exchange() { reset(); }

  /// Appends what was received.
  void receive(const char* data, std::size_t size) { in_.append(data, size); }
  /// Goes as far as the bytes allow. `head_complete` is given once per request, before any of the body is looked at.
  progress advance(std::size_t max_head, std::size_t max_body);
  /// Ready for the next request on the same connection; bytes that came early are kept.
  void reset();

  const request_parser::value_type& request() const { return parser_->get(); }
  std::string take_body() { return std::move(parser_->get().body()); }
  std::optional<std::uint64_t> content_length() const;
  const std::string& received() const { return in_; }
  /// Everything received of this request and after it, as it came.
  std::string take_received() { return std::move(head_) + std::move(in_); }
  std::string copy_received() const { return head_ + in_; }
  /// What came after the request.
  std::string take_early() { return std::move(in_); }
  bool keep_alive() const { return parser_->get().keep_alive(); }
  bool expects_continue() const;
  bool started() const { return !in_.empty() || head_done_; }

  bool head_complete() const { return head_done_; }

  bool head_timed = false;   ///< the time for this head is running
  bool busy = false;         ///< the request is complete and waits for its answer
  header_list reply_headers; ///< added to the answer of this request
  std::function<void()> on_abandoned; ///< the client left before the answer
  std::function<void()> on_timeout;   ///< the timer set for this request ran out
  parsed_target target;      ///< set when the head is complete

 private:
  progress parse_body(std::size_t max_body);

  std::string head_;
  std::string in_;
  std::optional<request_parser> parser_;
  std::size_t head_end_seen_ = 0;
  bool head_done_ = false;
  bool told_head_ = false;
};

/// The whole answer as bytes. `head_only` for HEAD requests.
std::string to_wire(const http_reply& r, unsigned http_version, bool keep_alive, bool head_only);

} // namespace troupe::net
