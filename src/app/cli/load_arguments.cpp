#include "app/cli/load_arguments.hpp"

#include "load/run.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <CLI/Validators.hpp>

#include <fstream>

namespace troupe::app {
namespace {

using load::scenario_kind;

// Without a description: it would stand in the middle of the help.
const CLI::Validator not_negative = CLI::NonNegativeNumber.description("");
const CLI::Validator positive = CLI::PositiveNumber.description("");

/// One JSON a line; empty lines are skipped.
result<std::vector<std::string>> read_auth(const std::string& text) {
  std::vector<std::string> out;
  if (!text.starts_with('@')) {
    if (!text.empty())
      out.push_back(text);
    return out;
  }
  std::ifstream file{text.substr(1)};
  if (!file)
    return error{"invalid_option", "the file " + text.substr(1) + " cannot be read (--auth)"};
  for (std::string line; std::getline(file, line);)
    if (!line.empty())
      out.push_back(line);
  if (out.empty())
    return error{"invalid_option", "the file " + text.substr(1) + " is empty (--auth)"};
  return out;
}

std::string refuse_join_reply(const std::string& text) {
  const bool event = text.starts_with("event:") && text.size() > 6;
  return text == "ack" || text == "none" || event ? "" : "expected ack, none or event:<name>";
}

load::join_answer join_reply_from(const std::string& text) {
  if (text == "ack")
    return {load::join_answer::kind::ack, {}};
  if (text == "none")
    return {load::join_answer::kind::none, {}};
  return {load::join_answer::kind::event, text.substr(6)};
}

bool sends_to_rooms(scenario_kind k) {
  return k == scenario_kind::fanout || k == scenario_kind::chat;
}

} // namespace

void load_arguments::add_to(CLI::App& command, scenario_kind scenario) {
  values.scenario = scenario;
  add_server(command);
  add_ramp(command);
  add_rooms(command);
  if (sends_to_rooms(scenario))
    add_messages(command);
  if (scenario == scenario_kind::fanout)
    add_publishing(command);
  if (scenario == scenario_kind::chat)
    add_churn(command);
  if (scenario == scenario_kind::echo)
    add_echo(command);
  if (scenario == scenario_kind::reconnect)
    add_storms(command);
  else if (scenario != scenario_kind::connect)
    add_time(command);
  add_output(command);
}

void load_arguments::add_server(CLI::App& command) {
  auto* g = &command;
  const char* group = "Server";
  g->add_option(
     "-u,--url", values.urls, "http://host:port or https://host:port; repeatable: connections go to them in turn")
    ->group(group)
    ->type_name("URL")
    ->allow_extra_args(false)
    ->default_str(values.urls[0]);
  g->add_option("--path", values.path, "Path of Engine.IO")->group(group)->type_name("PATH")->capture_default_str();
  g->add_option("-n,--namespace", values.nsp, "Namespace to connect to")
    ->group(group)
    ->type_name("NSP")
    ->capture_default_str();
  g->add_option(
     "--auth", auth,
     "What is sent at CONNECT: JSON, or @FILE with one JSON a line, which the connections take in turn. {index} is the "
     "connection's number")
    ->group(group)
    ->type_name("JSON|@FILE");
  auto* insecure = g->add_flag("--insecure", values.insecure, "TLS: accept any certificate")->group(group);
  g->add_option("--ca", values.ca_file, "TLS: trust the certificates in this file (PEM) instead of the system's")
    ->group(group)
    ->type_name("FILE")
    ->excludes(insecure);
  g->add_option("--server-pid", values.server_pids, "Measure CPU and memory of this process; repeatable")
    ->group(group)
    ->type_name("PID")
    ->allow_extra_args(false);
}

void load_arguments::add_ramp(CLI::App& command) {
  const char* group = "Connections";
  command.add_option("-N,--connections", values.connections, "How many")
    ->group(group)
    ->type_name("N")
    ->capture_default_str();
  command
    .add_option(
      "--connect-rate", values.connect_rate, "New connections per second; 0: as fast as the server takes them")
    ->group(group)
    ->type_name("N")
    ->check(not_negative)
    ->capture_default_str();
  command.add_option("--connect-concurrency", values.connect_concurrency, "Handshakes at a time")
    ->group(group)
    ->type_name("N")
    ->check(positive)
    ->capture_default_str();
  command
    .add_option(
      "--source-addresses", values.source_addresses,
      "For a server on 127.x: connect from 127.0.0.1 up to this many addresses; one has 28,000 ports")
    ->group(group)
    ->type_name("N")
    ->check(CLI::Range(1, 250))
    ->capture_default_str();
  command.add_option("--timeout", values.timeout_s, "Seconds for a handshake, and for stragglers at the end")
    ->group(group)
    ->type_name("S")
    ->check(positive)
    ->capture_default_str();
}

void load_arguments::add_rooms(CLI::App& command) {
  const char* group = "Rooms";
  if (values.scenario == scenario_kind::echo)
    values.join.clear(); // only if asked for
  command.add_option("-R,--rooms", values.rooms, "Rooms over which the connections are spread evenly")
    ->group(group)
    ->type_name("N")
    ->capture_default_str();
  command
    .add_option(
      "--room-prefix", values.room_prefix, "Rooms are called PREFIX0, PREFIX1, ...; default: one of this run's own")
    ->group(group)
    ->type_name("PREFIX");
  command.add_option("--join", values.join, "Event that joins {room}; empty: none is sent")
    ->group(group)
    ->type_name("EVENT")
    ->capture_default_str();
  command.add_option("--join-reply", join_reply, "How the server answers it: ack, none, or event:<name>")
    ->group(group)
    ->type_name("HOW")
    ->check(CLI::Validator{refuse_join_reply, "", ""})
    ->capture_default_str();
}

void load_arguments::add_messages(CLI::App& command) {
  const char* group = "Messages";
  command.add_option("--publish", values.publish, "Event that publishes {body} to {room}")
    ->group(group)
    ->type_name("EVENT")
    ->capture_default_str();
  command.add_option("--deliver", values.deliver, "Name of the event in which members receive it")
    ->group(group)
    ->type_name("NAME")
    ->capture_default_str();
  command.add_option("--sender-receives", sender_receives, "Whether who publishes receives it, too: yes or no")
    ->group(group)
    ->type_name("YES|NO")
    ->check(CLI::IsMember({"yes", "no"}).description(""))
    ->capture_default_str();
  command.add_option("--payload-bytes", values.payload_bytes, "Length of {body}, 48 at least")
    ->group(group)
    ->type_name("B")
    ->capture_default_str();
}

void load_arguments::add_publishing(CLI::App& command) {
  const char* group = "Messages";
  command.add_option("--publishers", values.publishers, "Members per room who publish")
    ->group(group)
    ->type_name("N")
    ->capture_default_str();
  auto* in_flight = command
                      .add_option(
                        "--in-flight", values.in_flight,
                        "Closed loop: each publisher has this many messages under way that not everybody has got")
                      ->group(group)
                      ->type_name("K")
                      ->capture_default_str();
  command
    .add_option(
      "--rate", values.rate,
      "Open loop: this many messages per second in all, whatever becomes of them. Latency counts from when each was "
      "due")
    ->group(group)
    ->type_name("X")
    ->excludes(in_flight);
}

void load_arguments::add_churn(CLI::App& command) {
  const char* group = "Messages";
  values.duration_s = 60;
  command
    .add_option(
      "--rate", values.rate, "Messages per second in all, at random moments; default: each member one a minute")
    ->group(group)
    ->type_name("X");
  command.add_option("--stay", values.stay_s, "Seconds that a member stays, on average; 0: nobody leaves")
    ->group(group)
    ->type_name("S")
    ->check(not_negative)
    ->capture_default_str();
  command.add_option("--away", values.away_s, "Seconds until it comes back, on average")
    ->group(group)
    ->type_name("S")
    ->check(not_negative)
    ->capture_default_str();
  command
    .add_option(
      "--leave", values.leave, "Event that leaves {room}, answered like the join; empty: members only disconnect")
    ->group(group)
    ->type_name("EVENT")
    ->capture_default_str();
}

void load_arguments::add_storms(CLI::App& command) {
  const char* group = "Time";
  values.duration_s = 60;
  command.add_option("--storms", values.storms, "How often all connections are cut")
    ->group(group)
    ->type_name("N")
    ->check(positive)
    ->capture_default_str();
  command.add_option("--hold", values.hold_s, "Seconds of rest before each storm")
    ->group(group)
    ->type_name("S")
    ->check(not_negative)
    ->capture_default_str();
  command.add_option("-d,--duration", values.duration_s, "Seconds after which not being back is a failure")
    ->group(group)
    ->type_name("S")
    ->check(positive)
    ->capture_default_str();
}

void load_arguments::add_echo(CLI::App& command) {
  const char* group = "Messages";
  command.add_option("--echo", values.echo, "Event that the server answers")
    ->group(group)
    ->type_name("EVENT")
    ->capture_default_str();
  command.add_option("--echo-reply", echo_reply, "How: ack, or event (any event that holds the same {body})")
    ->group(group)
    ->type_name("HOW")
    ->check(CLI::IsMember({"ack", "event"}).description(""))
    ->capture_default_str();
  command.add_option("--payload-bytes", values.payload_bytes, "Length of {body}, 48 at least")
    ->group(group)
    ->type_name("B")
    ->capture_default_str();
  auto* in_flight =
    command.add_option("--in-flight", values.in_flight, "Closed loop: unanswered requests per connection")
      ->group(group)
      ->type_name("K")
      ->capture_default_str();
  command
    .add_option("--rate", values.rate, "Open loop: requests per second in all. Latency counts from when each was due")
    ->group(group)
    ->type_name("X")
    ->excludes(in_flight);
}

void load_arguments::add_time(CLI::App& command) {
  const char* group = "Time";
  if (values.scenario == scenario_kind::idle)
    values.duration_s = 60;
  command
    .add_option(
      "--begin-after", values.begin_after_s,
      "Send nothing in the first seconds of the run, so that several generators which start together begin together")
    ->group(group)
    ->type_name("S")
    ->check(not_negative);
  command.add_option("--warmup", values.warmup_s, "Seconds before measuring begins")
    ->group(group)
    ->type_name("S")
    ->check(not_negative)
    ->capture_default_str();
  command.add_option("-d,--duration", values.duration_s, "Seconds that are measured")
    ->group(group)
    ->type_name("S")
    ->check(not_negative)
    ->capture_default_str();
}

void load_arguments::add_output(CLI::App& command) {
  const char* group = "This program";
  command
    .add_option(
      "--json", values.json_file, "Write all results to this file; - for standard output instead of the table")
    ->group(group)
    ->type_name("FILE");
  command.add_flag("-q,--quiet", values.quiet, "No progress")->group(group);
  command.add_option("--cpu", values.cpu, "Run on this core only")->group(group)->type_name("N")->check(not_negative);
  command.add_option("--seed", values.seed, "Of everything that is left to chance")
    ->group(group)
    ->type_name("N")
    ->capture_default_str();
}

result<load::options> load_arguments::finish() const {
  auto out = values;
  auto read = read_auth(auth);
  if (!read)
    return read.error();
  out.auth = std::move(*read);
  out.join_reply = join_reply_from(join_reply);
  out.echo_by_event = echo_reply == "event";
  out.sender_receives = sender_receives == "yes";
  return load::prepare(std::move(out));
}

} // namespace troupe::app
