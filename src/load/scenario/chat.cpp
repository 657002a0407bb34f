#include "load/check/room_order.hpp"
#include "load/measure/schedule.hpp"
#include "load/scenario/scenario.hpp"
#include "load/wire/marker.hpp"
#include "load/wire/message_template.hpp"

#include <algorithm>

namespace troupe::load {
namespace {

constexpr int deeds_at_once = 128; ///< then what was received has its turn
constexpr int tries = 16;          ///< to find somebody who is in a room
constexpr std::int64_t check_every_ns = 20 * ms_ns;

/// People who come, talk when they feel like it, leave and come back.
class chat_scenario : public scenario {
 public:
  explicit chat_scenario(stage& s);

  void on_live(client& c, std::int64_t now) override;
  void on_packet(client& c, std::string_view text, std::int64_t now) override;
  void on_gone(client& c, phase was, ending, std::string_view, std::int64_t now) override;
  std::int64_t work(std::int64_t now) override;
  void run() override;

 private:
  enum class place : std::uint8_t { outside, inside, leaving, away, returning };
  struct return_time {
    std::int64_t at_ns;
    std::uint32_t index;
    bool operator>(const return_time& o) const { return at_ns > o.at_ns; }
  };

  void on_message(client& c, std::string_view text, std::int64_t now);
  void on_answer(client& c, std::string_view text, std::int64_t now);
  void talk(std::int64_t due_ns);
  void leave();
  void leave_room(client& c);
  void disconnect(client& c);
  void come_back(std::int64_t now);
  /// Who talks and leaves. The last member of a room only listens, so that there is somebody who gets everything.
  std::uint32_t talkers(std::uint32_t room) const { return room_size(o_, room) - (o_.sender_receives ? 0 : 1); }
  client* somebody();
  std::int64_t pause();
  void end();

