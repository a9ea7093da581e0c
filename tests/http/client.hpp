#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

// A client that sends exactly the bytes it is told to, and reads answers strictly.
namespace confman::http::test {

struct Answer {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;

  // The code member of a problem document; empty if there is none.
  std::string code() const;
  bool closes() const;
};

class Client {
 public:
  explicit Client(std::uint16_t port, int receive_buffer = 0);
  ~Client();
  Client(Client&& other) noexcept;
  Client& operator=(Client&&) = delete;

  // Sends all, or as much as the server takes before it closes.
  void send(std::string_view bytes);
  void shutdown_send();
  // The next answer, its body included; nothing if the connection ends first. A wait of more than
  // ten seconds fails the test.
  std::optional<Answer> read_answer(bool to_head = false);
  // Up to and including the delimiter; nothing if the connection ends first.
  std::optional<std::string> read_until(std::string_view delimiter);
  std::optional<std::string> read_exactly(std::size_t size);
  // True once the server has closed; false if a byte comes instead.
  bool at_end();
  std::string read_to_end();
  // Something can be read, or the end, right now.
  bool readable_now() const;

 private:
  bool fill();

  int fd_;
  std::string buffer_;
};

// One connection, one request, one answer.
std::optional<Answer> ask_once(std::uint16_t port, std::string_view bytes);

}  // namespace confman::http::test
