#include "postgres_process.hpp"

#include "ask.hpp"

#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <libpq-fe.h>
#include <netinet/in.h>
#include <pwd.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace cluster_tests {
namespace {

namespace fs = std::filesystem;

/// Debian keeps servers of several versions beside each other, and none of them in the path.
std::string newest_programs() {
  fs::path best;
  int highest = 0;
  std::error_code none;
  for (const auto& version : fs::directory_iterator("/usr/lib/postgresql", none))
    if (const int n = std::atoi(version.path().filename().c_str()); n > highest && fs::exists(version.path() / "bin/initdb")) {
      highest = n;
      best = version.path() / "bin";
    }
  if (best.empty())
    throw std::runtime_error("there is no PostgreSQL server (Debian package postgresql)");
  return best.string();
}

int free_port() {
  const int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in a{};
  a.sin_family = AF_INET;
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof a;
  if (bind(s, reinterpret_cast<sockaddr*>(&a), size) != 0 || getsockname(s, reinterpret_cast<sockaddr*>(&a), &size) != 0)
    throw std::runtime_error("no free port");
  close(s);
  return ntohs(a.sin_port);
}

/// Who runs it instead of root.
const passwd* somebody() {
  const auto* p = getpwnam("postgres");
  return p ? p : getpwnam("nobody");
}

} // namespace

postgres_process::postgres_process() : programs_(newest_programs()) {
  auto pattern = (fs::temp_directory_path() / "troupe-postgres-XXXXXX").string();
  dir_ = mkdtemp(pattern.data());
  std::ofstream{dir_ + "/password"} << password << "\n";
  if (geteuid() == 0)
    for (const auto& path : {dir_, dir_ + "/password"})
      if (const auto* p = somebody(); chown(path.c_str(), p->pw_uid, p->pw_gid) != 0)
        throw std::runtime_error("cannot give " + path + " away");
  run({"initdb", "--pgdata=" + dir_ + "/data", "--username=postgres", "--pwfile=" + dir_ + "/password", "--auth=scram-sha-256", "--no-sync",
       "--no-instructions", "--encoding=UTF8", "--locale=C"});
  // Somebody else may take the port in between.
  for (int tries = 0; tries < 5; ++tries) {
    port_ = free_port();
    try {
      start();
      return;
    } catch (const std::runtime_error&) {
      kill();
    }
  }
  throw std::runtime_error("postgres does not start; see " + dir_);
}

postgres_process::~postgres_process() {
  kill();
  fs::remove_all(dir_);
}

void postgres_process::start() {
  pid_ = launch({"postgres", "-D", dir_ + "/data", "-c", "listen_addresses=127.0.0.1", "-c", "port=" + std::to_string(port_), "-c",
                 "unix_socket_directories=", "-c", "fsync=off", "-c", "max_connections=40", "-c", "shared_buffers=16MB", "-c",
                 "log_destination=stderr"});
  auto ended = [this] {
    siginfo_t about{};
    return waitid(P_PID, static_cast<id_t>(pid_), &about, WEXITED | WNOHANG | WNOWAIT) == 0 && about.si_pid == pid_;
  };
  if (!comes_true([&] { return ask("SELECT 1") == "1" || ended(); }, 60s) || ended())
    throw std::runtime_error("postgres does not answer");
}

pid_t postgres_process::launch(std::vector<std::string> command) {
  const auto program = programs_ + "/" + command[0];
  const auto output = dir_ + "/output";
  std::vector<char*> argv;
  for (auto& word : command)
    argv.push_back(word.data());
  argv.push_back(nullptr);
  const auto* other = geteuid() == 0 ? somebody() : nullptr;
  const auto parent = getpid();
  const auto child = fork();
  if (child != 0)
    return child;
  const int out = open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  dup2(open("/dev/null", O_RDONLY), 0);
  dup2(out, 1);
  dup2(out, 2);
  if (chdir(dir_.c_str()) != 0 || (other && (setgid(other->pw_gid) != 0 || setuid(other->pw_uid) != 0)))
    _exit(126);
  prctl(PR_SET_PDEATHSIG, SIGKILL); // changing the user forgets it
  if (getppid() != parent)
    _exit(1);
  execv(program.c_str(), argv.data());
  _exit(127);
}

void postgres_process::run(std::vector<std::string> command) {
  const auto name = command[0];
  const auto child = launch(std::move(command));
  int status = 0;
  if (waitpid(child, &status, 0) != child || status != 0)
    throw std::runtime_error(name + " failed; see " + dir_ + "/output");
}

void postgres_process::kill() {
  if (pid_ < 0)
    return;
  resume();
  ::kill(pid_, SIGQUIT); // an immediate shutdown: as in a crash, but those who serve its clients end as well
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void postgres_process::pause() { signal_all(SIGSTOP); }
void postgres_process::resume() { signal_all(SIGCONT); }

void postgres_process::signal_all(int which) {
  ::kill(pid_, which);
  std::ifstream children{"/proc/" + std::to_string(pid_) + "/task/" + std::to_string(pid_) + "/children"};
  for (pid_t child = 0; children >> child;)
    ::kill(child, which);
}

std::string postgres_process::url(const std::string& user, const std::string& with_password) const {
  return "postgres://" + user + ":" + with_password + "@127.0.0.1:" + std::to_string(port_) + "/postgres";
}

std::string postgres_process::ask(const std::string& sql) const {
  auto* pg = PQconnectdb((url() + "?connect_timeout=5").c_str());
  PQsetNoticeProcessor(pg, [](void*, const char*) {}, nullptr);
  auto* r = PQexec(pg, sql.c_str());
  std::string all;
  if (PQresultStatus(r) == PGRES_TUPLES_OK) {
    for (int row = 0; row < PQntuples(r); ++row)
      for (int column = 0; column < PQnfields(r); ++column)
        all += (column ? "|" : row ? "\n" : "") + std::string(PQgetvalue(r, row, column));
  } else if (PQresultStatus(r) != PGRES_COMMAND_OK) {
    all = "!" + std::string(PQerrorMessage(pg));
  }
  PQclear(r);
  PQfinish(pg);
  return all;
}

} // namespace cluster_tests
