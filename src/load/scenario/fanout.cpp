#include "load/check/room_order.hpp"
#include "load/measure/schedule.hpp"
#include "load/scenario/scenario.hpp"
#include "load/wire/marker.hpp"
#include "load/wire/message_template.hpp"

#include <algorithm>

namespace troupe::load {
namespace {

constexpr std::size_t largest_backlog = 1 << 20;
constexpr int sends_at_once = 128; ///< then what was received has its turn
constexpr std::int64_t check_every_ns = 5 * ms_ns;

/// Rooms in which some members publish and all others receive.
class fanout_scenario : public scenario {
 public:
  explicit fanout_scenario(stage& s);

  void on_live(client& c, std::int64_t now) override;
  void on_packet(client& c, std::string_view text, std::int64_t now) override;
  void on_read(client& c, std::int64_t now) override;
  void on_gone(client& c, phase was, ending, std::string_view, std::int64_t) override;
  std::int64_t work(std::int64_t now) override;
  void run() override;

 private:
  struct publisher {
    client* by;
    marked_frame frame;
    std::uint32_t due = 0;         ///< messages to send as soon as what was read is dealt with
    std::uint32_t outstanding = 0; ///< messages that have not reached everybody
    std::int64_t progress_ns = 0;  ///< when one was sent or completed last
  };

  void make_publishers();
  void begin();
  void end();
  void on_other_packet(std::string_view text);
  void completed(std::uint32_t room, std::uint32_t number);
  void owe(std::size_t index, std::uint32_t messages);
  void send_due(std::int64_t now);
  void send(publisher& p, std::uint32_t messages, std::int64_t due_ns);
  void send_scheduled(publisher& p, std::int64_t now);
  void release_stalled(std::int64_t now);
  publisher* at(std::uint32_t room, std::uint32_t number);

