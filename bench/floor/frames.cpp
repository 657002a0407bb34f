#include "frames.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>

namespace floor_bench {
namespace {

bool same_letter(char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; }

void unmask(char* at, std::size_t size, const char* mask) {
  std::uint64_t wide;
  std::memcpy(&wide, mask, 4);
  std::memcpy(reinterpret_cast<char*>(&wide) + 4, mask, 4);
  std::size_t i = 0;
  for (; i + 8 <= size; i += 8) {
    std::uint64_t word;
    std::memcpy(&word, at + i, 8);
    word ^= wide;
    std::memcpy(at + i, &word, 8);
  }
  for (; i < size; ++i)
    at[i] = static_cast<char>(at[i] ^ mask[i % 4]);
}

} // namespace

std::optional<std::string> upgrade_answer(std::string_view head) {
  constexpr std::string_view name = "\r\nsec-websocket-key:";
  const auto found = std::search(head.begin(), head.end(), name.begin(), name.end(), same_letter);
  if (found == head.end())
    return std::nullopt;
  std::string_view key = head.substr(static_cast<std::size_t>(found - head.begin()) + name.size());
  key = key.substr(0, key.find("\r\n"));
  key.remove_prefix(std::min(key.find_first_not_of(' '), key.size()));
  key = key.substr(0, key.find(' '));

  const std::string input = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  EVP_Digest(input.data(), input.size(), digest.data(), nullptr, EVP_sha1(), nullptr);
  std::array<unsigned char, 32> accept{}; // 28 characters of base64 and a zero
  EVP_EncodeBlock(accept.data(), digest.data(), 20);
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
         std::string(reinterpret_cast<const char*>(accept.data())) + "\r\n\r\n";
}

std::string text_frame(std::string_view payload) {
  std::string out{'\x81'};
  if (payload.size() < 126) {
    out += static_cast<char>(payload.size());
  } else {
    const bool wide = payload.size() > 65535;
    out += static_cast<char>(wide ? 127 : 126);
    for (int shift = wide ? 56 : 8; shift >= 0; shift -= 8)
      out += static_cast<char>(payload.size() >> shift & 255);
  }
  return out.append(payload);
}

std::optional<client_frame> take_frame(char* bytes, std::size_t size) {
  if (size < 2)
    return std::nullopt;
  const auto byte = [bytes](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  std::size_t length = byte(1) & 127, head = 2;
  if (const std::size_t more = length == 126 ? 2 : length == 127 ? 8 : 0; more > 0) {
    if (size < 2 + more)
      return std::nullopt;
    length = 0;
    for (; head < 2 + more; ++head)
      length = length << 8 | byte(head);
  }
  const bool masked = byte(1) & 128;
  const std::size_t start = head + (masked ? 4 : 0);
  if (size < start || size - start < length)
    return std::nullopt;
  if (masked)
    unmask(bytes + start, length, bytes + head);
  return client_frame{static_cast<std::uint8_t>(byte(0) & 15), {bytes + start, length}, start + length};
}

} // namespace floor_bench
