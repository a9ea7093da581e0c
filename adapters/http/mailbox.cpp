#include "adapters/http/mailbox.hpp"

namespace confman::http {

void ResponseSink::Mailbox::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  thread_.store({});
  queued_.clear();
}

void ResponseSink::Mailbox::send(Delivery&& delivery) {
  if (thread_.load(std::memory_order_relaxed) == std::this_thread::get_id()) {
    deliver_(std::move(delivery));
    return;
  }
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  queued_.push_back(std::move(delivery));
  if (queued_.size() == 1) loop_->post([this] { deliver_queued(); });
}

void ResponseSink::Mailbox::deliver_queued() {
  {
    const std::lock_guard lock(mutex_);
    delivering_.swap(queued_);
  }
  for (Delivery& delivery : delivering_) deliver_(std::move(delivery));
  delivering_.clear();
}

void ResponseSink::respond(Response response) const {
  if (mailbox_) mailbox_->send({connection_, sequence_, std::move(response)});
}

void ResponseSink::start_stream(Response head, StreamCallbacks callbacks) const {
  if (!mailbox_) return;
  mailbox_->send({connection_, sequence_, StreamStart{std::move(head), std::move(callbacks)}});
}

void ResponseSink::write(Payload chunk) const {
  if (mailbox_) mailbox_->send({connection_, sequence_, std::move(chunk)});
}

void ResponseSink::when_gone(std::function<void()> call) const {
  if (mailbox_) mailbox_->send({connection_, sequence_, WhenGone{std::move(call)}});
}

void ResponseSink::finish() const {
  if (mailbox_) mailbox_->send({connection_, sequence_, StreamEnd{}});
}

}  // namespace confman::http
