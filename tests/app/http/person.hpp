#pragma once
// A Socket.IO client, as small as a test needs it.

#include "net/client.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include <string>

namespace troupe::testing {

/// One socket over WebSocket. Waiting for what does not come ends at the server's next ping, which fails the test.
class person {
 public:
  person(unsigned short port, const std::string& user, std::string nsp = "/")
    : socket_(port, "/socket.io/?EIO=4&transport=websocket"), prefix_(nsp == "/" ? "" : nsp + ",") {
    REQUIRE(next().starts_with("0{"));
    socket_.send("40" + prefix_ + nlohmann::json{{"userId", user}}.dump());
    id = nlohmann::json::parse(next().substr(2 + prefix_.size())).at("sid");
  }

  /// Emits one argument and gives the server's answer.
  nlohmann::json ask(const std::string& event, const nlohmann::json& argument) {
    const std::string number = std::to_string(acks_++);
    socket_.send("42" + prefix_ + number + nlohmann::json{event, argument}.dump());
    const std::string head = "43" + prefix_ + number + "[";
    for (;;)
      if (const std::string text = next(); text.starts_with(head))
        return nlohmann::json::parse(text.substr(head.size() - 1)).at(0);
  }

  /// The next event called `name`, as the text of its array: `["name",...]`. Others are skipped.
  std::string event(const std::string& name) {
    const std::string head = "42" + prefix_;
    for (;;)
      if (const std::string text = next(); text.starts_with(head + "[\"" + name + "\""))
        return text.substr(head.size());
  }

  /// What the server sends next; "closed" when it has closed.
  std::string next() {
    auto text = socket_.receive();
    if (text && *text == "2")
      FAIL("nothing came until the next ping");
    return text.value_or("closed");
  }

  std::string id;

 private:
  ws_client socket_;
  std::string prefix_;
  unsigned acks_ = 0;
};

} // namespace troupe::testing
