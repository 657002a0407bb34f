#include "backends/redis/resolver.hpp"

#include <algorithm>
#include <array>
#include <netdb.h>
#include <sys/socket.h>

namespace troupe::redis {
namespace {

using addresses = std::vector<std::string>;

result<addresses> look_up(const std::string& host, int flags) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags;
  addrinfo* found = nullptr;
  if (auto failed = getaddrinfo(host.c_str(), nullptr, &hints, &found))
    return error{"redis_unavailable", "the name " + host + " cannot be resolved: " + gai_strerror(failed)};
  addresses all;
  for (auto a = found; a; a = a->ai_next) {
    std::array<char, NI_MAXHOST> text{};
    if (getnameinfo(a->ai_addr, a->ai_addrlen, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) == 0
        && std::find(all.begin(), all.end(), text.data()) == all.end())
      all.emplace_back(text.data());
  }
  freeaddrinfo(found);
  return all;
}

} // namespace

void resolve(event_loop& loop, const std::string& host, std::function<void(result<addresses>)> done) {
  if (auto numeric = look_up(host, AI_NUMERICHOST))
    return done(std::move(numeric));
  std::thread([mail = loop.mail(), host, done = std::move(done)]() mutable {
    auto found = look_up(host, 0);
    mail->put([done = std::move(done), found = std::move(found)]() mutable { done(std::move(found)); });
  }).detach();
}

} // namespace troupe::redis
