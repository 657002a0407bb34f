#pragma once

#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace troupe::net {

/// The addresses and subnets whose X-Forwarded-For is believed (server.trusted_proxies). Entries that are neither are ignored;
/// the configuration has refused them already.
class trusted_proxies {
 public:
  explicit trusted_proxies(const std::vector<std::string>& entries);
  bool contains(const std::string& address) const;

  /// The client behind a chain of trusted hops: from the right, each vouches for the one before it.
  std::string client_of(std::string peer, std::string_view forwarded_for) const;

 private:
  std::vector<boost::asio::ip::network_v4> v4_;
  std::vector<boost::asio::ip::network_v6> v6_;
};

} // namespace troupe::net
