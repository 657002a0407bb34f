#include "load/check/reply_order.hpp"
#include "load/measure/schedule.hpp"
#include "load/scenario/scenario.hpp"
#include "load/wire/marker.hpp"
#include "load/wire/message_template.hpp"

#include <algorithm>
#include <charconv>

namespace troupe::load {
namespace {

constexpr std::size_t largest_backlog = 1 << 20;
constexpr int sends_at_once = 128;                                 ///< then what was received has its turn
constexpr std::uint32_t first_id = 100'000'000, ids = 900'000'000; ///< of acks: always nine digits, below 2^31

/// Every connection asks, and is answered.
class echo_scenario : public scenario {
 public:
  explicit echo_scenario(stage& s);

  void on_packet(client& c, std::string_view text, std::int64_t now) override;
  void on_read(client& c, std::int64_t now) override;
  void on_gone(client& c, phase was, ending, std::string_view, std::int64_t) override;
  std::int64_t work(std::int64_t now) override;
  void run() override;

 private:
  void on_ack(client& c, std::string_view text, std::int64_t now);
  void on_event(client& c, std::string_view text, std::int64_t now);
  void on_reply(client& c, std::uint32_t number, std::int64_t now);
  void send(client& c, std::uint32_t requests, std::int64_t due_ns);
  void begin();
  void end();

  stage& stage_;
  const options& o_;
  marker_format format_;
  std::string ack_, event_, error_;  ///< how these packets begin
  std::vector<marked_frame> frames_; ///< one, or one for each connection when they differ
  std::vector<reply_order> replies_;
  std::vector<std::uint32_t> owed_; ///< requests to send as soon as what was read is dealt with
  std::string scratch_;
  steady_schedule schedule_;
  std::size_t next_client_ = 0;
  bool asking_ = false;
};

echo_scenario::echo_scenario(stage& s)
  : stage_{s}, o_{s.o}, format_{static_cast<std::uint32_t>(now_ns() >> 10)}, ack_{"43" + s.crowd.steps().nsp_prefix()},
    event_{"42" + s.crowd.steps().nsp_prefix() + '['}, error_{event_ + "\"error\""}, replies_(s.o.connections),
    owed_(s.o.connections) {
  const bool differ = o_.echo.find("{index}") != std::string::npos || o_.echo.find("{room}") != std::string::npos;
  for (const auto& c : s.crowd.clients()) {
    const auto room = s.crowd.steps().room_name(c.room);
    frames_.push_back(make_marked_frame(
      o_.echo, {room, c.index, ""}, s.crowd.steps().nsp_prefix(), o_.payload_bytes, !o_.echo_by_event));
    if (!differ)
      break;
  }
}

void echo_scenario::on_packet(client& c, std::string_view text, std::int64_t now) {
  if (!o_.echo_by_event && text.starts_with(ack_))
    on_ack(c, text.substr(ack_.size()), now);
  else if (text.starts_with(event_))
    on_event(c, text, now);
}

void echo_scenario::on_ack(client& c, std::string_view text, std::int64_t now) {
  std::uint32_t id = 0;
  const auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (failure != std::errc{} || id < first_id)
    return;
  text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
  if (is_refusal(text) && stage_.result.refused++ == 0)
    stage_.result.first_refusal = text;
  // The number behind the id: ids start again after 900 million, long after the first of them was answered.
  auto& replies = replies_[c.index];
  const auto round = (replies.sent() - 1) / ids;
  on_reply(c, id - first_id + round * ids, now);
}

void echo_scenario::on_event(client& c, std::string_view text, std::int64_t now) {
  if (text.starts_with(error_)) {
    if (stage_.result.refused++ == 0)
      stage_.result.first_refusal = text;
    return;
  }
  marker m;
  if (!o_.echo_by_event || !format_.find(text, m))
    return;
  if (m.publisher == c.index)
    on_reply(c, m.seq, now);
  else
    ++stage_.result.check.unknown;
}

void echo_scenario::on_reply(client& c, std::uint32_t number, std::int64_t now) {
  const auto r = replies_[c.index].receive(number);
  auto& check = stage_.result.check;
  if (!r.counts) {
    ++(r.known ? check.doubled : check.unknown);
    return;
  }
  check.reordered += r.overtook && o_.echo_by_event; // acks may come in any order
  ++counted.deliveries;
  if (counted.measuring)
    counted.latency.record(now - r.due_ns);
  owed_[c.index] += asking_ && !o_.rate;
}

void echo_scenario::on_read(client& c, std::int64_t) {
  if (owed_[c.index] > 0)
    send(c, std::exchange(owed_[c.index], 0), now_ns());
}

void echo_scenario::send(client& c, std::uint32_t requests, std::int64_t due_ns) {
  if (c.at != phase::live)
    return;
  auto& frame = frames_[c.index % frames_.size()];
  scratch_.clear();
  for (std::uint32_t i = 0; i < requests; ++i) {
    const auto number = replies_[c.index].send(due_ns);
    format_.write(frame.bytes.data() + frame.marker_at, {c.room, c.index, number, due_ns});
    if (frame.id_at > 0) {
      char* id = frame.bytes.data() + frame.id_at;
      std::to_chars(id, id + id_digits, first_id + number % ids);
    }
    scratch_ += frame.bytes;
  }
  counted.publishes += requests;
  stage_.crowd.send(c, scratch_);
}

void echo_scenario::on_gone(client& c, phase, ending, std::string_view, std::int64_t) {
  replies_[c.index] = {}; // nothing more is expected of it
}

void echo_scenario::begin() {
  asking_ = true;
  const auto now = now_ns();
  if (o_.rate) {
    schedule_.start(now, *o_.rate);
    return;
  }
  for (auto& c : stage_.crowd.clients())
    send(c, o_.in_flight, now);
}

std::int64_t echo_scenario::work(std::int64_t now) {
  if (!asking_ || !o_.rate)
    return never;
  auto& clients = stage_.crowd.clients();
  for (int n = 0; n < sends_at_once && schedule_.next() <= now; ++n) {
    const auto due = schedule_.take();
    auto& c = clients[next_client_++ % clients.size()];
    if (client_loop::backlog(c) > largest_backlog) {
      ++counted.skipped;
      continue;
    }
    if (counted.measuring)
      counted.send_lag.record(now - due);
    send(c, 1, due);
  }
  return schedule_.next();
}

void echo_scenario::end() {
  asking_ = false;
  const auto answered = [&](std::int64_t) { return counted.deliveries == counted.publishes; };
  stage_.let_arrive(*this, answered);
  for (const auto& r : replies_)
    stage_.result.check.lost += r.open();
}

void echo_scenario::run() {
  if (!stage_.ramp_up(*this))
    return;
  begin();
  stage_.measure(*this);
  end();
}

} // namespace

std::unique_ptr<scenario> make_echo(stage& s) {
  return std::make_unique<echo_scenario>(s);
}

} // namespace troupe::load
