#include "bench/load/grpc_channel.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <nghttp2/nghttp2.h>
#include <poll.h>

#include "bench/load/clock.hpp"
#include "domain/base/assert.hpp"

namespace confman::bench {
namespace {

constexpr std::size_t kReceiveSize = 64 * 1024;
constexpr std::size_t kFrameSize = 5;
constexpr std::int32_t kWindow = 1 << 30;
constexpr std::uint32_t kStreams = 1 << 20;

nghttp2_nv header(std::string_view name, std::string_view value) {
  auto* n = reinterpret_cast<std::uint8_t*>(const_cast<char*>(name.data()));
  auto* v = reinterpret_cast<std::uint8_t*>(const_cast<char*>(value.data()));
  return {n, v, name.size(), value.size(),
          NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE};
}

void frame_message(Bytes& out, ByteView message) {
  out.clear();
  out.push_back(0);  // not compressed
  for (int shift = 24; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(message.size() >> shift & 0xff));
  }
  out.append(message);
}

}  // namespace

struct GrpcChannel::Callbacks {
  static Call* call_of(nghttp2_session* session, std::int32_t stream) {
    return static_cast<Call*>(nghttp2_session_get_stream_user_data(session, stream));
  }

  static ssize_t read_request(nghttp2_session*, std::int32_t, std::uint8_t* buffer,
                              std::size_t size, std::uint32_t* flags, nghttp2_data_source* source,
                              void*) {
    Call& call = *static_cast<Call*>(source->ptr);
    const std::size_t n = std::min(size, call.framed.size() - call.sent);
    std::memcpy(buffer, call.framed.data() + call.sent, n);
    call.sent += n;
    if (call.sent == call.framed.size()) {
      *flags |= NGHTTP2_DATA_FLAG_EOF;
    }
    return static_cast<ssize_t>(n);
  }

  static int on_header(nghttp2_session* session, const nghttp2_frame* frame,
                       const std::uint8_t* name, std::size_t name_size, const std::uint8_t* value,
                       std::size_t value_size, std::uint8_t, void*) {
    const std::string_view key(reinterpret_cast<const char*>(name), name_size);
    if (!key.starts_with("grpc-")) {
      return 0;
    }
    if (Call* call = call_of(session, frame->hd.stream_id)) {
      const std::string_view text(reinterpret_cast<const char*>(value), value_size);
      if (key == "grpc-status") {
        std::from_chars(text.data(), text.data() + text.size(), call->result.status);
      } else if (key == "grpc-message") {
        call->result.message = text;
      }
    }
    return 0;
  }

  static int on_data(nghttp2_session* session, std::uint8_t, std::int32_t stream,
                     const std::uint8_t* data, std::size_t size, void* user) {
    if (Call* call = call_of(session, stream)) {
      call->result.body_size += size;
      if (static_cast<GrpcChannel*>(user)->keep_bodies_) {
        call->result.body.append(reinterpret_cast<const char*>(data), size);
      }
    }
    return 0;
  }

  static int on_close(nghttp2_session* session, std::int32_t stream, std::uint32_t, void* user) {
    auto& self = *static_cast<GrpcChannel*>(user);
    Call* call = call_of(session, stream);
    // Streams also end when the session is deleted; nobody listens then.
    if (call == nullptr || self.finished_ == nullptr) {
      return 0;
    }
    Finished& result = call->result;
    result.tag = call->tag;
    result.body_size -= std::min(result.body_size, kFrameSize);
    result.body.erase(0, kFrameSize);
    self.finished_->push_back(std::move(result));
    call->open = false;
    self.free_.push_back(call);
    return 0;
  }
};

GrpcChannel::GrpcChannel(Socket socket, const Endpoint& endpoint, bool keep_bodies)
    : socket_(std::move(socket)), authority_(endpoint.to_string()), keep_bodies_(keep_bodies) {
  nghttp2_session_callbacks* callbacks = nullptr;
  nghttp2_option* option = nullptr;
  CONFMAN_ASSERT(nghttp2_session_callbacks_new(&callbacks) == 0,
                 "There is no memory for an HTTP/2 session.");
  CONFMAN_ASSERT(nghttp2_option_new(&option) == 0, "There is no memory for an HTTP/2 session.");
  nghttp2_session_callbacks_set_on_header_callback(callbacks, Callbacks::on_header);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, Callbacks::on_data);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, Callbacks::on_close);
  // Until the server's SETTINGS come libnghttp2 would hold back everything over 100 streams.
  nghttp2_option_set_peer_max_concurrent_streams(option, kStreams);
  const int made = nghttp2_session_client_new2(&session_, callbacks, this, option);
  nghttp2_option_del(option);
  nghttp2_session_callbacks_del(callbacks);
  const nghttp2_settings_entry window{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, kWindow};
  CONFMAN_ASSERT(
      made == 0 && nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, &window, 1) == 0 &&
          nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, 0, kWindow) == 0,
      "A new HTTP/2 session accepts its settings.");
}

