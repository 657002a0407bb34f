#include "net/link/tls_pipe.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>

namespace troupe::net {

/// OpenSSL's view of a pipe: a BIO that never blocks writing and wants to be asked again when there is no input.
struct pipe_bio {
  static tls_pipe& of(BIO* b) { return *static_cast<tls_pipe*>(BIO_get_data(b)); }

  static int write(BIO* b, const char* data, std::size_t size, std::size_t* written) {
    of(b).output_.append(data, size);
    *written = size;
    return 1;
  }
  static int read(BIO* b, char* data, std::size_t size, std::size_t* got) {
    auto& in = of(b).input_;
    BIO_clear_retry_flags(b);
    if (in.empty()) {
      BIO_set_retry_read(b);
      return 0;
    }
    *got = std::min(size, in.size());
    std::memcpy(data, in.data(), *got);
    in = in.subspan(*got);
    return 1;
  }
  static long control(BIO*, int what, long, void*) { return what == BIO_CTRL_FLUSH ? 1 : 0; }

  static BIO_METHOD* method() {
    static BIO_METHOD* m = [] {
      auto* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "troupe pipe");
      BIO_meth_set_write_ex(made, write);
      BIO_meth_set_read_ex(made, read);
      BIO_meth_set_ctrl(made, control);
      return made;
    }();
    return m;
  }
};

namespace {
constexpr std::size_t record_size = 16 * 1024;
}

tls_pipe::tls_pipe(ssl_ptr ssl, std::uint64_t records_per_key) : ssl_(std::move(ssl)), records_per_key_(records_per_key) {
  auto* bio = BIO_new(pipe_bio::method());
  if (!bio)
    throw std::bad_alloc();
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_app_data(ssl_.get(), this);
}

tls_pipe::~tls_pipe() = default;

tls_pipe::status tls_pipe::judge(int rc) {
  if (rc > 0)
    return status::done;
  auto why = SSL_get_error(ssl_.get(), rc);
  if (why == SSL_ERROR_WANT_READ)
    return status::need_input;
  reason_ = ERR_GET_REASON(ERR_peek_error());
  ERR_clear_error();
  return why == SSL_ERROR_ZERO_RETURN ? status::closed : status::failed;
}

tls_pipe::status tls_pipe::handshake() {
  ERR_clear_error();
  return judge(SSL_do_handshake(ssl_.get()));
}

tls_pipe::read_result tls_pipe::read(char* to, std::size_t size) {
  ERR_clear_error();
  std::size_t got = 0;
  auto what = judge(SSL_read_ex(ssl_.get(), to, size, &got));
  return {what, got};
}

bool tls_pipe::write(std::string_view plain) {
  ERR_clear_error();
  records_ += (plain.size() + record_size - 1) / record_size;
  if (records_ > records_per_key_) {
    records_ = 0;
    SSL_key_update(ssl_.get(), SSL_KEY_UPDATE_NOT_REQUESTED);
  }
  std::size_t written = 0;
  return plain.empty() || judge(SSL_write_ex(ssl_.get(), plain.data(), plain.size(), &written)) == status::done;
}

ssl_ptr tls_pipe::release(int fd) {
  SSL_set_app_data(ssl_.get(), nullptr);
  SSL_set_mode(ssl_.get(), socket_modes);
  SSL_set_fd(ssl_.get(), fd);
  return std::move(ssl_);
}

void tls_pipe::write_end() {
  SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

} // namespace troupe::net
