#include "core/json/token_reader.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>

using namespace troupe;

namespace {

/// Tokens joined by spaces; keys are marked.
std::string tokens(std::string_view text) {
  std::string out;
  json::token_reader r(text);
  while (auto t = r.next())
    out.append(out.empty() ? "" : " ").append(t->kind == json::token::type::key ? "key:" : "").append(t->text);
  return out;
}

} // namespace

TEST_CASE("json: token_reader walks a whole tree") {
  CHECK(tokens("1") == "1");
  CHECK(tokens(" [ ] ") == "[ ]");
  CHECK(
    tokens(R"({"a":1,"b" : [true,null,"x:y,]"] , "c":{}})")
    == R"({ key:"a" 1 key:"b" [ true null "x:y,]" ] key:"c" { } })");
  CHECK(tokens(R"(["a" , "b\"" ])") == R"([ "a" "b\"" ])");
  CHECK(tokens("") == "");
}
