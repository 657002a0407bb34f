#include "net/http/trusted_proxies.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>

namespace troupe::net {

namespace ip = boost::asio::ip;

trusted_proxies::trusted_proxies(const std::vector<std::string>& entries) {
  for (auto& e : entries) {
    boost::system::error_code ec;
    if (auto a = ip::make_address(e, ec); !ec) {
      if (a.is_v4())
        v4_.emplace_back(a.to_v4(), 32);
      else
        v6_.emplace_back(a.to_v6(), 128);
    } else if (auto n4 = ip::make_network_v4(e, ec); !ec) {
      v4_.push_back(n4.canonical());
    } else if (auto n6 = ip::make_network_v6(e, ec); !ec) {
      v6_.push_back(n6.canonical());
    }
  }
}

bool trusted_proxies::contains(const std::string& address) const {
  boost::system::error_code ec;
  auto a = ip::make_address(address, ec);
  if (ec)
    return false;
  if (a.is_v6() && a.to_v6().is_v4_mapped())
    a = ip::make_address_v4(ip::v4_mapped, a.to_v6());
  if (a.is_v4())
    return std::any_of(v4_.begin(), v4_.end(), [&](auto& n) {
      return ip::network_v4(a.to_v4(), n.prefix_length()).canonical() == n;
    });
  return std::any_of(v6_.begin(), v6_.end(), [&](auto& n) {
    return ip::network_v6(a.to_v6(), n.prefix_length()).canonical() == n;
  });
}

std::string trusted_proxies::client_of(std::string peer, std::string_view chain) const {
  while (!chain.empty() && contains(peer)) {
    auto comma = chain.rfind(',');
    auto hop = comma == std::string_view::npos ? chain : chain.substr(comma + 1);
    chain = comma == std::string_view::npos ? std::string_view() : chain.substr(0, comma);
    auto first = hop.find_first_not_of(" \t");
    auto last = hop.find_last_not_of(" \t");
    if (first == std::string_view::npos)
      break;
    peer = std::string(hop.substr(first, last - first + 1));
  }
  return peer;
}

} // namespace troupe::net
