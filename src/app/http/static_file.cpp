#include "app/http/static_file.hpp"

#include "core/ws/deflate.hpp"
#include "net/http/request_head.hpp"

#include <array>
#include <fmt/format.h>
#include <fstream>
#include <openssl/sha.h>

namespace troupe::app {
namespace {

/// Below this, the headers of a compressed answer cost more than it saves.
constexpr std::size_t worth_compressing = 1024;

std::string digest_of(std::string_view text) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  std::string hex;
  for (std::size_t i = 0; i < 8; ++i)
    hex += fmt::format("{:02x}", digest[i]);
  return hex;
}

result<std::string> read_whole(const std::filesystem::path& path, std::size_t max_bytes) {
  std::error_code ec;
  const auto size = std::filesystem::file_size(path, ec);
  if (ec)
    return error{"cannot_read", path.string() + ": " + ec.message()};
  if (size > max_bytes)
    return error{"cannot_read", fmt::format("{} is larger than {} bytes", path.string(), max_bytes)};
  std::ifstream in(path, std::ios::binary);
  std::string text(size, '\0');
  if (!in.read(text.data(), static_cast<std::streamsize>(size)))
    return error{"cannot_read", path.string() + " cannot be read"};
  return {boost::system::in_place_value, std::move(text)};
}

std::string_view without_weakness(std::string_view etag) {
  return etag.starts_with("W/") ? etag.substr(2) : etag;
}

} // namespace

std::string_view content_type_of(std::string_view name) {
  struct row { std::string_view ending, type; };
  static constexpr row rows[] = {
    {".html", "text/html; charset=utf-8"},       {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},   {".map", "application/json; charset=utf-8"},
    {".svg", "image/svg+xml"},                   {".png", "image/png"},
    {".webmanifest", "application/manifest+json"},
  };
  for (const auto& r : rows)
    if (name.ends_with(r.ending))
      return r.type;
  return {};
}

result<static_file>
load_static_file(const std::filesystem::path& path, std::size_t max_bytes, std::string_view version) {
  auto body = read_whole(path, max_bytes);
  if (!body)
    return body.error();
  static_file file;
  file.content_type = content_type_of(path.filename().string());
  file.etag = '"' + (version.empty() ? digest_of(*body) : std::string(version)) + '"';
  if (body->size() >= worth_compressing)
    file.gzip = ws::compress_body(*body, ws::http_coding::gzip);
  if (file.gzip.size() >= body->size())
    file.gzip.clear();
  file.body = *std::move(body);
  return file;
}

bool names_etag(std::string_view list, std::string_view etag) {
  while (!list.empty()) {
    const auto end = std::min(list.find(','), list.size());
    std::string_view one = list.substr(0, end);
    list.remove_prefix(std::min(end + 1, list.size()));
    while (one.starts_with(' '))
      one.remove_prefix(1);
    while (one.ends_with(' '))
      one.remove_suffix(1);
    if (one == "*" || without_weakness(one) == without_weakness(etag))
      return true;
  }
  return false;
}

ports::http_response answer_file(const static_file& file, const ports::http_request& request) {
  ports::http_response answer{.content_type = file.content_type, .body = "", .headers = file.headers};
  answer.headers.emplace_back("ETag", file.etag);
  answer.headers.emplace_back("X-Content-Type-Options", "nosniff");
  if (!file.gzip.empty())
    answer.headers.emplace_back("Vary", "Accept-Encoding");
  if (names_etag(request.header("if-none-match"), file.etag)) {
    answer.status = 304;
    answer.content_type.clear();
  } else if (!file.gzip.empty() && net::choose_encoding(request.header("accept-encoding")) == "gzip") {
    answer.headers.emplace_back("Content-Encoding", "gzip");
    answer.body = file.gzip;
  } else {
    answer.body = file.body;
  }
  return answer;
}

} // namespace troupe::app
