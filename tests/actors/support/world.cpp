#include "world.hpp"

#include "../../support/deterministic.hpp"

#include "base/log.hpp"
#include "core/json/json_text.hpp"
#include "core/logic/builtin_logic.hpp"
#include "core/logic/configured_namespaces.hpp"

#include <algorithm>

namespace troupe::test {
namespace {

class honest_authenticator : public ports::authenticator {
 public:
  result<identity> authenticate(const ports::credentials& c) const override {
    identity who;
    who.user_id = json::string_member(c.auth, "user").value_or("nobody");
    if (who.user_id == "mallory")
      return error{"unauthorized", "mallory may not"};
    if (auto role = json::string_member(c.auth, "role"))
      who.roles.push_back(*role);
    if (auto expires = json::member(c.auth, "expires"))
      who.expires = json::integer_value(*expires);
    return who;
  }
};

class lab_namespaces : public logic::namespaces {
 public:
  explicit lab_namespaces(std::shared_ptr<lab_logic> lab) : lab_(std::move(lab)) {}
  std::shared_ptr<logic::namespace_logic> find(std::string_view nsp) override {
    if (nsp.starts_with("/lab"))
      return lab_;
    return builtin_.find(nsp);
  }
  void on_server_event(logic::server_event e) override {
    if (lab_->server_event)
      return lab_->server_event(std::move(e));
    logic::namespaces::on_server_event(std::move(e));
  }

 private:
  std::shared_ptr<lab_logic> lab_;
  logic::configured_namespaces builtin_{{"/", "/chat*"},
                                        std::make_shared<logic::builtin_logic>(logic::event_settings{}, logic::name_map{},
                                                                               std::vector<logic::event_rule>{})};
};

} // namespace

std::unique_ptr<ports::authenticator> make_honest_authenticator() { return std::make_unique<honest_authenticator>(); }

std::unique_ptr<logic::namespaces> make_namespaces(std::shared_ptr<lab_logic> lab) {
  return std::make_unique<lab_namespaces>(std::move(lab));
}

bool mentions(const lines& heard, std::string_view part) {
  return std::any_of(heard.begin(), heard.end(), [&](auto& l) { return l.find(part) != std::string::npos; });
}

logic::emit emit(std::string event, std::string args) {
  logic::emit e;
  e.event = std::move(event);
  e.args.json = std::move(args);
  return e;
}

logic::effects lab_logic::on_event(logic::socket_info& s, const logic::inbound_event& e) {
  auto i = events.find(e.name);
  return i == events.end() ? logic::effects{} : i->second(s, e);
}

void lab_logic::on_disconnect(logic::socket_info& s, std::string_view reason) {
  std::string line = s.who.user_id + ": " + std::string(reason);
  for (auto& room : s.rooms)
    line += " " + room;
  std::lock_guard lock(mutex_);
  disconnects.push_back(line);
}

world::world(actors::options o, std::uint16_t shards, actors::cluster_setup* cluster, std::shared_ptr<memory::memory_offline_store> kept,
             std::shared_ptr<memory::memory_store> histories)
  : history(histories ? std::move(histories) : std::make_shared<memory::memory_store>()), queues(std::move(kept)), egress(shards),
    authenticator_(make_honest_authenticator()), namespaces_(make_namespaces(lab)) {
  log::set_level(log::level::off);
  if (o.limit.events_per_minute == limits{}.events_per_minute)
    o.limit.events_per_minute = 0;
  actors::dependencies d{egress, {}, *authenticator_, *namespaces_, counts, cluster};
  if (!o.recovery.namespaces.empty()) {
    o.replicas.logged = true;
    d.log = &log;
    sessions = std::make_unique<memory::memory_session_store>(memory::session_shelf_options{}, [this] { return time_point(duration(wall())); });
    d.sessions = sessions.get();
  }
  if (!queues)
    queues = std::make_shared<memory::memory_offline_store>(100, [this] { return time_point(duration(wall())); });
  d.offline = queues.get();
  layer = std::make_unique<actors::actor_layer>(d, o, surroundings());
  time_ = std::make_unique<deterministic>(*layer);
  egress.on_control = [this](session_ref who, const ports::control& c) {
    if (auto i = sinks_.find(who); i != sinks_.end())
      i->second->on_control(c);
  };
  run();
}

world::~world() {
  egress.before_submit = nullptr;
  layer->stop(duration(5'000));
}

actors::surroundings world::surroundings() {
  actors::surroundings around;
  around.wall_clock = [this] { return wall(); };
  around.random = [this](unsigned char* out, std::size_t n) {
    ++random_;
    for (std::size_t i = 0; i < n; ++i)
      out[i] = static_cast<unsigned char>(random_ >> (i % 4 * 8));
  };
  around.record_event = [this](std::string_view topic, std::string_view json) {
    recorded.push_back(std::string(topic) + " " + std::string(json));
  };
  return around;
}

world::client world::open(std::uint16_t shard) {
  const session_ref ref{shard, next_slot_++, 7};
  egress.open(ref);
  sinks_[ref] = layer->acceptor().on_open(ref, shake);
  return {*this, ref};
}

world::client world::join_as(const std::string& user, std::uint16_t shard) {
  auto c = open(shard);
  c.connect(user);
  return c;
}

void world::run() {
  do {
    time_->run();
    while (!egress.closings.empty()) {
      const auto next = egress.closings.front();
      egress.closings.pop_front();
      close(next.who, next.why);
    }
  } while (!time_->idle());
}

void world::advance(duration d) {
  time_->advance(d);
  run();
}

void world::advance_only(duration d) { time_->advance(d); }

bool world::step() { return time_->step(); }

unix_ms world::wall() const {
  const auto start = 1'700'000'000'000;
  return time_ ? start + std::chrono::duration_cast<duration>(time_->now().time_since_epoch()).count() : start;
}

std::string world::closed_for(session_ref who) const {
  auto i = closed_.find(who);
  return i == closed_.end() ? std::string() : std::string(engineio::to_string(i->second));
}

void world::close(session_ref who, engineio::close_reason why) {
  auto i = sinks_.find(who);
  if (i == sinks_.end())
    return;
  closed_[who] = why;
  egress.forget(who);
  i->second->on_close(why);
  sinks_.erase(i);
}

world::client& world::client::say(std::string_view wire) {
  say_only(wire);
  world_->run();
  return *this;
}

void world::client::say_only(std::string_view wire) {
  if (auto sink = world_->sinks_.find(ref); sink != world_->sinks_.end())
    sink->second->on_message(wire.substr(1), false);
}

std::string world::client::connect(const std::string& user, const std::string& nsp) {
  const auto prefix = nsp == "/" ? std::string() : nsp + ",";
  say("40" + prefix + R"({"user":")" + user + "\"}");
  const auto answer = heard();
  const auto start = answer.empty() ? std::string::npos : answer.front().find("\"sid\":\"");
  return start == std::string::npos ? std::string() : answer.front().substr(start + 7, 20);
}

void world::client::drop(engineio::close_reason why) {
  world_->close(ref, why);
  world_->run();
}

} // namespace troupe::test
