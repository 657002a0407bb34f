#pragma once

#include <string>
#include <string_view>

namespace troupe::logic {

/// The room whose members edit a document: joining it opens the document.
inline std::string document_room(std::string_view document) { return "document:" + std::string(document); }

} // namespace troupe::logic
