#pragma once

#include "base/error.hpp"
#include "load/options.hpp"

#include <CLI/App.hpp>

#include <string>

namespace troupe::app {

/// The options of `troupe load SCENARIO`, with what needs another look after parsing.
struct load_arguments {
  load::options values;
  std::string auth; ///< JSON, or @file with one a line
  std::string join_reply = "ack";
  std::string echo_reply = "ack";
  std::string sender_receives = "no";

  /// Adds what `scenario` understands.
  void add_to(CLI::App& command, load::scenario_kind scenario);
  /// The finished options, or a sentence about what is wrong. Errors: `invalid_option` and those of `load::prepare`.
  result<load::options> finish() const;

 private:
  void add_server(CLI::App& command);
  void add_ramp(CLI::App& command);
  void add_rooms(CLI::App& command);
  void add_messages(CLI::App& command);
  void add_publishing(CLI::App& command);
  void add_churn(CLI::App& command);
  void add_echo(CLI::App& command);
  void add_storms(CLI::App& command);
  void add_time(CLI::App& command);
  void add_output(CLI::App& command);
};

} // namespace troupe::app
