#include "backends/postgres/url.hpp"

#include <libpq-fe.h>

#include <memory>
#include <string_view>

namespace troupe::postgres {
namespace {

using parsed = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>;

parsed parse(const std::string& url) {
  char* why = nullptr; // not looked at: it quotes what it does not understand
  parsed all{PQconninfoParse(url.c_str(), &why), &PQconninfoFree};
  PQfreemem(why);
  return all;
}

error invalid(const std::string& why) { return error{"invalid_postgres_url", why}; }

/// Where libpq looks for host, port and database when a password holds a / or an @ as it is; its complaints would quote them.
bool may_be_password(std::string_view keyword, std::string_view value) {
  if (keyword == "port")
    return value.find_first_not_of("0123456789,") != value.npos;
  return (keyword == "host" || keyword == "dbname") && value.find('@') != value.npos;
}

} // namespace

result<bool> check_url(const std::string& url) {
  const auto all = parse(url);
  if (!all)
    return invalid("libpq does not understand it; write postgres://user:password@host/database, or words: host=... dbname=... user=...");
  for (const auto* o = all.get(); o->keyword; ++o)
    if (o->val && may_be_password(o->keyword, o->val))
      return invalid(std::string("its ") + o->keyword
                     + " is none; write what is special in a password as in URLs: %40 for an @, %2F for a /, %3A for a :");
  return true;
}

} // namespace troupe::postgres
