#pragma once
// What the commands share. Each command is one function that adds itself to the program.

#include "app/cli/node_client.hpp"
#include "app/config/load.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <cstdio>
#include <functional>

namespace troupe::app {

/// What a command does when it was chosen; returns the exit code.
using command_action = std::function<int()>;

/// The program's arguments outside of its own command line.
struct command_context {
  const std::map<std::string, std::string>& environment;
  const std::function<int(const loaded&)>& serve;
  command_action chosen; ///< set by the command that was named
};

/// --config and --set, for every command that reads a configuration.
class config_arguments {
 public:
  void add_to(CLI::App& command);
  /// Prints every mistake to standard error when there is one.
  std::optional<loaded> load(const std::map<std::string, std::string>& environment) const;

  std::vector<override_setting> shortcuts; ///< --port and the like, the last to be applied

 private:
  std::string file_;
  std::vector<std::string> settings_; ///< key=value
};

/// --url, --key and the like, for every command that asks a running node.
class node_arguments {
 public:
  void add_to(CLI::App& command);
  /// `address` as the command line and TROUPE_URL and TROUPE_API_KEY say.
  node_address address(const std::map<std::string, std::string>& environment) const;
  bool json() const { return json_; }
  /// The answer as it came with --json, else by `print`.
  template <class Answer>
  void show(const Answer& answer, void (*print)(const Answer&)) const {
    if (json_)
      std::puts(answer.dump(2).c_str());
    else
      print(answer);
  }

 private:
  node_address given_{.url = {}, .key = {}, .ca_file = {}};
  bool json_ = false;
};

/// Says on standard error why a node did not do what was asked; the exit code.
int report(const error& why);

constexpr int exit_usage = 2;

void add_serve(CLI::App& program, command_context& context);
void add_check_config(CLI::App& program, command_context& context);
void add_doctor(CLI::App& program, command_context& context);
void add_drain(CLI::App& program, command_context& context);
void add_load(CLI::App& program, command_context& context);
void add_nodes(CLI::App& program, command_context& context);
void add_print_config(CLI::App& program, command_context& context);
void add_rooms(CLI::App& program, command_context& context);
void add_token(CLI::App& program, command_context& context);
void add_version(CLI::App& program, command_context& context);

} // namespace troupe::app