  stage& stage_;
  const options& o_;
  marker_format format_;
  std::string deliver_, error_; ///< how packets of these events begin
  std::vector<room_order> rooms_;
  std::vector<publisher> publishers_; ///< room by room
  std::vector<std::size_t> owing_;    ///< publishers with `due`
  std::string scratch_;
  bool publishing_ = false;
  steady_schedule schedule_; ///< open loop
  std::size_t next_publisher_ = 0;
  std::int64_t next_release_ns_ = never;
};

fanout_scenario::fanout_scenario(stage& s)
  : stage_{s}, o_{s.o}, format_{static_cast<std::uint32_t>(now_ns() >> 10)},
    deliver_{"42" + s.crowd.steps().nsp_prefix() + "[\"" + o_.deliver + '"'}, error_{
                                                                                "42" + s.crowd.steps().nsp_prefix()
                                                                                + "[\"error\""} {
  for (std::uint32_t room = 0; room < o_.rooms; ++room)
    rooms_.emplace_back(room_size(o_, room), o_.publishers, o_.sender_receives);
  make_publishers();
}

void fanout_scenario::make_publishers() {
  for (std::uint32_t room = 0; room < o_.rooms; ++room)
    for (std::uint32_t number = 0; number < o_.publishers; ++number) {
      auto& c = stage_.crowd.clients()[std::size_t{number} * o_.rooms + room];
      const auto name = stage_.crowd.steps().room_name(room);
      publishers_.push_back(
        {&c, make_marked_frame(
               o_.publish, {name, c.index, ""}, stage_.crowd.steps().nsp_prefix(), o_.payload_bytes, false)});
    }
}

void fanout_scenario::on_live(client& c, std::int64_t now) {
  rooms_[c.room].join(c.member, now);
}

void fanout_scenario::on_packet(client& c, std::string_view text, std::int64_t now) {
  if (!text.starts_with(deliver_)) {
    on_other_packet(text);
    return;
  }
  marker m;
  if (!format_.find(text, m))
    return; // somebody else's
  auto& room = rooms_[c.room];
  const auto d = room.receive(c.member, m.room == c.room ? m.publisher : UINT32_MAX, m.seq);
  if (!d.counts)
    return;
  ++counted.deliveries;
  if (counted.measuring)
    counted.latency.record(now - d.due_ns);
  if (d.complete)
    completed(c.room, m.publisher);
}

void fanout_scenario::on_other_packet(std::string_view text) {
  if (!text.starts_with(error_))
    return;
  if (stage_.result.refused++ == 0)
    stage_.result.first_refusal = text;
}

fanout_scenario::publisher* fanout_scenario::at(std::uint32_t room, std::uint32_t number) {
  return &publishers_[std::size_t{room} * o_.publishers + number];
}

void fanout_scenario::completed(std::uint32_t room, std::uint32_t number) {
  auto& p = *at(room, number);
  p.progress_ns = now_ns();
  if (p.outstanding == 0)
    return; // given up on, and here after all
  --p.outstanding;
  if (publishing_ && !o_.rate)
    owe(std::size_t{room} * o_.publishers + number, 1);
}

void fanout_scenario::owe(std::size_t index, std::uint32_t messages) {
  if (publishers_[index].due == 0)
    owing_.push_back(index);
  publishers_[index].due += messages;
}

void fanout_scenario::on_read(client&, std::int64_t) {
  if (!owing_.empty())
    send_due(now_ns());
}

void fanout_scenario::send_due(std::int64_t now) {
  for (auto index : owing_) {
    auto& p = publishers_[index];
    send(p, std::exchange(p.due, 0), now);
  }
  owing_.clear();
}

void fanout_scenario::send(publisher& p, std::uint32_t messages, std::int64_t due_ns) {
  if (p.by->at != phase::live)
    return;
  auto& room = rooms_[p.by->room];
  scratch_.clear();
  for (std::uint32_t i = 0; i < messages; ++i) {
    const auto seq = room.send(p.by->member, due_ns);
    format_.write(p.frame.bytes.data() + p.frame.marker_at, {p.by->room, p.by->member, seq, due_ns});
    scratch_ += p.frame.bytes;
  }
  p.outstanding += messages;
  p.progress_ns = due_ns;
  counted.publishes += messages;
  stage_.crowd.send(*p.by, scratch_);
}

void fanout_scenario::on_gone(client& c, phase was, ending, std::string_view, std::int64_t) {
  if (was != phase::live)
    return;
  std::vector<std::uint32_t> complete;
  rooms_[c.room].dropped(c.member, complete);
  for (auto number : complete)
    completed(c.room, number);
  if (!owing_.empty())
    send_due(now_ns());
}

void fanout_scenario::begin() {
  publishing_ = true;
  const auto now = now_ns();
  if (o_.rate) {
    schedule_.start(now, *o_.rate);
    return;
  }
  next_release_ns_ = now + second_ns;
  for (std::size_t i = 0; i < publishers_.size(); ++i)
    owe(i, o_.in_flight);
  send_due(now);
}

std::int64_t fanout_scenario::work(std::int64_t now) {
  if (!publishing_)
    return never;
  if (!o_.rate) {
    if (now >= next_release_ns_)
      release_stalled(now);
    return next_release_ns_;
  }
  for (int n = 0; n < sends_at_once && schedule_.next() <= now; ++n) {
    send_scheduled(publishers_[next_publisher_], now);
    next_publisher_ = (next_publisher_ + 1) % publishers_.size();
  }
  return schedule_.next();
}

/// The latency counts from when the message was due, however late it is sent.
void fanout_scenario::send_scheduled(publisher& p, std::int64_t now) {
  const auto due = schedule_.take();
  if (client_loop::backlog(*p.by) > largest_backlog) {
    ++counted.skipped;
    return;
  }
  if (counted.measuring)
    counted.send_lag.record(now - due);
  send(p, 1, due);
}

/// A message that somebody never gets would stop its publisher for good.
void fanout_scenario::release_stalled(std::int64_t now) {
  next_release_ns_ = now + second_ns;
  for (std::size_t i = 0; i < publishers_.size(); ++i) {
    auto& p = publishers_[i];
    if (p.outstanding == 0 || p.by->at != phase::live || now - p.progress_ns < seconds(o_.timeout_s))
      continue;
    stage_.result.stalled += p.outstanding;
    owe(i, std::exchange(p.outstanding, 0));
  }
  send_due(now);
}

/// Nothing new is sent, and what is under way may arrive.
void fanout_scenario::end() {
  publishing_ = false;
  std::int64_t next_check = 0;
  const auto all_settled = [&](std::int64_t now) {
    if (now < next_check)
      return false;
    next_check = now + check_every_ns;
    return std::all_of(rooms_.begin(), rooms_.end(), [](const auto& r) { return r.settled(); });
  };
  stage_.let_arrive(*this, all_settled);
  for (auto& room : rooms_)
    stage_.result.check.add(room.finish());
}

void fanout_scenario::run() {
  if (!stage_.ramp_up(*this))
    return;
  begin();
  stage_.measure(*this);
  end();
}

} // namespace

std::unique_ptr<scenario> make_fanout(stage& s) {
  return std::make_unique<fanout_scenario>(s);
}

} // namespace troupe::load
