#include "app/node/node.hpp"

#include "app/authentication.hpp"
#include "app/embed/raw_acceptor.hpp"
#include "app/node/builtin.hpp"
#include "app/node/settings.hpp"
#include "backends/postgres/url.hpp"
#include "base/log.hpp"
#include "core/logic/configured_namespaces.hpp"

#include <openssl/rand.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <thread>

namespace troupe::app {

namespace {

std::uint16_t random_number() {
  std::uint16_t n = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&n), sizeof n);
  return n;
}

/// How long the start waits for the cluster's word on this node's number.
constexpr duration patience_for_cluster{1'000};
/// Left of server.shutdown_timeout_ms for clients that were not moved.
constexpr duration time_for_goodbyes{1'500};
/// Of 65,536 there are 64 times as many as a cluster has nodes.
constexpr int most_numbers = 100;

std::string default_id(std::uint16_t number) {
  char host[256] = "node";
  ::gethostname(host, sizeof host - 1);
  return fmt::format("{}-{:04x}", host, number);
}

} // namespace

node::node(const config& c, node_extras extras, std::uint16_t number)
  : config_(c), extras_(std::move(extras)), number_(number), event_log_(c.event_log.file) {
  id_ = c.server.node_id.empty() ? default_id(number_) : c.server.node_id;
}

node::~node() { stop(); }

result<std::unique_ptr<node>> node::start(const config& c, node_extras extras) {
  for (int numbers = 1;; ++numbers) {
    const auto number = numbers == 1 && extras.number ? *extras.number : random_number();
    std::unique_ptr<node> n(new node(c, extras, number));
    if (auto r = n->build(); !r)
      return r.error();
    const auto no = n->cluster_ ? n->cluster_->first_word(patience_for_cluster) : std::nullopt;
    if (!no || no->code != "node_number_taken" || numbers == most_numbers)
      return n;
    log::info("number-taken", "number={} {}", number, no->message);
  }
}

result<bool> node::build() {
  if (!event_log_.problem().empty())
    return error{"event_log", event_log_.problem()};
  auto authenticator = make_authenticator(config_.auth);
  if (!authenticator)
    return authenticator.error();
  authenticator_ = std::move(*authenticator);
  if (!extras_.namespaces)
    namespaces_ =
      std::make_unique<logic::configured_namespaces>(config_.socketio.namespaces, make_builtin_logic(config_));

  net_ = std::make_unique<net::server>(net_options(config_, number_));
  http_context context{config_, *net_, counts_, id_, TROUPE_VERSION};
  context.not_ready = [this] { return not_ready(); };
  context.cluster = [this] { return cluster_ ? cluster_->facts() : cluster_facts{}; };
  context.history = [this] { return history_ ? history_facts{&history_->counters(), history_->up()} : history_facts{}; };
  context.drain = [this](bool on, bool clients) { drain(on, clients); };
  context.self = {number_, static_cast<std::uint64_t>(wall_clock_now())};
  const auto self = context.self;
  http_ = std::make_unique<http_routes>(std::move(context));
  std::vector<ports::run_loop*> loops;
  for (std::uint16_t i = 0; i < net_->shards(); ++i)
    loops.push_back(&net_->loop(i));
  actors::surroundings around;
  around.record_event = [this](std::string_view topic, std::string_view json) { event_log_.record(topic, json); };
  auto options = actor_options(config_, number_);
  options.me = self;
  if (keep_history(config_.rooms) && config_.rooms.history.store == "postgres") {
    if (auto url = postgres::check_url(config_.postgres.url); !url)
      return url.error();
    history_ = std::make_unique<postgres::postgres_room_log>(postgres_options_of(config_));
  }
  if (config_.cluster.enabled) {
    auto made = cluster_node::make(config_, {id_, number_, options.me.incarnation}, *net_, history_.get());
    if (!made)
      return made.error();
    cluster_ = std::move(*made);
  } else {
    memory_ = std::make_unique<memory_backends>(config_);
  }
  ports::session_store& sessions = cluster_ ? cluster_->sessions() : memory_->sessions;
  ports::offline_store& offline = cluster_ ? cluster_->offline() : memory_->offline;
  ports::room_log* const log = !memory_ || !keep_history(config_.rooms) ? nullptr : history_ ? static_cast<ports::room_log*>(history_.get()) : &memory_->log;
  actors_ = std::make_unique<actors::actor_layer>(
    actors::dependencies{*net_, std::move(loops), *authenticator_, extras_.namespaces ? *extras_.namespaces : *namespaces_,
                         counts_, cluster_ ? &cluster_->setup() : nullptr,
                         log, config_.recovery.enabled ? &sessions : nullptr, config_.offline.enabled ? &offline : nullptr},
    std::move(options), std::move(around));
  http_->set_actors(actors_.get());
  if (cluster_) {
    cluster_->drain().use(actors_.get());
    cluster_->use(actors_->keys_counters());
  }

  std::vector<net::engine_endpoint> endpoints{{engine_options_of(config_), &actors_->acceptor()}};
  for (auto& raw : extras_.raw) {
    raw.acceptor->use(*net_);
    auto options = engine_options_of(config_);
    options.path = raw.path.ends_with('/') ? raw.path : raw.path + "/";
    options.connect_timeout = duration(0);
    endpoints.push_back({options, raw.acceptor.get()});
  }
  net_->set_endpoints(std::move(endpoints), http_.get());
  auto port = net_->start();
  if (!port)
    return port.error();
  port_ = *port;
  http_->set_state(node_state::ready);
  return true;
}

void node::stop() {
  if (std::exchange(stopped_, true) || !net_)
    return;
  auto deadline = clock::now() + config_.server.shutdown_timeout;
  auto left = [&] { return std::max(duration(0), std::chrono::duration_cast<duration>(deadline - clock::now())); };
  http_->set_state(node_state::draining);
  if (config_.server.drain_delay.count() > 0)
    std::this_thread::sleep_for(std::min(config_.server.drain_delay, left()));
  if (cluster_)
    give_away(std::min(config_.cluster.drain_timeout, left() - std::min(time_for_goodbyes, left() / 3)));
  net_->stop_accepting();
  net_->close_sessions(engineio::close_reason::server_shutting_down, left());
  http_->set_actors(nullptr);
  if (cluster_) {
    cluster_->drain().use(nullptr);
    cluster_->use(nullptr);
  }
  if (actors_ && !actors_->stop(left() + duration(500))) {
    // Destroying actors that still run would crash on the way out; the process is ending anyway.
    log::error("stop-incomplete", "timeout_ms={} Some actors did not end in time.", config_.server.shutdown_timeout.count());
    std::_Exit(1);
  }
  if (cluster_)
    cluster_->stop();
  if (history_)
    history_->end(); // its answers call actors' mailboxes, which go next
  net_->stop();
}

std::vector<std::string> node::not_ready() const {
  auto reasons = cluster_ ? cluster_->not_ready() : std::vector<std::string>();
  if (history_ && !history_->up())
    reasons.emplace_back("PostgreSQL cannot be reached; rooms that keep their history acknowledge nothing until it is back");
  return reasons;
}

void node::drain(bool on, bool clients) {
  if (!cluster_)
    return;
  if (on)
    cluster_->drain().begin({config_.cluster.drain_clients_per_second, config_.cluster.drain_timeout}, clients);
  else
    cluster_->drain().cancel();
}

/// What the operator's own drain has not given away yet.
void node::give_away(duration at_most) {
  if (at_most <= duration(0) || cluster_->refusal())
    return;
  auto& drain = cluster_->drain();
  drain.begin({config_.cluster.drain_clients_per_second, at_most}, true);
  if (!drain.wait(at_most))
    log::info("drain-ended", "timeout_ms={} Other nodes take what is left when this one is gone.", at_most.count());
}

} // namespace troupe::app
