#pragma once

#include "actors/answer_line.hpp"
#include "core/cluster/query_wire.hpp"

namespace troupe::actors {

class hub;

/// Does what a question asks for on this node, and answers when that is done. On the query actor's thread; takes what it needs out of
/// the question only if nobody else is to get it, so a question may be answered and then sent.
void answer(hub& h, const cluster::question_body& q, answer_line to);

} // namespace troupe::actors
