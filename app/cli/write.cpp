#include "app/cli/write.hpp"

#include <map>
#include <utility>

#include "app/cli/failure.hpp"
#include "app/cli/invocation.hpp"
#include "app/cli/output.hpp"

namespace confman::cli {
namespace {

void add_precondition(const Arguments& arguments, Call& call) {
  const auto version = arguments.number("--if-version");
  if (version && arguments.has("--create-only")) {
    throw Failure(kUsage, "give either --if-version or --create-only.");
  }
  if (version) call.headers.emplace_back("If-Match", "\"" + std::to_string(*version) + "\"");
  if (arguments.has("--create-only")) call.headers.emplace_back("If-None-Match", "*");
}

std::pair<std::string, std::string> split_label(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == text.npos || equals == 0) {
    throw Failure(kUsage, "--label takes NAME=VALUE, not \"" + text + "\".");
  }
  return {text.substr(0, equals), text.substr(equals + 1)};
}

}  // namespace

void append_labels(json::Writer& out, const Arguments& arguments) {
  std::map<std::string, std::string> labels;
  for (const std::string& label : arguments.values("--label")) {
    auto [name, value] = split_label(label);
    if (!labels.emplace(name, std::move(value)).second) {
      throw Failure(kUsage, "the label \"" + name + "\" is given twice.");
    }
  }
  out.key("labels").begin_object();
  for (const auto& [name, value] : labels) out.member(name, value);
  out.end_object();
}

int make_write(const Arguments& arguments, Call call) {
  const Output output = output_of(arguments, {Output::Human, Output::Json});
  add_precondition(arguments, call);
  call.idempotency_key = arguments.value("--idempotency-key").value_or(new_idempotency_key());
  const std::string name = std::exchange(call.subject, for_terminal(call.subject));
  Client client = client_of(arguments);
  const Answer answer = client.call(call);
  if (output == Output::Json) {
    print_json(answer.body);
    return kOk;
  }
  const Document document = document_of(answer);
  const std::string_view done = document.is_true("deleted")   ? "deleted"
                                : document.is_true("created") ? "created"
                                                              : "updated";
  const std::string version = document.get("version");
  print_line(std::string(done) + " " + for_terminal(name) +
             (version.empty() ? "" : " version " + version) + " revision " +
             document.get("revision"));
  return kOk;
}

}  // namespace confman::cli