GrpcChannel::~GrpcChannel() {
  nghttp2_session_del(session_);
}

GrpcChannel::Call& GrpcChannel::take_call() {
  if (free_.empty()) {
    calls_.emplace_back();
    free_.push_back(&calls_.back());
  }
  Call& call = *free_.back();
  free_.pop_back();
  call.open = true;
  call.sent = 0;
  call.result = {};
  return call;
}

bool GrpcChannel::call(std::uint32_t tag, std::string_view path, ByteView message) {
  const std::array headers{
      header(":method", "POST"), header(":scheme", "http"),
      header(":path", path),     header(":authority", authority_),
      header("te", "trailers"),  header("content-type", "application/grpc"),
  };
  Call& call = take_call();
  call.tag = tag;
  frame_message(call.framed, message);
  const nghttp2_data_provider body{.source = {.ptr = &call},
                                   .read_callback = Callbacks::read_request};
  return nghttp2_submit_request(session_, nullptr, headers.data(), headers.size(), &body, &call) >
         0;
}

Connection::Progress GrpcChannel::flush() {
  const std::uint8_t* chunk = nullptr;
  // One send for all frames of a round; a server that doesn't read can't make us hoard.
  while (out_.size() - out_sent_ < kReceiveSize) {
    const ssize_t size = nghttp2_session_mem_send(session_, &chunk);
    if (size < 0) {
      return Connection::Progress::kLost;
    }
    if (size == 0) {
      break;
    }
    out_.append(reinterpret_cast<const char*>(chunk), static_cast<std::size_t>(size));
  }
  if (out_sent_ == out_.size()) {
    return Connection::Progress::kIdle;
  }
  const auto sent = socket_.send(ByteView(out_).substr(out_sent_));
  if (sent.lost) {
    return Connection::Progress::kLost;
  }
  out_sent_ += sent.bytes;
  if (out_sent_ == out_.size()) {
    out_.clear();
    out_sent_ = 0;
    return nghttp2_session_want_write(session_) ? Connection::Progress::kBlocked
                                                : Connection::Progress::kIdle;
  }
  return Connection::Progress::kBlocked;
}

Connection::Progress GrpcChannel::receive(std::vector<Finished>& finished) {
  std::uint8_t buffer[kReceiveSize];
  const auto got = socket_.receive(reinterpret_cast<char*>(buffer), sizeof buffer);
  if (got.lost) {
    return Connection::Progress::kLost;
  }
  finished_ = &finished;
  const ssize_t read = nghttp2_session_mem_recv(session_, buffer, got.bytes);
  finished_ = nullptr;
  const bool alive = read >= 0 && (nghttp2_session_want_read(session_) != 0 ||
                                   nghttp2_session_want_write(session_) != 0);
  return alive ? Connection::Progress::kIdle : Connection::Progress::kLost;
}

std::vector<std::uint32_t> GrpcChannel::abandon() {
  std::vector<std::uint32_t> tags;
  for (Call& call : calls_) {
    if (call.open) {
      call.open = false;
      tags.push_back(call.tag);
    }
  }
  return tags;
}

std::expected<Bytes, std::string> grpc_call(const Endpoint& endpoint, std::string_view path,
                                            ByteView message, int timeout_ms) {
  auto socket = Socket::connect(endpoint);
  if (!socket) {
    return std::unexpected(socket.error());
  }
  GrpcChannel channel(std::move(*socket), endpoint, true);
  std::vector<GrpcChannel::Finished> finished;
  const std::int64_t deadline = monotonic_ns() + timeout_ms * kNanosPerMilli;
  bool alive = channel.call(0, path, message);
  while (alive && finished.empty()) {
    const auto flushed = channel.flush();
    const std::int64_t left_ms = (deadline - monotonic_ns()) / kNanosPerMilli;
    if (left_ms <= 0) {
      return std::unexpected(endpoint.to_string() + ": no answer in time");
    }
    const bool blocked = flushed == Connection::Progress::kBlocked;
    pollfd poll{channel.fd(), static_cast<short>(blocked ? POLLIN | POLLOUT : POLLIN), 0};
    ::poll(&poll, 1, static_cast<int>(left_ms));
    alive = flushed != Connection::Progress::kLost &&
            ((poll.revents & ~POLLOUT) == 0 ||
             channel.receive(finished) != Connection::Progress::kLost);
  }
  if (finished.empty()) {
    return std::unexpected(endpoint.to_string() + ": the connection ended");
  }
  if (finished.front().status != 0) {
    return std::unexpected(endpoint.to_string() + ": " + finished.front().message);
  }
  return std::move(finished.front().body);
}

}  // namespace confman::bench
