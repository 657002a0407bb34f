#include "virtual_cluster.hpp"

#include "actors/directory_messages.hpp"
#include "actors/hub.hpp"
#include "actors/link_router.hpp"
#include "actors/parts.hpp"

#include <caf/send.hpp>

namespace troupe::test {
namespace {

constexpr std::uint64_t first_incarnation = 1'000;

/// Is never heard of: the nodes' part in the cluster waits for ever.
class silent_registry : public ports::registry {
 public:
  void renew(const ports::node_record&, duration, answer<ports::renewed>) override {}
  void read(answer<ports::registry_view>) override {}
  void claim(const ports::node_record&, std::vector<ports::slot_claim>, answer<std::vector<ports::slot_grant>>) override {}
  void remove(const std::string&, std::uint64_t, answer<bool>) override {}
  void pin(std::uint16_t, ports::slot_pin, answer<bool>) override {}
};

class silent_bus : public ports::bus {
 public:
  void publish(std::string, std::string) override {}
  void subscribe(std::string, handler) override {}
  void unsubscribe(const std::string&) override {}
  void on_state(state_handler) override {}
};

class wires : public ports::links {
 public:
  explicit wires(std::function<bool(const std::string&, std::string)> send) : send_(std::move(send)) {}
  void want(const ports::link_peer&, const std::string&, std::uint16_t) override {}
  void forget(const std::string&) override {}
  bool send(const std::string& node, std::string bytes) override { return send_(node, std::move(bytes)); }

 private:
  std::function<bool(const std::string&, std::string)> send_;
};

} // namespace

struct virtual_cluster::member {
  explicit member(const std::shared_ptr<memory::memory_store>& logs) : log(logs) {}

  silent_registry registry;
  silent_bus bus;
  memory::memory_room_log log;
  actors::link_router router;
  std::unique_ptr<wires> links;
  std::unique_ptr<actors::cluster_setup> setup;
  std::unique_ptr<world> w;
};

virtual_cluster::virtual_cluster(std::size_t nodes, actors::options o) {
  for (std::size_t i = 0; i < nodes; ++i) {
    auto& m = *members_.emplace_back(std::make_unique<member>(logs));
    m.links = std::make_unique<wires>([this, i](const std::string& to, std::string bytes) { return send(i, to, std::move(bytes)); });
    ports::node_record me;
    me.id = id(i);
    me.number = peer(i).number;
    me.incarnation = peer(i).incarnation;
    m.setup.reset(new actors::cluster_setup{{m.registry, *m.links, m.bus, m.log}, {}, me, m.router, {}});
    o.node = me.number;
    o.me = {me.number, me.incarnation};
    o.replicas.clustered = true;
    for (auto& rule : o.room_rules)
      rule.kind.replicas.clustered = true;
    m.w = std::make_unique<world>(o, 2, m.setup.get(), queues);
    m.w->run();
    hub(i).sure_until = time_point::max(); // nobody else orders
  }
  for (std::size_t i = 0; i < nodes; ++i) {
    set_links(i, i, true);
    hear_of_home(i, 0, 7);
  }
  run();
}

virtual_cluster::~virtual_cluster() {
  for (auto& m : members_)
    m->w->layer->stop(duration(5'000));
}

world& virtual_cluster::operator[](std::size_t i) { return *members_[i]->w; }

actors::hub& virtual_cluster::hub(std::size_t i) { return *members_[i]->w->layer->inside().hub; }

ports::link_peer virtual_cluster::peer(std::size_t i) const {
  return {id(i), first_incarnation + i, static_cast<std::uint16_t>(i + 1)};
}

void virtual_cluster::set_links(std::size_t i, std::size_t end, bool up) {
  for (std::size_t other = 0; other < end; ++other) {
    if (other == i || cut_.contains(other))
      continue;
    for (auto [at, of] : {std::pair(i, other), std::pair(other, i)}) {
      const auto p = peer(of);
      hub(at).know_node(p.node, {p.number, p.incarnation}, true);
      if (up)
        members_[at]->router.on_up(p);
      else
        members_[at]->router.on_down(p, ports::link_end::reset);
    }
  }
}

bool virtual_cluster::send(std::size_t from, const std::string& to, std::string bytes) {
  for (std::size_t i = 0; i < members_.size(); ++i)
    if (id(i) == to) {
      if (cut_.contains(i) || cut_.contains(from))
        return false;
      wire_.push_back({from, i, std::move(bytes)});
      return true;
    }
  return false;
}

bool virtual_cluster::deliver() {
  bool some = false;
  std::deque<wire_message> later;
  auto now = std::exchange(wire_, {});
  for (auto& m : now)
    if (held_.contains(m.to)) {
      later.push_back(std::move(m));
    } else {
      members_[m.to]->router.on_message(peer(m.from), m.bytes);
      some = true;
    }
  wire_.insert(wire_.begin(), std::make_move_iterator(later.begin()), std::make_move_iterator(later.end()));
  return some;
}

void virtual_cluster::run() {
  do
    for (auto& m : members_)
      m->w->run();
  while (deliver());
}

void virtual_cluster::advance(duration d) {
  for (auto& m : members_)
    m->w->advance(d);
  run();
}

void virtual_cluster::release(std::size_t i) {
  held_.erase(i);
  run();
}

void virtual_cluster::cut(std::size_t i) {
  std::erase_if(wire_, [i](auto& m) { return m.from == i || m.to == i; });
  set_links(i, members_.size(), false);
  cut_.insert(i);
  run();
}

void virtual_cluster::link(std::size_t i) {
  cut_.erase(i);
  set_links(i, members_.size(), true);
  run();
}

void virtual_cluster::hear_of_home(std::size_t at, std::size_t home, std::uint64_t epoch, bool open) {
  auto homes = std::make_shared<std::vector<std::pair<std::uint16_t, cluster::slot_home>>>();
  for (std::uint16_t slot = 0; slot < cluster::slot_count; ++slot)
    homes->push_back({slot, {{peer(home).number, peer(home).incarnation}, epoch, open && at == home}});
  for (auto& part : hub(at).directories)
    caf::anon_send(part, actors::slots_news{homes, nullptr});
}

void virtual_cluster::move_homes(std::size_t home, std::uint64_t epoch) {
  hear_of_home(home, home, epoch, false);
  run();
  for (std::size_t i = 0; i < members_.size(); ++i)
    if (i != home && !cut_.contains(i))
      hear_of_home(i, home, epoch);
  run();
  hear_of_home(home, home, epoch);
  run();
}

void virtual_cluster::kill(std::size_t i) {
  cut(i);
  const auto p = peer(i);
  for (std::size_t other = 0; other < members_.size(); ++other)
    if (other != i)
      for (auto& part : hub(other).directories)
        caf::anon_send(part, actors::peer_news{{p.number, p.incarnation}, p.node, actors::room_peer::news::gone});
  run();
}

} // namespace troupe::test
