#include "adapters/http/stream.hpp"

#include <Poco/Exception.h>
#include <cerrno>
#include <sys/socket.h>

namespace confman::http {

namespace {

// Poco 1.11 throws for EAGAIN when it sends, and only then; the error's number is in the code.
TransferResult result_of(const Poco::Exception& fault) {
  const bool again = fault.code() == EAGAIN || fault.code() == EWOULDBLOCK || fault.code() == EINTR;
  return {again ? Transfer::WouldBlock : Transfer::Ended, 0};
}

}  // namespace

Stream::Stream(Poco::Net::StreamSocket socket) : socket_(std::move(socket)) {
  socket_.setBlocking(false);
}

TransferResult Stream::read(char* buffer, std::size_t size) {
  try {
    const int n = socket_.receiveBytes(buffer, static_cast<int>(size));
    if (n > 0) return {Transfer::Done, static_cast<std::size_t>(n)};
    return {n == 0 ? Transfer::Ended : Transfer::WouldBlock, 0};
  } catch (const Poco::Exception& fault) {
    return result_of(fault);
  }
}

TransferResult Stream::write(std::string_view bytes) {
  try {
    const int n = socket_.sendBytes(bytes.data(), static_cast<int>(bytes.size()), MSG_NOSIGNAL);
    if (n > 0) return {Transfer::Done, static_cast<std::size_t>(n)};
    return {Transfer::WouldBlock, 0};
  } catch (const Poco::Exception& fault) {
    return result_of(fault);
  }
}

void Stream::shutdown_send() {
  try {
    socket_.shutdownSend();
  } catch (const Poco::Exception&) {
    // The peer was faster; the next read says so.
  }
}

void Stream::close() {
  socket_.close();
}

}  // namespace confman::http
