#pragma once
// A server with one room and a generator that reads its connections in any order, as epoll does.

#include "load/check/room_order.hpp"

#include <deque>
#include <random>
#include <vector>

namespace troupe::load {

class simulated_room {
 public:
  struct item {
    enum class what { message, joined, left } kind = what::message;
    std::uint32_t publisher = 0;
    std::uint32_t seq = 0;
  };

  simulated_room(std::uint32_t members, std::uint32_t publishers, bool sender_receives, std::uint64_t seed)
    : order{members, publishers, sender_receives}, out(members), sender_receives_{sender_receives}, here_(members),
      known_(members), in_(members), random_{seed} {}

  /// The member asks to join or leave; the server will see to it.
  void join(std::uint32_t m) { in_[m].push_back({item::what::joined, 0, 0}); }
  void leave(std::uint32_t m) {
    if (!known_[m])
      return;
    known_[m] = false;
    order.leaving(m);
    in_[m].push_back({item::what::left, 0, 0});
  }
  void publish(std::uint32_t m) {
    if (known_[m])
      in_[m].push_back({item::what::message, m, order.send(m, ++now_)});
  }

  bool knows(std::uint32_t m) const { return known_[m]; }

  /// The server takes one request of somebody, if there is any.
  void serve_one() { serve(chance(in_.size())); }
  /// The generator reads one connection.
  void read_one() { read(chance(out.size())); }
  void serve_all() {
    for (std::uint32_t m = 0; m < in_.size(); ++m)
      while (serve(m)) {
      }
  }
  /// In random order, in bursts.
  void read_all() {
    while (unread() > 0) {
      const auto m = chance(out.size());
      for (auto n = chance(5) + 1; n > 0; --n)
        read(m);
    }
  }
  std::size_t unread() const {
    std::size_t n = 0;
    for (const auto& queue : out)
      n += queue.size();
    return n;
  }
  std::uint32_t chance(std::size_t n) { return static_cast<std::uint32_t>(random_() % n); }

  room_order order;
  std::vector<std::deque<item>> out; ///< what each member will read
  std::uint64_t delivered = 0;

 private:
  bool serve(std::uint32_t m) {
    if (in_[m].empty())
      return false;
    const auto request = in_[m].front();
    in_[m].pop_front();
    if (request.kind != item::what::message) {
      here_[m] = request.kind == item::what::joined;
      out[m].push_back(request);
      return true;
    }
    for (std::uint32_t to = 0; to < out.size(); ++to)
      if (here_[to] && (sender_receives_ || to != m))
        out[to].push_back(request);
    return true;
  }

  void read(std::uint32_t m) {
    if (out[m].empty())
      return;
    const auto got = out[m].front();
    out[m].pop_front();
    if (got.kind == item::what::joined) {
      known_[m] = true;
      order.join(m, ++now_);
    } else if (got.kind == item::what::left) {
      order.left(m);
    } else {
      delivered += order.receive(m, got.publisher, got.seq).counts;
    }
  }

  bool sender_receives_;
  std::vector<bool> here_;  ///< as the server sees it
  std::vector<bool> known_; ///< as the generator sees it
  std::vector<std::deque<item>> in_;
  std::int64_t now_ = 0;
  std::mt19937_64 random_;
};

} // namespace troupe::load
