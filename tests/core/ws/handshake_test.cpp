#include "core/ws/handshake.hpp"

#include <catch2/catch_message.hpp>
#include <catch2/catch_test_macros.hpp>

using namespace troupe;

TEST_CASE("ws handshake: the accept key of RFC 6455's example") {
  CHECK(ws::accept_key("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST_CASE("ws handshake: offers of permessage-deflate that are taken") {
  const std::string answer = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
  for (auto offer :
       {"permessage-deflate", "permessage-deflate; client_max_window_bits",
        "PerMessage-Deflate;client_max_window_bits=12",
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
        "permessage-deflate; client_max_window_bits=\"10\"", "x-webkit-deflate-frame, permessage-deflate",
        "permessage-deflate; server_max_window_bits=10, permessage-deflate",
        "other; note=\"a, permessage-deflate; b\", permessage-deflate"}) {
    INFO(offer);
    CHECK(ws::negotiate_deflate(offer) == answer);
  }
  CHECK(
    ws::negotiate_deflate("permessage-deflate; server_max_window_bits=15") == answer + "; server_max_window_bits=15");
}

TEST_CASE("ws handshake: offers that are declined") {
  for (auto offer :
       {"", " ", ",", ";", "permessage-bzip2", "permessage-deflate2", "permessage-deflate; unknown",
        "permessage-deflate; server_no_context_takeover=1", "permessage-deflate; server_max_window_bits",
        "permessage-deflate; server_max_window_bits=10", "permessage-deflate; client_max_window_bits=7",
        "permessage-deflate; client_max_window_bits=16", "permessage-deflate; client_max_window_bits=08",
        "permessage-deflate; client_max_window_bits=",
        "permessage-deflate; client_max_window_bits; client_max_window_bits",
        "permessage-deflate; =", "other; note=\"permessage-deflate\"", "other; note=\", permessage-deflate"}) {
    INFO(offer);
    CHECK(ws::negotiate_deflate(offer).empty());
  }
}
