#include "net/link/resolver.hpp"

#include <arpa/inet.h>
#include <netdb.h>

#include <cstring>
#include <thread>

namespace troupe::net {

namespace {

std::optional<socket_address> look_up(const std::string& host, std::uint16_t port, int flags) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0 || !found)
    return std::nullopt;
  socket_address a;
  std::memcpy(&a.bytes, found->ai_addr, found->ai_addrlen);
  a.size = found->ai_addrlen;
  ::freeaddrinfo(found);
  return a;
}

} // namespace

std::optional<socket_address> numeric_address(const std::string& host, std::uint16_t port) {
  return look_up(host, port, AI_NUMERICHOST);
}

resolver::~resolver() {
  if (!shared_)
    return;
  std::lock_guard lock(shared_->mutex);
  shared_->over = true;
  shared_->questions.clear();
  shared_->changed.notify_all();
}

void resolver::resolve(std::string host, std::uint16_t port, answer then) {
  if (!shared_) {
    shared_ = std::make_shared<shared>();
    std::thread([s = shared_] { work(s); }).detach();
  }
  std::lock_guard lock(shared_->mutex);
  shared_->questions.push_back({std::move(host), port, std::move(then)});
  shared_->changed.notify_all();
}

void resolver::work(const std::shared_ptr<shared>& s) {
  std::unique_lock lock(s->mutex);
  for (;;) {
    s->changed.wait(lock, [&] { return s->over || !s->questions.empty(); });
    if (s->over)
      return;
    auto q = std::move(s->questions.front());
    s->questions.pop_front();
    lock.unlock();
    auto found = look_up(q.host, q.port, AI_ADDRCONFIG);
    lock.lock();
    // Under the lock, so that the asker cannot go away meanwhile.
    if (!s->over)
      q.then(found);
  }
}

} // namespace troupe::net