  stage& stage_;
  const options& o_;
  marker_format format_;
  std::string deliver_, error_; ///< how packets of these events begin
  std::vector<room_order> rooms_;
  std::vector<place> places_;
  std::priority_queue<return_time, std::vector<return_time>, std::greater<>> returns_; ///< into rooms
  random_schedule talks_, leaves_;
  std::mt19937_64 random_;
  bool going_on_ = false;
  churn_result churn_;
};

chat_scenario::chat_scenario(stage& s)
  : stage_{s}, o_{s.o}, format_{static_cast<std::uint32_t>(now_ns() >> 10)},
    deliver_{"42" + s.crowd.steps().nsp_prefix() + "[\"" + o_.deliver + '"'},
    error_{"42" + s.crowd.steps().nsp_prefix() + "[\"error\""},
    places_(o_.connections), talks_{o_.seed}, leaves_{o_.seed + 1}, random_{o_.seed + 2} {
  for (std::uint32_t room = 0; room < o_.rooms; ++room)
    rooms_.emplace_back(room_size(o_, room), talkers(room), o_.sender_receives);
}

void chat_scenario::on_live(client& c, std::int64_t now) {
  churn_.came_back += going_on_;
  places_[c.index] = place::inside;
  rooms_[c.room].join(c.member, now);
}

void chat_scenario::on_packet(client& c, std::string_view text, std::int64_t now) {
  if (text.starts_with(deliver_)) {
    on_message(c, text, now);
  } else if (text.starts_with(error_)) {
    if (stage_.result.refused++ == 0)
      stage_.result.first_refusal = text;
  } else if (places_[c.index] == place::leaving || places_[c.index] == place::returning) {
    on_answer(c, text, now);
  }
}

void chat_scenario::on_message(client& c, std::string_view text, std::int64_t now) {
  marker m;
  if (places_[c.index] == place::outside || !format_.find(text, m))
    return; // what was under way when it said goodbye, or somebody else's
  if (places_[c.index] == place::returning)
    on_live(c, now); // the room's messages may overtake the answer
  const auto d = rooms_[c.room].receive(c.member, m.room == c.room ? m.publisher : UINT32_MAX, m.seq);
  if (!d.counts)
    return;
  ++counted.deliveries;
  if (counted.measuring)
    counted.latency.record(now - d.due_ns);
}

/// Of a join or a leave on a connection that was live before.
void chat_scenario::on_answer(client& c, std::string_view text, std::int64_t now) {
  const auto p = read_packet(text, stage_.crowd.steps().nsp_prefix());
  bool refused = false;
  if (!stage_.crowd.steps().answers(p, refused))
    return;
  if (refused && stage_.result.refused++ == 0)
    stage_.result.first_refusal = p.data;
  if (places_[c.index] == place::returning) {
    on_live(c, now);
    return;
  }
  rooms_[c.room].left(c.member);
  places_[c.index] = place::away;
  returns_.push({now + pause(), c.index});
}

void chat_scenario::on_gone(client& c, phase was, ending, std::string_view, std::int64_t now) {
  auto& place_of = places_[c.index];
  if (was == phase::live && (place_of == place::inside || place_of == place::leaving)) {
    std::vector<std::uint32_t> unused;
    rooms_[c.room].dropped(c.member, unused);
  }
  place_of = place::outside;
  if (was >= phase::live && going_on_)
    stage_.crowd.start(c, now + pause());
}

client* chat_scenario::somebody() {
  auto& clients = stage_.crowd.clients();
  for (int i = 0; i < tries; ++i) {
    auto& c = clients[random_() % clients.size()];
    if (places_[c.index] == place::inside && c.member < talkers(c.room))
      return &c;
  }
  return nullptr;
}

std::int64_t chat_scenario::pause() {
  return o_.away_s > 0 ? seconds(std::exponential_distribution<double>{1 / o_.away_s}(random_)) : 0;
}

void chat_scenario::talk(std::int64_t due_ns) {
  auto* c = somebody();
  if (!c)
    return;
  const auto& steps = stage_.crowd.steps();
  const auto name = steps.room_name(c->room);
  auto frame = make_marked_frame(o_.publish, {name, c->index, ""}, steps.nsp_prefix(), o_.payload_bytes, false);
  const auto seq = rooms_[c->room].send(c->member, due_ns);
  format_.write(frame.bytes.data() + frame.marker_at, {c->room, c->member, seq, due_ns});
  ++counted.publishes;
  stage_.crowd.send(*c, frame.bytes);
}

/// One by the event and one by disconnecting, in turn.
void chat_scenario::leave() {
  auto* c = somebody();
  if (!c)
    return;
  const bool by_event =
    !o_.leave.empty() && o_.join_reply.by == join_answer::kind::ack && churn_.left <= churn_.disconnected;
  if (by_event)
    leave_room(*c);
  else
    disconnect(*c);
}

void chat_scenario::leave_room(client& c) {
  ++churn_.left;
  places_[c.index] = place::leaving;
  rooms_[c.room].leaving(c.member);
  stage_.crowd.send(c, stage_.crowd.steps().leave_frame(c));
}

void chat_scenario::disconnect(client& c) {
  ++churn_.disconnected;
  places_[c.index] = place::outside;
  std::vector<std::uint32_t> unused;
  rooms_[c.room].dropped(c.member, unused);
  stage_.crowd.part(c);
}

void chat_scenario::come_back(std::int64_t now) {
  while (!returns_.empty() && returns_.top().at_ns <= now) {
    auto& c = stage_.crowd.clients()[returns_.top().index];
    returns_.pop();
    if (places_[c.index] != place::away || c.at != phase::live)
      continue; // its connection broke meanwhile
    places_[c.index] = place::returning;
    stage_.crowd.send(c, stage_.crowd.steps().join_frame(c));
  }
}

std::int64_t chat_scenario::work(std::int64_t now) {
  come_back(now);
  if (going_on_) {
    for (int n = 0; n < deeds_at_once && talks_.next() <= now; ++n)
      talk(talks_.take());
    for (int n = 0; n < deeds_at_once && leaves_.next() <= now; ++n) {
      leaves_.take();
      leave();
    }
  }
  const auto back = returns_.empty() ? never : returns_.top().at_ns;
  return going_on_ ? std::min({back, talks_.next(), leaves_.next()}) : back;
}

void chat_scenario::end() {
  going_on_ = false;
  std::int64_t next_check = 0;
  const auto settled = [&](std::int64_t now) {
    if (now < next_check)
      return false;
    next_check = now + check_every_ns;
    return std::all_of(rooms_.begin(), rooms_.end(), [](const auto& r) { return r.settled(); });
  };
  stage_.let_arrive(*this, settled);
  for (auto& room : rooms_)
    stage_.result.check.add(room.finish());
  stage_.result.churn = churn_;
}

void chat_scenario::run() {
  if (!stage_.ramp_up(*this))
    return;
  const auto now = now_ns();
  talks_.start(now, o_.rate.value_or(o_.connections / 60.0));
  leaves_.start(now, o_.stay_s > 0 ? o_.connections / o_.stay_s : 0);
  going_on_ = true;
  stage_.measure(*this);
  end();
}

} // namespace

std::unique_ptr<scenario> make_chat(stage& s) {
  return std::make_unique<chat_scenario>(s);
}

} // namespace troupe::load
