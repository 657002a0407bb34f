#include "net/fanout/send_ring.hpp"

#include "base/log.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <utility>

#ifdef TROUPE_URING
#include <liburing.h>

#include <cstring>

namespace troupe::net {

struct send_ring::parts {
  io_uring ring;
  ~parts() { io_uring_queue_exit(&ring); }
};

send_ring::send_ring(bool wanted) {
  if (!wanted)
    return;
  io_uring ring;
  if (auto why = io_uring_queue_init(batch, &ring, 0); why < 0) {
    log::info("no-io-uring", "why={}: broadcasts use one system call per receiver", std::strerror(-why));
    return;
  }
  parts_ = std::make_unique<parts>();
  parts_->ring = ring;
}

void send_ring::add(int fd, std::string_view bytes, std::uint32_t tag) {
  auto* entry = io_uring_get_sqe(&parts_->ring); // there is one: the ring has room for a whole batch
  io_uring_prep_send(entry, fd, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  io_uring_sqe_set_data64(entry, tag);
  tags_[waiting_++] = tag;
}

void send_ring::carry_out(const std::function<void(std::uint32_t, int)>& told) {
  const auto added = std::exchange(waiting_, 0u);
  if (added == 0)
    return;
  const auto taken = io_uring_submit_and_wait(&parts_->ring, added);
  const auto started = taken > 0 ? static_cast<unsigned>(taken) : 0u;
  unsigned finished = 0;
  for (io_uring_cqe* done; finished < started && io_uring_wait_cqe(&parts_->ring, &done) == 0; ++finished) {
    told(static_cast<std::uint32_t>(done->user_data), done->res);
    io_uring_cqe_seen(&parts_->ring, done);
  }
  if (started == added)
    return;
  // Entries start in the order in which they were added; those that did not are sent the ordinary way.
  log::warn("io-uring-failed", "why={}: broadcasts use one system call per receiver from now on", std::strerror(taken < 0 ? -taken : EBUSY));
  break_off();
  for (auto i = started; i < added; ++i)
    told(tags_[i], -EAGAIN);
}

void send_ring::break_off() { parts_.reset(); }

} // namespace troupe::net

#else

namespace troupe::net {

struct send_ring::parts {};
send_ring::send_ring(bool) {}
void send_ring::add(int, std::string_view, std::uint32_t) {}
void send_ring::carry_out(const std::function<void(std::uint32_t, int)>&) {}
void send_ring::break_off() {}

} // namespace troupe::net

#endif

namespace troupe::net {

send_ring::~send_ring() = default;

} // namespace troupe::net
