#include "core/engineio/transport_state.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe::engineio;
using state = transport_state;

TEST_CASE("one GET and one POST at a time") {
  state s(transport::polling);
  CHECK(s.on_get() == state::poll::serve);
  CHECK(s.on_get() == state::poll::overlapping);
  s.get_answered();
  CHECK(s.on_get() == state::poll::serve);
  CHECK(s.on_post() == state::poll::serve);
  CHECK(s.on_post() == state::poll::overlapping);
  s.post_done();
  CHECK(s.on_post() == state::poll::serve);
}

TEST_CASE("a probe switches polling over; afterwards polling is the wrong transport") {
  state s(transport::polling);
  CHECK(s.on_websocket() == state::upgrade::probe);
  CHECK(s.on_websocket() == state::upgrade::refuse);
  CHECK(s.on_get() == state::poll::serve); // polling goes on meanwhile
  CHECK(s.on_probe_frame(true, false) == state::frame::answer_probe);
  CHECK(s.on_probe_frame(false, true) == state::frame::switch_over);
  CHECK(s.current() == transport::websocket);
  CHECK(s.on_get() == state::poll::wrong_transport);
  CHECK(s.on_post() == state::poll::wrong_transport);
  CHECK(s.on_websocket() == state::upgrade::refuse);
}

TEST_CASE("an upgrade without a probe is accepted, anything else closes the probing socket only") {
  state s(transport::polling);
  s.on_websocket();
  CHECK(s.on_probe_frame(false, false) == state::frame::close_this_socket);
  s.upgrade_cancelled();
  CHECK(s.current() == transport::polling);
  CHECK(s.on_websocket() == state::upgrade::probe);
  CHECK(s.on_probe_frame(false, true) == state::frame::switch_over);
}
