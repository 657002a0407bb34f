#include "net/http/trusted_proxies.hpp"

#include <catch2/catch_test_macros.hpp>

using troupe::net::trusted_proxies;

TEST_CASE("X-Forwarded-For is believed from trusted hops only") {
  trusted_proxies none({});
  CHECK(none.client_of("203.0.113.9", "198.51.100.1") == "203.0.113.9");
  trusted_proxies t({"127.0.0.1", "10.0.0.0/8", "fd00::/8"});
  CHECK(t.client_of("127.0.0.1", "") == "127.0.0.1");
  CHECK(t.client_of("127.0.0.1", "198.51.100.1") == "198.51.100.1");
  CHECK(t.client_of("127.0.0.1", "198.51.100.1, 10.1.2.3") == "198.51.100.1");
  CHECK(t.client_of("127.0.0.1", "6.6.6.6, 198.51.100.1") == "198.51.100.1"); // what a client wrote itself is not looked at
  CHECK(t.client_of("fd00::5", "2001:db8::1") == "2001:db8::1");
  CHECK(t.client_of("::ffff:127.0.0.1", "198.51.100.1") == "198.51.100.1");
  CHECK(t.client_of("203.0.113.9", "198.51.100.1") == "203.0.113.9");
}
