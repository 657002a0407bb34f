#pragma once
// Demands on texts that are worth a word of their own in errors and in the reference.

#include "app/config/option_rows.hpp"

namespace troupe::app::demands {

extern const demand not_empty;
extern const demand host; ///< an address or a host name
extern const demand optional_host;
extern const demand address_or_subnet; ///< for trusted proxies
extern const demand node_id;           ///< empty, or a name that fits into a Redis key
extern const demand url_path;          ///< of the Engine.IO endpoint
extern const demand cookie_path;
extern const demand token;          ///< HTTP token (RFC 9110), or empty: header and cookie names
extern const demand origin;         ///< of a browser page, or *
extern const demand namespace_name; ///< static, or a prefix pattern
extern const demand optional_namespace;
extern const demand name_pattern;   ///< core/name_pattern.hpp
extern const demand broker;         ///< host:port
extern const demand redis_url;
extern const demand redis_prefix; ///< no braces: they mean something in keys
extern const demand sql_name;

} // namespace troupe::app::demands
