#pragma once
// What is fuzzed: one function a decoder, called with any bytes, and a corpus of good inputs to start from. To add one,
// write the function and its corpus in a file of its own and put a line into the table of targets.cpp.

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::fuzz {

struct target {
  std::string_view name;
  void (*check)(std::string_view bytes); ///< must return for every input; ends the program when an invariant breaks
  std::vector<std::string> (*corpus)();
};

std::span<const target> targets();

/// Ends the program with the broken invariant on stderr unless `holds`.
void require(bool holds, const char* invariant);

void check_ws_frames(std::string_view bytes);
std::vector<std::string> ws_frames_corpus();

/// The header of a permessage-deflate offer.
void check_http_requests(std::string_view bytes);
std::vector<std::string> http_requests_corpus();
void check_ws_offer(std::string_view bytes);
std::vector<std::string> ws_offer_corpus();

void check_deflate(std::string_view bytes);
std::vector<std::string> deflate_corpus();

void check_engineio_payload(std::string_view bytes);
std::vector<std::string> engineio_payload_corpus();

/// Messages of one connection, separated by 0x1e; those that start with `b` are binary.
void check_socketio_text(std::string_view bytes);
std::vector<std::string> socketio_text_corpus();

void check_socketio_msgpack(std::string_view bytes);
std::vector<std::string> socketio_msgpack_corpus();

/// Frames between nodes, and a hello.
void check_link_frames(std::string_view bytes);
std::vector<std::string> link_frames_corpus();

/// Questions between nodes, their answers, and messages to all.
void check_query_wire(std::string_view bytes);
std::vector<std::string> query_wire_corpus();

void check_json_text(std::string_view bytes);
std::vector<std::string> json_text_corpus();

} // namespace troupe::fuzz
