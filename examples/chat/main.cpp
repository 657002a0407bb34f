// A chat server of one's own in sixty lines: names, rooms, history of the last lines, typing. `chat --port 3001`, then point
// any Socket.IO client at it:
//
//     const socket = io("http://localhost:3001", { auth: { name: "Ann" } });
//     socket.emit("enter", "lobby", (lines) => ...);
//     socket.emit("say", "lobby", "Hello!");
//     socket.on("said", ({ room, from, text }) => ...);

#include <troupe/troupe.hpp>

#include <cstring>
#include <deque>
#include <iostream>
#include <map>
#include <mutex>

namespace {

/// The last lines of every room. Handlers run on several threads, so it has a lock.
class backlog {
 public:
  void add(const std::string& room, troupe::value line) {
    std::lock_guard lock(mutex_);
    auto& lines = rooms_[room];
    lines.push_back(std::move(line));
    if (lines.size() > kept)
      lines.pop_front();
  }
  troupe::value of(const std::string& room) {
    std::lock_guard lock(mutex_);
    auto lines = troupe::value::array();
    for (auto& line : rooms_[room])
      lines.push_back(line);
    return lines;
  }

 private:
  static constexpr std::size_t kept = 50;
  std::mutex mutex_;
  std::map<std::string, std::deque<troupe::value>> rooms_;
};

} // namespace

int main(int argc, char** argv) {
  std::string port = "3001";
  for (int i = 1; i + 1 < argc; ++i)
    if (std::strcmp(argv[i], "--port") == 0)
      port = argv[i + 1];

  troupe::server io({{"server.port", port}});
  backlog lines;

  auto chat = io.of("/");
  chat.use([](troupe::socket& s) -> std::optional<troupe::connect_refusal> {
    auto name = s.auth().value("name", "");
    if (name.empty() || name.size() > 40)
      return troupe::connect_refusal{"Pass a name of 1 to 40 characters in auth.name.", {{"code", "name_needed"}}};
    s.data() = name;
    return {};
  });
  chat.on("enter", [&](troupe::socket& s, troupe::event& e) {
    if (!e[0].is_string())
      return e.ack(troupe::value{{"ok", false}});
    auto room = e[0].get<std::string>();
    s.join(room);
    s.to(room).emit("entered", troupe::value{{"room", room}, {"who", std::any_cast<std::string>(s.data())}});
    e.ack(lines.of(room));
  });
  chat.on("say", [&](troupe::socket& s, troupe::event& e) {
    if (!e[0].is_string() || !e[1].is_string())
      return e.ack(troupe::value{{"ok", false}});
    auto room = e[0].get<std::string>();
    troupe::value line{{"room", room}, {"from", std::any_cast<std::string>(s.data())}, {"text", e[1]}};
    lines.add(room, line);
    io.to(room).emit("said", line);
    e.ack(troupe::value{{"ok", true}});
  });

  if (auto problem = io.start(); !problem.empty()) {
    std::cerr << problem << '\n';
    return 1;
  }
  std::cout << "chat is at http://localhost:" << io.port() << std::endl;
  io.wait();
}
