#include "backends/auth/jose.hpp"

#include "backends/auth/libjose.hpp"

namespace troupe::auth::jose {
namespace {

void stay_silent(void*, const char*, int, std::uint64_t, const char*, va_list) {}

json_ptr text(std::string_view s) {
  return json_ptr{json_stringn(s.data(), s.size())};
}

} // namespace

struct jose_cfg* context() { // its reference count is not atomic, so each thread has its own
  struct holder {
    jose_cfg_t* cfg = jose_cfg();
    holder() { jose_cfg_set_err_func(cfg, stay_silent, nullptr); }
    ~holder() { jose_cfg_decref(cfg); }
  };
  thread_local holder h;
  return h.cfg;
}

std::optional<std::string> decode(std::string_view base64url) {
  auto size = jose_b64_dec_buf(base64url.data(), base64url.size(), nullptr, 0);
  if (size == SIZE_MAX)
    return std::nullopt;
  std::string out(size, '\0');
  if (jose_b64_dec_buf(base64url.data(), base64url.size(), out.data(), out.size()) == SIZE_MAX)
    return std::nullopt;
  return out;
}

std::string encode(std::string_view bytes) {
  std::string out(jose_b64_enc_buf(nullptr, bytes.size(), nullptr, 0), '\0');
  jose_b64_enc_buf(bytes.data(), bytes.size(), out.data(), out.size());
  return out;
}

bool verify(
  std::string_view protected_header, std::string_view payload, std::string_view signature, const json_t* jwk) {
  json_ptr jws{json_object()};
  json_object_set_new(jws.get(), "protected", text(protected_header).release());
  json_object_set_new(jws.get(), "payload", text(payload).release());
  json_object_set_new(jws.get(), "signature", text(signature).release());
  return jose_jws_ver(context(), jws.get(), nullptr, jwk, false);
}

std::optional<std::string> sign(const json_t* protected_header, std::string_view payload, const json_t* jwk) {
  json_ptr jws{json_object()};
  json_object_set_new(jws.get(), "payload", text(encode(payload)).release());
  json_ptr signature{json_object()};
  json_object_set_new(signature.get(), "protected", json_deep_copy(protected_header));
  if (!jose_jws_sig(context(), jws.get(), signature.get(), jwk))
    return std::nullopt;
  std::string out;
  for (const char* part : {"protected", "payload", "signature"})
    out.append(out.empty() ? "" : ".").append(text_member(jws.get(), part));
  return out;
}

} // namespace troupe::auth::jose
