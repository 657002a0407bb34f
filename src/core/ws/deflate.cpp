#include "core/ws/deflate.hpp"

#include <algorithm>
#include <new>
#include <utility>
#include <zlib.h>

namespace troupe::ws {
namespace {

constexpr int raw_window = -15, zlib_window = 15, gzip_window = 15 + 16;
constexpr std::string_view flush_tail{"\x00\x00\xff\xff", 4};
constexpr std::size_t chunk = 16 * 1024;

/// zlib does not change its input but takes it as non-const. Messages are far below the 4 GB that it counts to.
void give(z_stream& z, std::string_view in) {
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
  z.avail_in = static_cast<uInt>(in.size());
}

/// Makes room for `count` bytes more at the end of `out`, to be written by zlib.
void offer(z_stream& z, std::string& out, std::size_t count) {
  const auto used = out.size();
  out.resize(used + count);
  z.next_out = reinterpret_cast<Bytef*>(out.data() + used);
  z.avail_out = static_cast<uInt>(count);
}

class deflater {
 public:
  explicit deflater(int window) {
    if (deflateInit2(&z_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY) != Z_OK)
      throw std::bad_alloc();
  }
  ~deflater() { deflateEnd(&z_); }
  deflater(const deflater&) = delete;
  deflater& operator=(const deflater&) = delete;

  /// Everything that comes out up to and with the flush.
  std::string run(std::string_view in, int flush) {
    deflateReset(&z_);
    give(z_, in);
    std::string out;
    do {
      offer(z_, out, std::clamp<std::size_t>(in.size() / 2, 256, chunk));
      deflate(&z_, flush);
      out.resize(out.size() - z_.avail_out);
    } while (z_.avail_out == 0);
    return out;
  }

 private:
  z_stream z_{};
};

class inflater {
 public:
  inflater() {
    if (inflateInit2(&z_, raw_window) != Z_OK)
      throw std::bad_alloc();
  }
  ~inflater() { inflateEnd(&z_); }
  inflater(const inflater&) = delete;
  inflater& operator=(const inflater&) = delete;

  void reset() { inflateReset(&z_); }

  /// Appends what `in` decodes to; false when it is no deflate data or `out` grows beyond `max_size`.
  bool run(std::string_view in, std::string& out, std::size_t max_size) {
    give(z_, in);
    do {
      offer(z_, out, std::min(chunk, max_size - out.size() + 1)); // one more than allowed shows that there is more
      const int status = inflate(&z_, Z_SYNC_FLUSH);
      out.resize(out.size() - z_.avail_out);
      if (out.size() > max_size || (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR))
        return false;
      if (status == Z_STREAM_END) // a final block may end a message; what follows is a stream of its own
        inflateReset(&z_);
      else if (status == Z_BUF_ERROR)
        break;
    } while (z_.avail_in > 0 || z_.avail_out == 0);
    return true;
  }

  /// Whether the data so far ended at the end of a block.
  bool between_blocks() const { return z_.data_type & 128; }

 private:
  z_stream z_{};
};

} // namespace

std::string deflate_message(std::string_view message) {
  thread_local deflater z(raw_window);
  auto out = z.run(message, Z_SYNC_FLUSH);
  out.resize(out.size() - flush_tail.size());
  return out;
}

result<std::string> inflate_message(std::string_view message, std::size_t max_size) {
  thread_local inflater z;
  z.reset();
  std::string out;
  if (z.run(message, out, max_size) && z.run(flush_tail, out, max_size) && z.between_blocks())
    return {boost::system::in_place_value, std::move(out)};
  if (out.size() > max_size)
    return error{"too_big", "The message is larger than limits.max_payload_bytes after inflation."};
  return error{"bad_deflate", "The compressed message is not valid deflate data."};
}

std::string compress_body(std::string_view body, http_coding coding) {
  thread_local deflater gzip(gzip_window), zlib(zlib_window);
  return (coding == http_coding::gzip ? gzip : zlib).run(body, Z_FINISH);
}

} // namespace troupe::ws
