#include "core/ws/handshake.hpp"

#include <algorithm>
#include <array>
#include <openssl/evp.h>
#include <memory>
#include <optional>
#include <vector>

namespace troupe::ws {
namespace {

constexpr std::string_view magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

std::string_view trim(std::string_view s) {
  const auto first = s.find_first_not_of(" \t");
  return first == s.npos ? std::string_view{} : s.substr(first, s.find_last_not_of(" \t") - first + 1);
}

/// Cuts `text` up to the next separator outside a quoted string.
std::string_view cut(std::string_view& text, char separator) {
  bool quoted = false;
  std::size_t i = 0;
  for (; i < text.size() && (quoted || text[i] != separator); ++i)
    quoted ^= text[i] == '"';
  const auto part = trim(text.substr(0, i));
  text.remove_prefix(std::min(i + 1, text.size()));
  return part;
}

std::string lower(std::string_view s) {
  std::string out(s);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
  return out;
}

struct parameter {
  std::string name;
  std::string_view value;
  bool has_value = false;
};

parameter read_parameter(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == text.npos)
    return {lower(text), {}, false};
  auto value = trim(text.substr(equals + 1));
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
    value = value.substr(1, value.size() - 2);
  return {lower(trim(text.substr(0, equals))), value, true};
}

/// 8 to 15, without leading zeros.
bool is_window(std::string_view value) {
  return value == "8" || value == "9" || (value.size() == 2 && value[0] == '1' && value[1] >= '0' && value[1] <= '5');
}

/// Whether a parameter is one we can live with. The server's window is always 15 bits, because one compressed frame
/// serves every receiver; a client that demands a smaller one is declined.
bool acceptable(const parameter& p) {
  if (p.name == "server_no_context_takeover" || p.name == "client_no_context_takeover")
    return !p.has_value;
  if (p.name == "client_max_window_bits")
    return !p.has_value || is_window(p.value);
  return p.name == "server_max_window_bits" && p.has_value && p.value == "15";
}

std::optional<std::string> answer(std::string_view offer) {
  if (lower(cut(offer, ';')) != "permessage-deflate")
    return std::nullopt;
  std::vector<std::string> seen;
  while (!offer.empty()) {
    auto p = read_parameter(cut(offer, ';'));
    if (!acceptable(p) || std::find(seen.begin(), seen.end(), p.name) != seen.end())
      return std::nullopt;
    seen.push_back(std::move(p.name));
  }
  std::string reply = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
  if (std::find(seen.begin(), seen.end(), "server_max_window_bits") != seen.end())
    reply += "; server_max_window_bits=15"; // RFC 7692 7.1.2.1: an accepted demand is repeated
  return reply;
}

struct context_deleter {
  void operator()(EVP_MD_CTX* c) const { EVP_MD_CTX_free(c); }
};

/// What EVP_Digest does, less the search for the algorithm and the making of a context, which cost more than the digest.
void sha1(std::string_view text, unsigned char* out, unsigned& size) {
  static EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA1", nullptr);
  thread_local const std::unique_ptr<EVP_MD_CTX, context_deleter> context(EVP_MD_CTX_new());
  EVP_DigestInit_ex2(context.get(), algorithm, nullptr);
  EVP_DigestUpdate(context.get(), text.data(), text.size());
  EVP_DigestFinal_ex(context.get(), out, &size);
}

} // namespace

std::string accept_key(std::string_view sec_websocket_key) {
  std::string text(sec_websocket_key);
  text += magic;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  sha1(text, digest.data(), size);
  std::array<unsigned char, 32> encoded; // 20 bytes -> 28 characters and a NUL
  const int length = EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(size));
  return {reinterpret_cast<const char*>(encoded.data()), static_cast<std::size_t>(length)};
}

std::string negotiate_deflate(std::string_view offer) {
  while (!offer.empty())
    if (auto reply = answer(cut(offer, ',')))
      return *reply;
  return {};
}

} // namespace troupe::ws
