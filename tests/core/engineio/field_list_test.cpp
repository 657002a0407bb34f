#include "core/engineio/field_list.hpp"

#include <catch2/catch_test_macros.hpp>

using troupe::engineio::field_list;

TEST_CASE("a field list finds the first value of a name, and only whole names") {
  field_list l;
  CHECK(l.find("host").empty());
  l.add("host", "example.org");
  l.add("x-empty", "");
  l.add("cookie", "a=1; host=evil");
  l.add("host", "second");
  l.shrink();
  CHECK(l.find("host") == "example.org");
  CHECK(l.find("x-empty").empty());
  CHECK(l.find("cookie") == "a=1; host=evil");
  CHECK(l.find("hos").empty());
  CHECK(l.find("example.org").empty()); // a value is no name
  CHECK(l.find("").empty());
}

TEST_CASE("a NUL in a name or value does not shift what follows") {
  field_list l;
  l.add(std::string_view("a\0b", 3), std::string_view("1\0role\0admin", 12));
  l.add("role", "guest");
  CHECK(l.find("a") == "1");
  CHECK(l.find("role") == "guest");
}
