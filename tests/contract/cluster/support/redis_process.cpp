#include "redis_process.hpp"

#include "ask.hpp"

#include <array>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <hiredis/hiredis.h>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace cluster_tests {
namespace {

/// Free now, and with +10000 (the bus of a Redis Cluster) still a port.
std::uint16_t free_port() {
  for (;;) {
    int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in a{};
    a.sin_family = AF_INET;
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    a.sin_port = htons(static_cast<std::uint16_t>(20'000 + std::rand() % 2'700)); // both are below the ports of clients
    bool free = bind(s, reinterpret_cast<sockaddr*>(&a), sizeof a) == 0;
    close(s);
    if (free)
      return ntohs(a.sin_port);
  }
}

std::string shown(const redisReply* r) {
  if (!r)
    return "!no answer";
  switch (r->type) {
  case REDIS_REPLY_INTEGER: return std::to_string(r->integer);
  case REDIS_REPLY_ERROR: return "!" + std::string(r->str, r->len);
  case REDIS_REPLY_ARRAY: {
    std::string all;
    for (std::size_t i = 0; i < r->elements; ++i)
      all += (i ? "\n" : "") + shown(r->element[i]);
    return all;
  }
  case REDIS_REPLY_NIL: return "";
  default: return std::string(r->str, r->len);
  }
}

} // namespace

redis_process::redis_process(std::vector<std::string> arguments, std::string password) :
  arguments_(std::move(arguments)), password_(std::move(password)) {
  std::srand(static_cast<unsigned>(getpid() + std::chrono::steady_clock::now().time_since_epoch().count()));
  auto pattern = (std::filesystem::temp_directory_path() / "troupe-redis-XXXXXX").string();
  dir_ = mkdtemp(pattern.data());
  const std::vector<std::string> fixed{"--bind", "127.0.0.1", "--dir", dir_, "--save", "",
    "--appendonly", "no", "--daemonize", "no", "--loglevel", "warning", "--repl-diskless-sync-delay", "0"};
  arguments_.insert(arguments_.begin(), fixed.begin(), fixed.end());
  // Somebody else may take the port, or that of the cluster's bus, in between.
  for (int tries = 0; tries < 5; ++tries) {
    port_ = free_port();
    launch();
    if (comes_true([this] { return answers() || ended(); }) && !ended())
      return;
    kill();
  }
  throw std::runtime_error("redis-server does not start");
}

redis_process::redis_process(const with_file& f) {
  auto pattern = (std::filesystem::temp_directory_path() / "troupe-redis-XXXXXX").string();
  dir_ = mkdtemp(pattern.data());
  port_ = free_port();
  std::ofstream{file("sentinel.conf")} << "bind 127.0.0.1\ndir " << dir_ << "\n" << f.text;
  arguments_ = {file("sentinel.conf"), "--sentinel"};
  start();
}

redis_process::~redis_process() {
  kill();
  std::filesystem::remove_all(dir_);
}

void redis_process::start() {
  launch();
  if (!comes_true([this] { return answers(); }))
    throw std::runtime_error("redis-server does not answer");
}

void redis_process::launch() {
  std::vector<char*> argv{const_cast<char*>("redis-server")};
  for (auto& a : arguments_)
    argv.push_back(a.data());
  auto port = std::to_string(port_);
  std::string port_option = "--port";
  argv.insert(argv.end(), {port_option.data(), port.data()});
  argv.push_back(nullptr);
  auto parent = getpid();
  pid_ = fork();
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
      _exit(1);
    int null = open("/dev/null", O_RDWR);
    dup2(null, 0);
    dup2(null, 1);
    execvp(argv[0], argv.data());
    _exit(127);
  }
}

bool redis_process::answers() const {
  return ask({"PING"}) == "PONG";
}

void redis_process::kill() {
  if (pid_ < 0)
    return;
  ::kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

bool redis_process::ended() const {
  siginfo_t about{};
  return waitid(P_PID, static_cast<id_t>(pid_), &about, WEXITED | WNOHANG | WNOWAIT) == 0 && about.si_pid == pid_;
}

void redis_process::restart(bool keep_data) {
  if (keep_data && ask({"SAVE"}) != "OK")
    throw std::runtime_error("redis-server cannot save");
  kill();
  if (!keep_data)
    std::filesystem::remove(file("dump.rdb"));
  start();
}

void redis_process::pause() {
  ::kill(pid_, SIGSTOP);
}

void redis_process::resume() {
  ::kill(pid_, SIGCONT);
}

std::string redis_process::ask(const std::vector<std::string>& command) const {
  auto* c = redisConnectWithTimeout("127.0.0.1", port_, timeval{2, 0});
  if (!c)
    return "!no connection";
  std::string said = "!no connection";
  auto run = [c](const std::vector<std::string>& words) {
    std::vector<const char*> parts;
    std::vector<std::size_t> sizes;
    for (const auto& w : words) {
      parts.push_back(w.data());
      sizes.push_back(w.size());
    }
    auto* r = static_cast<redisReply*>(redisCommandArgv(c, static_cast<int>(parts.size()), parts.data(), sizes.data()));
    auto text = shown(r);
    if (r)
      freeReplyObject(r);
    return text;
  };
  if (c->err == 0) {
    redisSetTimeout(c, timeval{10, 0});
    if (!password_.empty())
      run({"AUTH", password_});
    said = run(command);
  }
  redisFree(c);
  return said;
}

sentinel_process::sentinel_process(const redis_process& master) :
  redis_process(with_file{
    "sentinel monitor main 127.0.0.1 " + std::to_string(master.port())
    + " 1\nsentinel down-after-milliseconds main 500\nsentinel failover-timeout main 5000\n"}) {}

} // namespace cluster_tests
