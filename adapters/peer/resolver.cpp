#include "adapters/peer/resolver.hpp"

#include <Poco/Exception.h>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace confman::peer {

// What the threads and this object have in common.
struct Resolver::Shared {
  Shared(LookUp how, net::IoLoop& where) : look_up(std::move(how)), loop(&where) {}

  const LookUp look_up;
  std::mutex mutex;
  net::IoLoop* loop;  // null once the resolver is gone, and perhaps the loop with it
  int under_way = 0;

  bool begin() {
    const std::lock_guard lock(mutex);
    if (under_way == kMaxLookUps) return false;
    ++under_way;
    return true;
  }
  void end(const std::weak_ptr<std::function<void(Found)>>& question, Found found) {
    const std::lock_guard lock(mutex);
    --under_way;
    tell(question, std::move(found));
  }
  // The mutex is held.
  void tell(std::weak_ptr<std::function<void(Found)>> question, Found found) {
    if (loop == nullptr) return;
    loop->post([question = std::move(question), found = std::move(found)] {
      if (const auto done = question.lock()) (*done)(found);
    });
  }
};

std::optional<Poco::Net::SocketAddress> look_up(const std::string& address) {
  try {
    return Poco::Net::SocketAddress(address);
  } catch (const Poco::Exception&) {
    return std::nullopt;
  }
}

Resolver::Resolver(net::IoLoop& loop, LookUp look_up)
    : shared_(std::make_shared<Shared>(std::move(look_up), loop)) {}

Resolver::~Resolver() {
  const std::lock_guard lock(shared_->mutex);
  shared_->loop = nullptr;
}

Resolver::Question Resolver::find(const std::string& address, std::function<void(Found)> done) {
  auto question = std::make_shared<std::function<void(Found)>>(std::move(done));
  const std::weak_ptr<std::function<void(Found)>> asked = question;
  if (!shared_->begin()) {
    const std::lock_guard lock(shared_->mutex);
    shared_->tell(asked, std::nullopt);
    return question;
  }
  try {
    std::thread([shared = shared_, asked, address] {
      shared->end(asked, shared->look_up(address));
    }).detach();
  } catch (const std::system_error&) {
    shared_->end(asked, std::nullopt);
  }
  return question;
}

}  // namespace confman::peer
