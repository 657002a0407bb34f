#include "app/http/api/api_routes.hpp"

#include "app/http/answers.hpp"

#include <fmt/format.h>
#include <mutex>
#include <openssl/rand.h>

namespace troupe::app {

api_routes::api_routes(const node_facts& node) : node_(node) {
  unsigned char random[8] = {};
  RAND_bytes(random, sizeof random);
  for (const unsigned char byte : random)
    id_prefix_ += fmt::format("{:02x}", byte);
}

void api_routes::set_actors(actors::actor_layer* layer) {
  std::unique_lock lock(layer_mutex_);
  layer_ = layer;
}

void api_routes::with_actors(visit& v, const std::function<void(actors::actor_layer&, ports::http_respond)>& f) {
  std::shared_lock lock(layer_mutex_);
  if (!layer_)
    return v.respond(
      error_answer(503, {"not_ready", "the node is starting or stopping; try again or ask another one"}));
  f(*layer_, std::move(v.respond));
}

std::string api_routes::new_id() { return fmt::format("api.{}.{}", id_prefix_, ids_.fetch_add(1)); }

} // namespace troupe::app
