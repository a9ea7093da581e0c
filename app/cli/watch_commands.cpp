#include "app/cli/watch_commands.hpp"

#include <utility>

#include "app/cli/failure.hpp"
#include "app/cli/invocation.hpp"
#include "app/cli/output.hpp"
#include "domain/model/revision.hpp"

// watch
namespace confman::cli {
namespace {

std::string joined(const std::string& path, const std::string& key) {
  if (key.empty()) return path;
  return (path == "/" ? "" : path) + "/" + key;
}

// A JSON value as its author wrote it but for white space, a text as it is.
std::string in_words(const Document& change) {
  std::string line = change.get("timestamp") + "  " + change.get("type") + "  ";
  line += for_terminal(joined(change.get("namespace"), change.get("key")));
  line += "  version " + change.get("version") + "  revision " + change.get("revision");
  const bool is_json = change.get("contentType") == "application/json";
  const std::string value = is_json ? change.json("value") : change.get("value");
  return value.empty() ? line : line + "  " + for_terminal(value);
}

// Server-sent events (WHATWG HTML §9.2), one line at a time.
class Events {
 public:
  Events(Output output, std::string last_id, std::uint64_t count)
      : output_(output), last_id_(std::move(last_id)), left_(count) {}

  // Where to go on. What a lost connection broke off is sent again.
  std::string resume() {
    id_.clear();
    data_.clear();
    return last_id_;
  }

  // False: enough has been seen.
  bool line(std::string_view line) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) return dispatch();
    const std::size_t colon = std::min(line.find(':'), line.size());
    std::string_view value = line.substr(std::min(colon + 1, line.size()));
    if (value.starts_with(' ')) value.remove_prefix(1);
    const std::string_view field = line.substr(0, colon);
    if (field == "id") id_ = value;
    if (field == "data") data_.append(value).push_back('\n');
    return true;
  }

 private:
  // The id counts once the event is whole.
  bool dispatch() {
    if (!id_.empty()) last_id_ = std::exchange(id_, {});
    if (data_.empty()) return true;
    data_.pop_back();  // the last line break
    std::string event = std::exchange(data_, {});
    const auto document = Document::parse(event);
    if (!document) {
      throw Failure(kProtocol, "an event of the stream can't be read: " + document.error() + ".");
    }
    if (!document->has("version")) {
      tell(*document);
      return true;
    }
    if (output_ == Output::Json) {
      print_json(std::move(event));
    } else {
      print_line(in_words(*document));
    }
    told_.clear();
    flush_output();
    return --left_ > 0;
  }

  // What the server says of the stream itself: how far it is, or what is the matter. Each is said
  // once, however many servers say it in a row. That it ends is for whoever looks for the next.
  void tell(const Document& document) {
    std::string words = document.get("detail");
    const std::string type = document.get("type");
    if (type == "bookmark") told_.clear();
    if (words.empty() || type == "closing") return;
    if (std::exchange(told_, words) != words) note(for_terminal(words));
  }

  const Output output_;
  std::string last_id_;
  std::uint64_t left_;
  // Of the event that is being read.
  std::string id_;
  std::string data_;
  std::string told_;  // the last note of the server
};

}  // namespace

int run_watch(const Arguments& arguments) {
  const Output output = output_of(arguments, {Output::Human, Output::Json});
  const std::string path = namespace_or_root(arguments);
  const auto since = arguments.value("--since");
  if (since && !domain::parse_revision(*since)) {
    throw Failure(kUsage, "--since takes a revision, TERM:INDEX, as in 5:1234.");
  }
  Query query(namespace_target("watch", path, false));
  query.add_flag(arguments, "--key", "key");
  query.add_flag(arguments, "--consistency", "consistency");
  Events events(output, since.value_or(""), arguments.number("--count").value_or(UINT64_MAX));
  Client client = client_of(arguments);
  client.follow(
      {.target = query.target(), .accept = "text/event-stream", .subject = for_terminal(path)},
      [&] { return events.resume(); }, [&](std::string_view line) { return events.line(line); });
  return kOk;
}

}  // namespace confman::cli
