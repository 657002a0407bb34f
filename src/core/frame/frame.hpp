#pragma once
// One outbound Socket.IO packet, encoded once and shared by every receiver.

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// An Engine.IO packet inside a frame, without the WebSocket header. Text payloads carry the Engine.IO type digit
/// (`42["hi"]`); binary ones are raw bytes, which polling sends as `b` + base64.
struct segment {
  std::uint32_t offset = 0;
  std::uint32_t size = 0;
  bool binary = false;
};

/// Immutable. `wire` holds complete unmasked WebSocket frames, the header packet and its attachments contiguous, so
/// that one write keeps them together (Socket.IO demands it); `segments` finds the same packets for long-polling.
class frame : public boost::intrusive_ref_counter<frame, boost::thread_safe_counter> {
 public:
  frame(std::string wire, std::vector<segment> segments, bool is_volatile = false, bool compress = true)
    : wire_(std::move(wire)), segments_(std::move(segments)), volatile_(is_volatile), compress_(compress) {}

  /// Complete WebSocket frames, uncompressed.
  std::string_view wire() const { return wire_; }
  const std::vector<segment>& segments() const { return segments_; }
  std::string_view payload(const segment& s) const { return std::string_view(wire_).substr(s.offset, s.size); }
  /// May be dropped for a receiver whose transport is not writable right now.
  bool is_volatile() const { return volatile_; }
  /// Whether permessage-deflate and HTTP compression may be applied.
  bool compress() const { return compress_; }

  /// The same frames under permessage-deflate without context takeover; empty when it was not asked for.
  std::string_view deflated() const { return deflated_; }
  /// Before the frame is shared only.
  void set_deflated(std::string wire) { deflated_ = std::move(wire); }

 private:
  std::string wire_;
  std::string deflated_;
  std::vector<segment> segments_;
  bool volatile_;
  bool compress_;
};

using frame_ptr = boost::intrusive_ptr<const frame>;

} // namespace troupe
