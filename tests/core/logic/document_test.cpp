#include "stage.hpp"

using namespace troupe::logic;

TEST_CASE("document_update by a member of the document's room") {
  stage on;
  on.settings.max_changes_bytes = 10;
  check_all(on, {
    {"document_update", R"([{"documentId":"d1","changes":[1, "a"],"version":0}])", R"(update d1 @0 [1, "a"])"},
    {"document_update", R"([{"documentId":"d1","changes":"12345678","version":9007199254740993}])",
     R"(update d1 @9007199254740993 "12345678")"},
    {"document_update", R"([{"documentId":"d1","changes":"123456789","version":1}])",
     R"(refuse payload_too_large: "changes" is larger than 10 bytes)"},
    {"document_update", R"([{"documentId":"d2","changes":1,"version":1}])",
     R"(refuse not_in_room: you are not in the room "document:d2"; join it first)"},
    {"document_update", R"([{"changes":1,"version":1}])", R"(refuse missing_field: "documentId" is missing)"},
    {"document_update", R"([{"documentId":"d1","version":1}])", R"(refuse missing_field: "changes" is missing)"},
    {"document_update", R"([{"documentId":"d1","changes":1}])", R"(refuse missing_field: "version" is missing)"},
    {"document_update", R"([{"documentId":"d1","changes":1,"version":-1}])",
     R"(refuse invalid_payload: "version" must be an integer of 0 or more)"},
    {"document_update", R"([{"documentId":"d1","changes":1,"version":"1"}])",
     R"(refuse invalid_payload: "version" must be an integer of 0 or more)"},
    {"document_update", "[]", "refuse invalid_payload: the first argument must be an object"},
  });
}

TEST_CASE("document_update: binary, long names and room permissions") {
  stage on;
  const char* const update = R"([{"documentId":"d1","changes":1,"version":1}])";
  on.settings.limits.max_room_name_bytes = 10;
  CHECK(on.send("document_update", update) == R"(refuse name_too_long: "documentId" is longer than 1 bytes)");
  on.settings.limits.max_room_name_bytes = 11;
  CHECK(on.send("document_update", update) == "update d1 @1 1");
  on.attachments = {"x"};
  CHECK(on.send("document_update", update) == R"(refuse invalid_payload: "changes" must be JSON without binary values)");
  on.attachments.clear();
  on.socket.who.permissions = {"room:document:d2"};
  CHECK(on.send("document_update", update)
        == R"(refuse not_permitted: your token does not allow the room "document:d1")");
}

TEST_CASE("user_action goes to the event log") {
  stage on;
  check_all(on, {
    {"user_action", R"([{"action":"click","userId":"eve"}])",
     R"(record user_action {"event":"user_action","userId":"ann","socketId":"S","nsp":"/","ts":1000,"data":{"action":"click","userId":"eve"}}; reply <{"ok":true}>)"},
    {"user_action", "[]", "refuse invalid_payload: the first argument must be an object"},
    {"user_action", "[{}]", R"(refuse missing_field: "action" is missing)"},
    {"user_action", R"([{"action":""}])", R"(refuse invalid_payload: "action" must not be empty)"},
  });
  on.socket.who.tenant_id = "t1";
  CHECK(on.send("user_action", R"([{"action":"x"}])")
        == R"(record user_action {"event":"user_action","userId":"ann","tenantId":"t1","socketId":"S","nsp":"/","ts":1000,"data":{"action":"x"}}; reply <{"ok":true}>)");
  on.attachments = {"x"};
  CHECK(on.send("user_action", R"([{"action":"x"}])")
        == "refuse invalid_payload: an action must be JSON without binary values");
}
