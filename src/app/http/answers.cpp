#include "app/http/answers.hpp"

#include "core/logic/object_text.hpp"

namespace troupe::app {
namespace {

unsigned status_of(std::string_view code) {
  if (code == "payload_too_large")
    return 413;
  // The node is full, or another one cannot be reached, which passes; everything else is wrong with the request itself.
  for (const std::string_view passing : {"room_limit", "user_limit", "room_unavailable", "user_unavailable", "overloaded", "not_ready", "registry_unavailable",
                                           "log_unavailable"})
    if (code == passing)
      return 503;
  return 400;
}

} // namespace

ports::http_response json_answer(std::string json, unsigned status) {
  return {.status = status, .body = std::move(json), .headers = {{"Cache-Control", "no-store"}}};
}

ports::http_response error_answer(unsigned status, const error& why) {
  logic::object_text inner, body;
  inner.text("code", why.code).text("message", why.message);
  body.boolean("ok", false).raw("error", std::move(inner).closed());
  return json_answer(std::move(body).closed(), status);
}

ports::http_response error_answer(const error& why) { return error_answer(status_of(why.code), why); }

} // namespace troupe::app
